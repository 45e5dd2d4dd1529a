/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gst/mix_picture.h"
#include "gst/mix_text.h"

GLIB_COUNTED(GstVideoOverlayComposition, gst_video_overlay_composition_ref,
             gst_video_overlay_composition_unref);

namespace media {

/* A tile with what is in it. */
struct MixPanel {
  MixRect area;
  std::string name;
  bool mic_muted = false;
  bool speaks = false;            /* marked */
  bool empty = true;              /* nothing to show but initials */
  MixRect inner{};                /* where the picture is */
  glib::Ref<GstBuffer> picture{}; /* I420, of the size of inner */
};

/* Draws frames of the mix; what is written is drawn once, and again when it changes. One
 * thread. */
class MixPainter {
 public:
  /* @frame: I420, mapped for writing. @labels: whether names and muted microphones are shown. */
  void paint(GstVideoFrame& frame, const std::vector<MixPanel>& panels, std::uint32_t background,
             bool labels);

 private:
  struct Writing {
    MixRect area;
    std::string name;
    bool mic_muted;
    bool empty;
    bool operator==(const Writing&) const = default;
  };
  void write(const std::vector<MixPanel>& panels, bool labels);

  std::vector<Writing> written_;
  glib::Ref<GstVideoOverlayComposition> overlay_;
};

}  // namespace media
