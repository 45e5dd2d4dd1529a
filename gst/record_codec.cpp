/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_codec.h"

#include <algorithm>
#include <array>

namespace media {
namespace {

struct CodecName {
  const char* media_type;
  MatroskaCodec codec;
};

constexpr std::array codecs{
    CodecName{"video/x-vp8", MatroskaCodec::Vp8}, CodecName{"video/x-vp9", MatroskaCodec::Vp9},
    CodecName{"video/x-h264", MatroskaCodec::H264}, CodecName{"audio/x-opus", MatroskaCodec::Opus}};

std::string bytes_in(const GstStructure* structure, const char* field) {
  const GValue* value = gst_structure_get_value(structure, field);
  GstBuffer* buffer =
      value && GST_VALUE_HOLDS_BUFFER(value) ? gst_value_get_buffer(value) : nullptr;
  if (!buffer) return "";
  std::string bytes(gst_buffer_get_size(buffer), '\0');
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

}  // namespace

std::optional<StoredFormat> stored_format(GstCaps* caps) {
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  const auto found = std::ranges::find_if(codecs, [&](const CodecName& name) {
    return gst_structure_has_name(structure, name.media_type);
  });
  if (found == codecs.end()) return std::nullopt;
  StoredFormat format;
  format.codec = found->codec;
  if (format.is_video()) {
    gst_structure_get_int(structure, "width", &format.width);
    gst_structure_get_int(structure, "height", &format.height);
    if (format.codec == MatroskaCodec::H264)
      format.codec_private = bytes_in(structure, "codec_data");
  } else {
    format.channels = 2;
    gst_structure_get_int(structure, "channels", &format.channels);
    if (format.channels < 1 || format.channels > 2) format.channels = 2;
  }
  return format;
}

const char* name_of(MatroskaCodec codec) {
  switch (codec) {
    case MatroskaCodec::Vp8:
      return "vp8";
    case MatroskaCodec::Vp9:
      return "vp9";
    case MatroskaCodec::H264:
      return "h264";
    case MatroskaCodec::Opus:
      return "opus";
  }
  return "";
}

/* RFC 6386 section 9.1. */
std::optional<PictureSize> vp8_size(std::span<const std::uint8_t> frame) {
  if (frame.size() < 10 || (frame[0] & 1) != 0 || frame[3] != 0x9D || frame[4] != 0x01 ||
      frame[5] != 0x2A)
    return std::nullopt;
  return PictureSize{(frame[6] | frame[7] << 8) & 0x3FFF, (frame[8] | frame[9] << 8) & 0x3FFF};
}

bool is_opus_silence(std::span<const std::uint8_t> packet) {
  return packet.size() <= 3;
}

/* RFC 6716 section 3.1. */
GstClockTime opus_duration(std::span<const std::uint8_t> packet) {
  if (packet.empty()) return 0;
  const unsigned config = packet[0] >> 3;
  constexpr std::array<unsigned, 4> silk{10000, 20000, 40000, 60000};
  constexpr std::array<unsigned, 2> hybrid{10000, 20000};
  constexpr std::array<unsigned, 4> celt{2500, 5000, 10000, 20000};
  const unsigned frame_us = config < 12   ? silk[config % 4]
                            : config < 16 ? hybrid[config % 2]
                                          : celt[config % 4];
  unsigned frames = 2;
  if ((packet[0] & 3) == 0) frames = 1;
  if ((packet[0] & 3) == 3) frames = packet.size() > 1 ? packet[1] & 0x3F : 0;
  return GstClockTime{frames} * frame_us * GST_USECOND;
}

}  // namespace media
