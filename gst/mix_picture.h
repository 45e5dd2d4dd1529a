/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include <cstdint>
#include <memory>

#include "gst/gst_ptr.h"
#include "gst/mix_layout.h"

namespace media {

/* A picture of a feed, and when it is to be seen first. */
struct MixPicture {
  GstClockTime time = 0; /* running time */
  glib::Ref<GstBuffer> buffer;
  GstVideoInfo info{};

  /* With square pixels. */
  MixSize shape() const;
};

struct MixColor {
  std::uint8_t y = 16;
  std::uint8_t u = 128;
  std::uint8_t v = 128;
};
/* Of 0xRRGGBB, as video of small size has it (BT.601). */
MixColor mix_color(std::uint32_t rgb);

/* An I420 picture that is drawn into. Areas have even coordinates, and lie inside. Pure. */
class MixCanvas {
 public:
  /* @frame: mapped for writing, borrowed. */
  explicit MixCanvas(GstVideoFrame& frame) : frame_(frame) {}
  void fill(MixRect area, MixColor color);
  /* Along the inner edge of @area. */
  void border(MixRect area, int width, MixColor color);
  /* @picture: I420, of the size of @area. */
  void copy(const GstVideoFrame& picture, MixRect area);

 private:
  GstVideoFrame& frame_;
};

/* A feed's pictures in I420 at the size that is asked for; each is scaled once. One thread. */
class MixScaler {
 public:
  /* Empty for what cannot be converted. */
  glib::Ref<GstBuffer> scale(const MixPicture& picture, MixSize size);

 private:
  struct FreeConverter {
    void operator()(GstVideoConverter* converter) const { gst_video_converter_free(converter); }
  };
  glib::Ref<GstBuffer> convert(const MixPicture& picture, MixSize size);

  std::unique_ptr<GstVideoConverter, FreeConverter> converter_;
  GstVideoInfo from_{};
  MixSize to_;
  glib::Ref<GstBuffer> source_;
  glib::Ref<GstBuffer> scaled_;
};

/* I420 of @size with the colorimetry that the mix has. */
GstVideoInfo mix_video_info(MixSize size);

}  // namespace media
