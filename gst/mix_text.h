/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/video/video.h>

#include <string>

#include "gst/gst_ptr.h"
#include "gst/mix_layout.h"

GLIB_COUNTED(GstVideoOverlayRectangle, gst_video_overlay_rectangle_ref,
             gst_video_overlay_rectangle_unref);

/* Text in pictures. The first call in a thread loads fonts, which takes a while. */
namespace media {

/* @name at the lower left of @tile, cut where it is too long, with a crossed-out microphone if
 * @mic_muted. Empty if there is nothing to say. */
glib::Ref<GstVideoOverlayRectangle> draw_label(const std::string& name, bool mic_muted,
                                               MixRect tile);
/* @text, large in the middle of @tile. */
glib::Ref<GstVideoOverlayRectangle> draw_initials(const std::string& text, MixRect tile);

}  // namespace media
