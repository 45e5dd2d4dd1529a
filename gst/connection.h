/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gst/negotiation.h"
#include "gst/operations.h"
#include "gst/outgoing.h"
#include "gst/shared_translator.h"
#include "gst/tracks.h"
#include "gst/watchdog.h"
#include "gst/webrtcbin_setup.h"
#include "signalling/base/loop.h"
#include "signalling/base/peer_connection.h"

namespace media {

/* One peer's webrtcbin with its tracks, from the first description until nobody is inside a
 * feed any more, which may be after the PeerConnection that it stands behind is gone:
 *
 *   Open --verified--> Verified --fail--> Failed --close--> Closed (and idle, sooner or later)
 *     \----------------fail-------------/
 *
 * webrtcbin's threads copy what they are given and post it; none of them asks webrtcbin.
 * Media is held until the DTLS certificate is the one that the description promised. Loop
 * only. */
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  struct Owner {
    rtc::Loop* loop = nullptr;
    GstBin* pipeline = nullptr;
    unsigned latency_ms = 0;
    std::chrono::milliseconds dead_after{};
    bool suspended = false;        /* see set_watchdog_suspended() */
    std::function<void()> on_idle; /* after close() */
    std::function<void(const std::string& mid, const std::string& message)> on_trouble;
    std::shared_ptr<const Senders> senders;
    std::function<void()> on_verified;
  };

  static std::shared_ptr<Connection> create(Owner owner, rtc::PeerId id,
                                            const rtc::PeerOptions& options,
                                            rtc::PeerConnection::Observer& observer);
  /* Only when idle(). */
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void set_local_tracks(const std::vector<rtc::LocalTrack>& tracks);
  void create_offer(const rtc::OfferOptions& options);
  void set_remote_description(const rtc::SessionDescription& description);
  void add_remote_candidate(const rtc::IceCandidate& candidate);
  void bind(const std::string& mid, std::shared_ptr<FeedInput> feed);
  void unbind(const std::string& mid);
  std::string codec_of(const std::string& mid) const;
  void set_latency(unsigned latency_ms);
  void set_watchdog_suspended(bool suspended);
  void get_stats(std::function<void(const GstStructure*)> reply);

  /* The observer hears nothing more, and the peer neither. */
  void close();
  bool idle() const;
  /* The peer has proved who it is, and is there. */
  bool is_verified() const { return state_ == State::Verified; }

 private:
  enum class State { Open, Verified, Failed, Closed };

  Connection(Owner owner, rtc::PeerId id, const rtc::PeerOptions& options,
             rtc::PeerConnection::Observer& observer);
  void start();
  void make_tracks();
  void make_outgoing();
  void make_negotiation();
  void connect_signals();
  template <typename F>
  auto posted(F function);
  bool is_up() const { return state_ == State::Open || state_ == State::Verified; }

  void on_description_applied();
  void on_connection_state(GstWebRTCPeerConnectionState state);
  void verify();
  void report(rtc::PeerState state);
  void watch();
  void check_liveness();
  void fail(rtc::PeerFailure failure, std::string message);
  void settle();

  Owner owner_;
  rtc::PeerId id_;
  rtc::PeerConnection::Observer& observer_;
  glib::Ref<GstElement> webrtcbin_;
  Operations operations_;
  std::shared_ptr<SharedTranslator> translator_;
  std::shared_ptr<NetworkGate> network_;
  std::shared_ptr<Tracks> tracks_;
  std::unique_ptr<Outgoing> outgoing_;
  std::unique_ptr<Negotiation> negotiation_;
  Watchdog watchdog_;
  rtc::Loop::Timer watchdog_timer_;
  State state_ = State::Open;
  rtc::PeerState reported_ = rtc::PeerState::New;
};

}  // namespace media
