/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gst/gst_ptr.h"
#include "signalling/base/loop.h"
#include "signalling/base/peer_connection.h"

namespace test {

/* The other end of a connection: a webrtcbin as it comes, in a pipeline of its own, that sends
 * a picture of 160x120 at 30 fps (VP8) and a tone (Opus). Loop only but for what says so. */
class SendingWebrtcbin {
 public:
  struct Media {
    bool audio = true;
    bool video = true;
    bool data = false; /* a data channel */
    std::string video_encoder = "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=9999";
    std::string video_name = "VP8";
    unsigned video_payload = 96;
  };
  struct Observer {
    std::function<void(rtc::SessionDescription)> on_local_description;
    std::function<void(rtc::IceCandidate)> on_local_candidate;
  };

  SendingWebrtcbin(rtc::Loop& loop, const Media& media, Observer observer);
  ~SendingWebrtcbin();
  SendingWebrtcbin(const SendingWebrtcbin&) = delete;
  SendingWebrtcbin& operator=(const SendingWebrtcbin&) = delete;

  void offer();
  /* An offer is answered. */
  void set_remote_description(const rtc::SessionDescription& description);
  void add_remote_candidate(const rtc::IceCandidate& candidate);

  /* Neither sends nor receives a packet from now on, as if its machine were gone. Any thread. */
  void vanish() { vanished_ = true; }
  /* RTP packets that its encoders made. Any thread. */
  unsigned sent_video() const { return sent_video_; }
  /* RTCP and RTP packets that came. Any thread. */
  unsigned received() const { return received_; }
  /* Key frames that the other end asked for. Any thread. */
  unsigned key_frames_asked() const { return key_frames_asked_; }
  GstElement* webrtcbin() const { return webrtc_; }

 private:
  struct Link;
  void add_sender(const std::string& description, const std::string& caps, bool video);
  void watch_packets(GstElement* element);
  void create(rtc::SessionDescription::Type type);
  void created(rtc::SessionDescription::Type type, const std::string& sdp);
  void remote_is_set(rtc::SessionDescription::Type type);

  Observer observer_;
  glib::Ref<GstElement> pipeline_;
  GstElement* webrtc_ = nullptr; /* the pipeline's */
  std::shared_ptr<Link> link_;
  bool local_is_set_ = false;
  bool remote_is_set_ = false;
  std::vector<rtc::IceCandidate> local_candidates_;
  std::vector<rtc::IceCandidate> remote_candidates_;
  std::atomic<bool> vanished_ = false;
  std::atomic<unsigned> sent_video_ = 0;
  std::atomic<unsigned> received_ = 0;
  std::atomic<unsigned> key_frames_asked_ = 0;
};

}  // namespace test
