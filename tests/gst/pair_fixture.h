/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gst/send_input.h"
#include "gst/transport.h"
#include "tests/gst/recording_feed.h"

namespace test {

/* A pipeline of the user's that plays @source into a sender. */
class Playing {
 public:
  Playing(media::Transport& transport, std::shared_ptr<media::Sender> sender,
          const std::string& source);
  ~Playing();
  Playing(const Playing&) = delete;
  Playing& operator=(const Playing&) = delete;

  media::SendInput& input() { return *input_; }
  media::SendHold& hold() { return *hold_; }
  GstElement* element(const char* name) const; /* borrowed */
  bool has_ended() const { return input_->has_ended(); }
  void set_state(GstState state);

 private:
  std::shared_ptr<media::Sender> sender_;
  std::shared_ptr<media::SendHold> hold_ = std::make_shared<media::SendHold>();
  glib::Ref<GstElement> pipeline_;
  std::shared_ptr<media::SendInput> input_;
};

/* One side of a connection between two transports, as the signalling would steer it. All
 * methods are called on any thread but the loop. */
class End final : public rtc::PeerConnection::Observer {
 public:
  End(rtc::Loop& loop, rtc::PeerId id, std::string stream_id);
  ~End() override;
  End(const End&) = delete;
  End& operator=(const End&) = delete;

  void connect_to(End& other) { other_ = &other; }
  media::Transport& transport() { return transport_; }
  std::shared_ptr<media::Sender> add_sender(rtc::TrackSource source,
                                            std::vector<std::string> codecs = {"VP8"});
  void set_tracks(const std::vector<rtc::TrackSource>& sources);
  void offer(rtc::OfferOptions options = {1, 1});
  /* Descriptions of the other side wait for deliver(). */
  void hold_descriptions();
  void deliver();
  /* Those that wait are lost. */
  void lose_descriptions();

  std::vector<rtc::RemoteTrack> tracks() const;
  /* What came in the @index'th section that has @kind. */
  std::shared_ptr<RecordingFeed> feed(rtc::MediaKind kind, unsigned index = 0) const;
  unsigned frames(rtc::MediaKind kind, unsigned index = 0) const;
  std::optional<rtc::RemoteTrack> track(rtc::MediaKind kind, unsigned index = 0) const;
  std::optional<rtc::PeerFailure> failure() const;
  std::vector<rtc::SessionDescription> descriptions() const;
  std::vector<std::string> troubles() const;

  void on_local_description(rtc::PeerId peer, rtc::SessionDescription description) override;
  void on_local_candidate(rtc::PeerId peer, rtc::IceCandidate candidate) override;
  void on_remote_tracks(rtc::PeerId peer, std::vector<rtc::RemoteTrack> tracks) override;
  void on_peer_state(rtc::PeerId, rtc::PeerState) override {}
  void on_peer_failed(rtc::PeerId peer, rtc::PeerFailure failure, std::string message) override;

 private:
  void receive(const rtc::SessionDescription& description);

  rtc::Loop& loop_;
  const rtc::PeerId id_;
  const std::string stream_id_;
  media::Transport transport_;
  End* other_ = nullptr;
  std::unique_ptr<rtc::PeerConnection> connection_;
  bool holding_ = false;                        /* loop */
  std::vector<rtc::SessionDescription> held_{}; /* loop */

  mutable std::mutex lock_;
  std::vector<rtc::RemoteTrack> tracks_;
  std::map<std::string, std::shared_ptr<RecordingFeed>> feeds_; /* by mid */
  std::optional<rtc::PeerFailure> failure_;
  std::vector<rtc::SessionDescription> descriptions_;
  std::vector<std::string> troubles_;
};

inline constexpr const char* test_video =
    "videotestsrc is-live=true pattern=ball ! video/x-raw,width=160,height=120,framerate=30/1";
inline constexpr const char* test_audio =
    "audiotestsrc is-live=true samplesperbuffer=480 ! audio/x-raw,rate=48000,channels=1";

}  // namespace test
