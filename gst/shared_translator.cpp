/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/shared_translator.h"

namespace media {

std::optional<bool> SharedTranslator::is_video(std::uint32_t ssrc) const {
  const std::lock_guard lock(lock_);
  const auto mid = translator_.mid_of_ssrc(ssrc);
  if (!mid) return std::nullopt;
  for (const auto& track : translator_.remote_tracks())
    if (track.mid == *mid) return track.kind == rtc::MediaKind::Video;
  return std::nullopt;
}

std::string SharedTranslator::mid_of(const TrackOrigin& origin) const {
  const std::lock_guard lock(lock_);
  if (auto mid = translator_.mid_of_ssrc(origin.ssrc)) return *mid;
  if (auto mid = translator_.mid_of_payload(origin.payload, origin.mline)) return *mid;
  return translator_.mid_at(origin.mline);
}

void SharedTranslator::prefer(GstWebRTCRTPTransceiver* transceiver) const {
  guint mline = 0;
  GstWebRTCKind kind = GST_WEBRTC_KIND_UNKNOWN;
  g_object_get(transceiver, "mlineindex", &mline, "kind", &kind, nullptr);
  if (kind == GST_WEBRTC_KIND_VIDEO) g_object_set(transceiver, "do-nack", TRUE, nullptr);
  const auto sections = with([](const SdpTranslator& t) { return t.offered_sections(); });
  for (const auto& section : sections)
    if (section.mline == mline)
      g_object_set(transceiver, "codec-preferences", section.caps.get(), nullptr);
}

}  // namespace media
