/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gst/branch.h"
#include "gst/promise.h"
#include "gst/sdp_translator.h"
#include "signalling/base/loop.h"
#include "signalling/base/peer_connection.h"

namespace media {

/* One peer's webrtcbin with its branches, from the first offer until nobody is inside any
 * more, which may be after the PeerConnection that it stands behind is gone.
 *
 * webrtcbin's threads copy what they are given and post it; none of them asks webrtcbin.
 * Media stays held until the DTLS certificate is the one that the description promised.
 * Loop only. */
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  struct Context {
    rtc::Loop* loop;
    GstBin* pipeline;
    unsigned latency_ms;
    std::chrono::milliseconds dead_after;
    std::function<void()> on_idle;
    std::function<void(const std::string& mid, std::string)> on_trouble;
  };

  static std::shared_ptr<Connection> create(Context context, rtc::PeerId id,
                                            const rtc::PeerOptions& options,
                                            rtc::PeerConnection::Observer& observer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void create_offer(const rtc::OfferOptions& options);
  void set_remote(const rtc::SessionDescription& description);
  void add_candidate(const rtc::IceCandidate& candidate);
  void bind(const std::string& mid, std::shared_ptr<FeedInput> feed);
  void unbind(const std::string& mid);
  void set_latency(unsigned latency_ms);
  void set_watchdog_suspended(bool suspended);

  /* The observer hears nothing more, no packet passes; on_idle comes when idle(). */
  void close();
  bool idle() const;
  rtc::PeerId id() const { return id_; }
  GstElement* webrtcbin() const { return webrtc_.get(); }

 private:
  struct Shared; /* what webrtcbin's threads may touch */
  enum class Gathering { Waiting, HandedOut, Complete };

  Connection(Context context, rtc::PeerId id, const rtc::PeerOptions& options,
             rtc::PeerConnection::Observer& observer);
  void start(const rtc::PeerOptions& options);
  void set_up_ice(const rtc::PeerOptions& options);
  void run(const char* action, gpointer argument, std::function<void(const Reply&)> handler);
  void create_local(rtc::SessionDescription::Type type);
  void set_local(rtc::SessionDescription::Type type, const std::string& text);
  void set_remote_now(const rtc::SessionDescription& description);
  void remote_is_set(rtc::SessionDescription::Type type);
  void next_operation();
  void apply_preferences();
  void hand_out();
  void on_candidate(unsigned mline, const std::string& candidate);
  void on_gathered();
  void on_pad(const std::shared_ptr<Branch>& branch, guint32 ssrc, const std::string& fallback);
  void on_connection_state(GstWebRTCPeerConnectionState state);
  void verify();
  void check_liveness();
  void assign_pads();
  void release_branches();
  void fail(rtc::PeerFailure failure, std::string message);

  Context context_;
  rtc::PeerId id_;
  rtc::PeerConnection::Observer& observer_;
  glib::Ref<GstElement> webrtc_;
  std::shared_ptr<Shared> shared_;

  bool closed_ = false;
  bool failed_ = false;
  bool verified_ = false;
  bool suspended_ = false;
  bool remote_set_ = false;
  unsigned outstanding_ = 0; /* operations that webrtcbin has not answered */
  bool busy_ = false;
  std::deque<std::function<void()>> operations_;

  Gathering gathering_ = Gathering::Waiting;
  bool gathered_ = false;
  std::optional<rtc::SessionDescription> to_send_;
  std::vector<rtc::IceCandidate> local_candidates_;
  std::vector<rtc::IceCandidate> remote_candidates_;

  struct Pad {
    std::shared_ptr<Branch> branch;
    guint32 ssrc;
    std::string mid; /* "" until a description tells */
    std::string fallback;
  };
  std::vector<Pad> pads_;
  std::map<std::string, std::shared_ptr<FeedInput>> feeds_; /* by mid */

  rtc::Loop::Timer hand_out_timer_;
  rtc::Loop::Timer hold_timer_;
  rtc::Loop::Timer liveness_timer_;
};

}  // namespace media
