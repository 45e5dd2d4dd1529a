/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gst/gst_ptr.h"
#include "signalling/base/loop.h"
#include "signalling/base/peer_connection.h"

/* The other party of a call, for tests. */
namespace party {

/* A track that is sent: a launch line that ends in RTP, and the caps of that. */
struct Source {
  std::string line;
  std::string caps;
};
Source tone();        /* 440 Hz, Opus */
Source red_picture(); /* plain, 160x120 at 15 fps, VP8 */

/* What a party sends, and what else is done to its webrtcbin before it starts. */
struct Media {
  bool audio = true;
  bool video = true;
  Source audio_source = tone();
  Source video_source = red_picture();
  std::function<void(GstBin* pipeline, GstElement* webrtcbin)> prepare = nullptr;
};

/* A connection that sends, on a webrtcbin in a pipeline of its own: as simple as a test can do
 * with. Descriptions go out when set locally, candidates after them. Loop only. */
class SendingPeer final : public rtc::PeerConnection {
 public:
  SendingPeer(rtc::Loop& loop, rtc::PeerId id, rtc::PeerOptions options, const Media& media,
              Observer& observer);
  ~SendingPeer() override;
  SendingPeer(const SendingPeer&) = delete;
  SendingPeer& operator=(const SendingPeer&) = delete;

  void set_local_tracks(const std::vector<rtc::LocalTrack>&) override {}
  void create_offer(const rtc::OfferOptions& options) override;
  void set_remote_description(const rtc::SessionDescription& description) override;
  void add_remote_candidate(const rtc::IceCandidate& candidate) override;

 private:
  struct Link;
  void add_sender(const Source& source);
  void connect_signals();
  void create(rtc::SessionDescription::Type type);
  void created(rtc::SessionDescription::Type type, const GstStructure* reply);
  void remote_is_set(rtc::SessionDescription::Type type);
  void check_connected();
  void hand_out(rtc::IceCandidate candidate);

  rtc::Loop& loop_;
  rtc::PeerId id_;
  std::string stream_id_;
  Observer& observer_;
  glib::Ref<GstElement> pipeline_;
  GstElement* webrtc_;         /* the pipeline's */
  std::shared_ptr<Link> link_; /* what webrtcbin's callbacks hold */
  bool local_is_set_ = false;
  bool remote_is_set_ = false;
  std::vector<rtc::IceCandidate> local_candidates_;
  std::vector<rtc::IceCandidate> remote_candidates_;
};

}  // namespace party
