/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "gst/sdp_translator.h"

namespace media {

/* Where a received track comes from. */
struct TrackOrigin {
  std::uint32_t ssrc = 0;
  unsigned payload = 0;
  unsigned mline = 0; /* as webrtcbin has it, a guess if the SSRC is not declared */
};

/* One translator for the loop, which negotiates with it, and for webrtcbin's threads, which
 * look things up. Any thread. */
class SharedTranslator {
 public:
  explicit SharedTranslator(std::string stream_id, rtc::ReceivedKinds receives = {})
      : translator_(std::move(stream_id), receives) {}

  /* What @use(translator) returns. @use is short and calls nothing that waits. */
  template <typename F>
  auto with(F use) const {
    const std::lock_guard lock(lock_);
    return use(translator_);
  }

  /* Whether the track of @ssrc is a video, if the remote description knows it. */
  std::optional<bool> is_video(std::uint32_t ssrc) const;
  /* The section of a track; "" if it is not known. */
  std::string mid_of(const TrackOrigin& origin) const;
  /* Gives @transceiver the codecs that the peer offered for its section, and NACK if it is a
   * video: for audio Chromium refuses an offer with it. */
  void prefer(GstWebRTCRTPTransceiver* transceiver) const;

 private:
  mutable std::mutex lock_;
  mutable SdpTranslator translator_;
};

}  // namespace media
