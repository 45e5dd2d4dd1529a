/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gst/gst_ptr.h"
#include "signalling/base/loop.h"
#include "signalling/base/peer_connection.h"

/* The other party of a call, for tests. */
namespace party {

/* What a party sends: a plain red picture of 160x120 at 15 fps (VP8), a tone of 440 Hz (Opus). */
struct Media {
  bool audio = true;
  bool video = true;
};

/* A connection that sends, on a webrtcbin in a pipeline of its own: as simple as a test can do
 * with. Descriptions go out when set locally, candidates after them. Loop only. */
class SendingPeer final : public rtc::PeerConnection {
 public:
  SendingPeer(rtc::Loop& loop, rtc::PeerId id, rtc::PeerOptions options, Media media,
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
  void add_sender(const char* description, const char* rtp_caps);
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
