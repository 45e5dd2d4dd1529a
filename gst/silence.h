/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>

#include <memory>
#include <optional>

#include "gst/gst_ptr.h"

namespace media {

/* Silence in the form of a stream: any length of raw audio, or Opus packets of 20 ms; of
 * other codecs none can be made. Pure. */
class Silence {
 public:
  static constexpr GstClockTime packet_duration = 20 * GST_MSECOND;

  Silence() = default;
  explicit Silence(const GstCaps* caps);

  bool is_raw() const { return info_ != nullptr; }
  bool can_be_made() const { return is_raw() || is_opus_; }
  /* Of the samples of raw audio, or of the packet's own word. Empty: not known. */
  std::optional<GstClockTime> duration_of(GstBuffer* buffer) const;
  /* Rounded to samples, at least one; a packet has its own duration. Flagged GAP if raw. */
  glib::Ref<GstBuffer> make(GstClockTime duration) const;
  /* What is left of raw audio without its first @duration; empty if that is all of it. */
  glib::Ref<GstBuffer> without_start(glib::Ref<GstBuffer> buffer, GstClockTime duration) const;

 private:
  std::shared_ptr<const GstAudioInfo> info_;
  bool is_opus_ = false;
};

/* How long an Opus packet lasts (RFC 6716, 3.1 and 3.2). Empty: it is none. */
std::optional<GstClockTime> opus_duration(const guint8* data, gsize size);

}  // namespace media
