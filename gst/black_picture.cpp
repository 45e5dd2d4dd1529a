/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/black_picture.h"

#include <gst/video/video.h>

#include <optional>

#include "gst/encode_once.h"
#include "gst/h264_black.h"

GLIB_FREE(GstVideoConverter, gst_video_converter_free);

namespace media {

using glib::Ref;
using glib::Unique;

namespace {

/* A frame of a buffer that is mapped as long as this lives. */
class MappedFrame {
 public:
  MappedFrame(const GstVideoInfo& info, GstBuffer* buffer, GstMapFlags flags)
      : mapped_(gst_video_frame_map(&frame_, &info, buffer, flags)) {}
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;
  ~MappedFrame() {
    if (mapped_) gst_video_frame_unmap(&frame_);
  }
  GstVideoFrame* get() { return mapped_ ? &frame_ : nullptr; }

 private:
  GstVideoFrame frame_{};
  const bool mapped_;
};

Ref<GstBuffer> allocate(const GstVideoInfo& info) {
  return Ref<GstBuffer>::adopt(
      gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr));
}

/* A small one, to be converted and scaled to any other. */
constexpr guint black_size = 16;
constexpr guint8 black_luma = 16;
constexpr guint8 no_chroma = 128;

bool convert_black(const GstVideoInfo& info, GstVideoFrame* to) {
  GstVideoInfo black_info;
  gst_video_info_set_format(&black_info, GST_VIDEO_FORMAT_I420, black_size, black_size);
  black_info.fps_n = info.fps_n;
  black_info.fps_d = info.fps_d;
  const auto black = allocate(black_info);
  const gsize chroma = GST_VIDEO_INFO_PLANE_OFFSET(&black_info, 1);
  gst_buffer_memset(black.get(), 0, black_luma, chroma);
  gst_buffer_memset(black.get(), chroma, no_chroma, GST_VIDEO_INFO_SIZE(&black_info) - chroma);
  MappedFrame from(black_info, black.get(), GST_MAP_READ);
  const Unique<GstVideoConverter> converter(gst_video_converter_new(&black_info, &info, nullptr));
  if (!converter || !from.get() || !to) return false;
  gst_video_converter_frame(converter.get(), from.get(), to);
  return true;
}

Ref<GstBuffer> raw_black(const GstVideoInfo& info) {
  auto buffer = allocate(info);
  MappedFrame frame(info, buffer.get(), GST_MAP_WRITE);
  if (!convert_black(info, frame.get())) return {};
  return buffer;
}

std::optional<GstVideoInfo> raw_info(const GstCaps* caps) {
  const auto* features = gst_caps_get_features(caps, 0);
  GstVideoInfo info;
  if (!gst_caps_features_is_equal(features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY) ||
      !gst_video_info_from_caps(&info, caps))
    return std::nullopt;
  return info;
}

/* In the form that encoders take. */
Ref<GstBuffer> encoded_black(const char* encoder, const GstStructure* structure) {
  gint width = 0;
  gint height = 0;
  if (!gst_structure_get_int(structure, "width", &width) ||
      !gst_structure_get_int(structure, "height", &height) || width <= 0 || height <= 0)
    return {};
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, width, height);
  info.fps_n = 1;
  info.fps_d = 1;
  const auto black = raw_black(info);
  const auto caps = Ref<GstCaps>::adopt(gst_video_info_to_caps(&info));
  return black ? encode_once(encoder, caps.get(), black) : Ref<GstBuffer>();
}

}  // namespace

Ref<GstBuffer> black_picture(GstCaps* caps, GstBuffer* last_key_frame) {
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  if (gst_structure_has_name(structure, "video/x-raw")) {
    const auto info = raw_info(caps);
    return info ? raw_black(*info) : Ref<GstBuffer>();
  }
  if (gst_structure_has_name(structure, "video/x-vp8")) return encoded_black("vp8enc", structure);
  if (gst_structure_has_name(structure, "video/x-vp9")) return encoded_black("vp9enc", structure);
  if (gst_structure_has_name(structure, "video/x-h264")) return h264_black(caps, last_key_frame);
  return {};
}

}  // namespace media
