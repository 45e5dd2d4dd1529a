/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/gst_ptr.h"

namespace media {

enum class DecoderKind { Audio, Video };

/* The best decoder that is installed, and works here, for @caps ("video/x-vp8"); in READY.
 * Empty if there is none. Any thread. */
glib::Ref<GstElement> make_decoder(const char* caps, DecoderKind kind);

}  // namespace media
