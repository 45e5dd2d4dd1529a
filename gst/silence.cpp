/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/silence.h"

#include <array>
#include <utility>

namespace media {

using glib::Ref;

namespace {

/* The configuration "CELT, fullband, 20 ms", mono, one frame, which says: silence. */
constexpr std::array<guint8, 3> opus_silence{0xf8, 0xff, 0xfe};

std::shared_ptr<const GstAudioInfo> raw_info(const GstCaps* caps) {
  if (!gst_structure_has_name(gst_caps_get_structure(caps, 0), "audio/x-raw")) return nullptr;
  GstAudioInfo info;
  if (!gst_audio_info_from_caps(&info, caps)) return nullptr;
  return std::make_shared<const GstAudioInfo>(info);
}

class ReadMap {
 public:
  explicit ReadMap(GstBuffer* buffer)
      : buffer_(buffer), mapped_(gst_buffer_map(buffer, &map_, GST_MAP_READ)) {}
  ReadMap(const ReadMap&) = delete;
  ReadMap& operator=(const ReadMap&) = delete;
  ~ReadMap() {
    if (mapped_) gst_buffer_unmap(buffer_, &map_);
  }
  const guint8* data() const { return mapped_ ? map_.data : nullptr; }
  gsize size() const { return mapped_ ? map_.size : 0; }

 private:
  GstBuffer* const buffer_;
  GstMapInfo map_{};
  const bool mapped_;
};

}  // namespace

std::optional<GstClockTime> opus_duration(const guint8* data, gsize size) {
  if (size == 0) return std::nullopt;
  constexpr std::array<unsigned, 4> silk_ms{10, 20, 40, 60};
  constexpr std::array<unsigned, 2> hybrid_ms{10, 20};
  const unsigned configuration = data[0] >> 3;
  GstClockTime frame = 0;
  if (configuration < 12)
    frame = silk_ms[configuration % 4] * GST_MSECOND;
  else if (configuration < 16)
    frame = hybrid_ms[configuration % 2] * GST_MSECOND;
  else
    frame = (2500 * GST_USECOND) << (configuration % 4);
  switch (data[0] & 3) {
    case 0:
      return frame;
    case 1:
    case 2:
      return 2 * frame;
    default:
      if (size < 2) return std::nullopt;
      return (data[1] & 0x3f) * frame;
  }
}

Silence::Silence(const GstCaps* caps)
    : info_(raw_info(caps)),
      is_opus_(gst_structure_has_name(gst_caps_get_structure(caps, 0), "audio/x-opus")) {}

std::optional<GstClockTime> Silence::duration_of(GstBuffer* buffer) const {
  if (is_raw())
    return gst_util_uint64_scale(gst_buffer_get_size(buffer) / GST_AUDIO_INFO_BPF(info_.get()),
                                 GST_SECOND, GST_AUDIO_INFO_RATE(info_.get()));
  if (is_opus_) {
    const ReadMap map(buffer);
    return opus_duration(map.data(), map.size());
  }
  if (GST_BUFFER_DURATION_IS_VALID(buffer)) return GST_BUFFER_DURATION(buffer);
  return std::nullopt;
}

Ref<GstBuffer> Silence::make(GstClockTime duration) const {
  if (!is_raw()) {
    auto packet =
        Ref<GstBuffer>::adopt(gst_buffer_new_memdup(opus_silence.data(), opus_silence.size()));
    GST_BUFFER_DURATION(packet.get()) = packet_duration;
    return packet;
  }
  const guint64 samples =
      MAX(gst_util_uint64_scale_round(duration, GST_AUDIO_INFO_RATE(info_.get()), GST_SECOND),
          guint64{1});
  const gsize size = samples * GST_AUDIO_INFO_BPF(info_.get());
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, size, nullptr));
  GstMapInfo map;
  if (gst_buffer_map(buffer.get(), &map, GST_MAP_WRITE)) {
    gst_audio_format_info_fill_silence(info_->finfo, map.data, map.size);
    gst_buffer_unmap(buffer.get(), &map);
  }
  GST_BUFFER_DURATION(buffer.get()) =
      gst_util_uint64_scale(samples, GST_SECOND, GST_AUDIO_INFO_RATE(info_.get()));
  GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_GAP);
  return buffer;
}

Ref<GstBuffer> Silence::without_start(Ref<GstBuffer> buffer, GstClockTime duration) const {
  const gsize frames = gst_buffer_get_size(buffer.get()) / GST_AUDIO_INFO_BPF(info_.get());
  const guint64 cut =
      gst_util_uint64_scale_round(duration, GST_AUDIO_INFO_RATE(info_.get()), GST_SECOND);
  if (cut >= frames) return {};
  return Ref<GstBuffer>::adopt(gst_audio_buffer_truncate(
      buffer.release(), GST_AUDIO_INFO_BPF(info_.get()), cut, frames - cut));
}

}  // namespace media
