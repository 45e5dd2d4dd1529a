/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "gst/gst_ptr.h"
#include "gst/record_matroska.h"

/* What the recorder must know of encoded media. Pure. */
namespace media {

/* How a stream is stored; two that are stored alike can follow each other in one track. */
struct StoredFormat {
  MatroskaCodec codec = MatroskaCodec::Opus;
  int width = 0; /* of video; 0 if the caps do not say */
  int height = 0;
  int channels = 0; /* of audio */
  std::string codec_private;

  bool is_video() const { return codec != MatroskaCodec::Opus; }
  /* Size apart: that may change within a track. */
  bool same_track(const StoredFormat& other) const {
    return codec == other.codec && channels == other.channels &&
           codec_private == other.codec_private;
  }
};

/* Empty for caps that cannot be stored. */
std::optional<StoredFormat> stored_format(GstCaps* caps);
/* "vp8", "vp9", "h264", "opus" */
const char* name_of(MatroskaCodec codec);

struct PictureSize {
  int width = 0;
  int height = 0;
  bool operator==(const PictureSize&) const = default;
};
/* Of a VP8 key frame; empty for anything else. */
std::optional<PictureSize> vp8_size(std::span<const std::uint8_t> frame);

/* Nothing but silence: what fills a muted microphone, and what encoders send without sound. */
bool is_opus_silence(std::span<const std::uint8_t> packet);
/* Of a packet's sound, 0 if it makes no sense. */
GstClockTime opus_duration(std::span<const std::uint8_t> packet);

}  // namespace media
