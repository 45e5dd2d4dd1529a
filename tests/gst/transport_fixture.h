/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gst/transport.h"
#include "tests/gst/recording_feed.h"
#include "tests/gst/sending_webrtcbin.h"

namespace test {

/* One connection between a transport and a webrtcbin that sends, each told what the other
 * says. Made and destroyed on any thread but the loop. */
class Call : public rtc::PeerConnection::Observer {
 public:
  enum class Caller { We, Peer };
  struct Options {
    Caller caller = Caller::Peer;
    SendingWebrtcbin::Media media = {};
    /* What becomes of a description of the peer's before we get it. */
    std::function<std::string(std::string)> mangle = nullptr;
    /* Feeds that are bound when @bind says. */
    enum class Bind { WhenDescribed, WhenConnected } bind = Bind::WhenConnected;
    std::shared_ptr<RecordingFeed> audio = nullptr;
    std::shared_ptr<RecordingFeed> video = nullptr;
  };

  Call(rtc::Loop& loop, media::Transport& transport, rtc::PeerId id, Options options);
  ~Call() override;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /* Any thread. */
  bool wait_until_connected();
  bool is_connected() const { return connected_; }
  std::optional<rtc::PeerFailure> failure() const;
  std::string failure_message() const;
  std::vector<rtc::RemoteTrack> tracks() const;
  std::vector<rtc::SessionDescription> local_descriptions() const;
  std::vector<rtc::IceCandidate> local_candidates() const;
  std::string mid_of(rtc::MediaKind kind) const;
  void bind(rtc::MediaKind kind, std::shared_ptr<RecordingFeed> feed);
  void unbind(rtc::MediaKind kind);
  /* Our end goes, the peer's stays. */
  void close_ours();
  SendingWebrtcbin& peer() { return *peer_; }
  /* The peer offers once more. */
  void offer_again();
  /* We do, with a further section for video. */
  void offer_video();
  /* As from the peer; the first on the loop. */
  void receive(const rtc::SessionDescription& description);
  void receive_candidate(const rtc::IceCandidate& candidate);

  void on_local_description(rtc::PeerId peer, rtc::SessionDescription description) override;
  void on_local_candidate(rtc::PeerId peer, rtc::IceCandidate candidate) override;
  void on_remote_tracks(rtc::PeerId peer, std::vector<rtc::RemoteTrack> tracks) override;
  void on_peer_state(rtc::PeerId peer, rtc::PeerState state) override;
  void on_peer_failed(rtc::PeerId peer, rtc::PeerFailure failure, std::string message) override;

 private:
  void start();
  void bind_now();

  rtc::Loop& loop_;
  media::Transport& transport_;
  rtc::PeerId id_;
  Options options_;
  std::unique_ptr<rtc::PeerConnection> ours_;
  std::unique_ptr<SendingWebrtcbin> peer_;
  std::atomic<bool> connected_ = false;
  mutable std::mutex mutex_;
  std::optional<rtc::PeerFailure> failure_;
  std::string failure_message_;
  std::vector<rtc::RemoteTrack> tracks_;
  std::vector<rtc::SessionDescription> local_descriptions_;
  std::vector<rtc::IceCandidate> local_candidates_;
};

}  // namespace test
