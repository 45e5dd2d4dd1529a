/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_picture.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace media {
namespace {

std::uint8_t component(double value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
}

}  // namespace

MixSize MixPicture::shape() const {
  const int width = GST_VIDEO_INFO_WIDTH(&info);
  const int par_n = std::max(1, GST_VIDEO_INFO_PAR_N(&info));
  const int par_d = std::max(1, GST_VIDEO_INFO_PAR_D(&info));
  return {
      gst_util_uint64_scale_int(static_cast<guint64>(width), par_n, par_d) > G_MAXINT
          ? width
          : static_cast<int>(gst_util_uint64_scale_int(static_cast<guint64>(width), par_n, par_d)),
      GST_VIDEO_INFO_HEIGHT(&info)};
}

MixColor mix_color(std::uint32_t rgb) {
  const double r = (rgb >> 16) & 0xFF;
  const double g = (rgb >> 8) & 0xFF;
  const double b = rgb & 0xFF;
  return {component(16 + 0.2568 * r + 0.5041 * g + 0.0979 * b),
          component(128 - 0.1482 * r - 0.2910 * g + 0.4392 * b),
          component(128 + 0.4392 * r - 0.3678 * g - 0.0714 * b)};
}

void MixCanvas::fill(MixRect area, MixColor color) {
  const std::array values{color.y, color.u, color.v};
  for (unsigned plane = 0; plane < 3; plane++) {
    const int shift = plane == 0 ? 0 : 1;
    const auto stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, plane);
    auto* row = static_cast<std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame_, plane)) +
                static_cast<ptrdiff_t>(area.y >> shift) * stride + (area.x >> shift);
    for (int y = 0; y < area.height >> shift; y++, row += stride)
      std::memset(row, values[plane], static_cast<size_t>(area.width >> shift));
  }
}

void MixCanvas::border(MixRect area, int width, MixColor color) {
  if (area.width < 2 * width || area.height < 2 * width) return;
  fill({area.x, area.y, area.width, width}, color);
  fill({area.x, area.y + area.height - width, area.width, width}, color);
  fill({area.x, area.y, width, area.height}, color);
  fill({area.x + area.width - width, area.y, width, area.height}, color);
}

void MixCanvas::copy(const GstVideoFrame& picture, MixRect area) {
  for (unsigned plane = 0; plane < 3; plane++) {
    const int shift = plane == 0 ? 0 : 1;
    const auto to_stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame_, plane);
    const auto from_stride = GST_VIDEO_FRAME_PLANE_STRIDE(&picture, plane);
    auto* to = static_cast<std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame_, plane)) +
               static_cast<ptrdiff_t>(area.y >> shift) * to_stride + (area.x >> shift);
    const auto* from =
        static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&picture, plane));
    for (int y = 0; y < area.height >> shift; y++, to += to_stride, from += from_stride)
      std::memcpy(to, from, static_cast<size_t>(area.width >> shift));
  }
}

GstVideoInfo mix_video_info(MixSize size) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, static_cast<guint>(size.width),
                            static_cast<guint>(size.height));
  gst_video_colorimetry_from_string(&info.colorimetry, GST_VIDEO_COLORIMETRY_BT601);
  return info;
}

glib::Ref<GstBuffer> MixScaler::scale(const MixPicture& picture, MixSize size) {
  if (source_.get() == picture.buffer.get() && to_ == size && scaled_) return scaled_;
  const bool fits =
      GST_VIDEO_INFO_FORMAT(&picture.info) == GST_VIDEO_FORMAT_I420 &&
      MixSize{GST_VIDEO_INFO_WIDTH(&picture.info), GST_VIDEO_INFO_HEIGHT(&picture.info)} == size;
  scaled_ = fits ? picture.buffer : convert(picture, size);
  source_ = picture.buffer;
  to_ = size;
  return scaled_;
}

glib::Ref<GstBuffer> MixScaler::convert(const MixPicture& picture, MixSize size) {
  GstVideoInfo to = mix_video_info(size);
  /* Colours are taken as they are: turning one matrix into another costs as much as scaling. */
  if (GST_VIDEO_INFO_IS_YUV(&picture.info)) to.colorimetry = picture.info.colorimetry;
  to.chroma_site = picture.info.chroma_site;
  to.fps_n = picture.info.fps_n;
  to.fps_d = picture.info.fps_d;
  if (!converter_ || !gst_video_info_is_equal(&from_, &picture.info) || to_ != size) {
    from_ = picture.info;
    converter_.reset(gst_video_converter_new(
        &from_, &to,
        gst_structure_new("options", GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD,
                          GST_TYPE_VIDEO_RESAMPLER_METHOD, GST_VIDEO_RESAMPLER_METHOD_LINEAR,
                          nullptr)));
  }
  if (!converter_) return {};
  auto scaled = glib::Ref<GstBuffer>::adopt(
      gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&to), nullptr));
  GstVideoFrame source;
  GstVideoFrame target;
  if (!gst_video_frame_map(&source, &picture.info, picture.buffer.get(), GST_MAP_READ)) return {};
  const bool mapped = gst_video_frame_map(&target, &to, scaled.get(), GST_MAP_WRITE);
  if (mapped) {
    gst_video_converter_frame(converter_.get(), &source, &target);
    gst_video_frame_unmap(&target);
  }
  gst_video_frame_unmap(&source);
  return mapped ? scaled : glib::Ref<GstBuffer>();
}

}  // namespace media
