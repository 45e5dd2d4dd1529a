/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/gst_ptr.h"

namespace media {

/* The key frame that the element @encoder makes of one raw @picture of @caps; empty if it is
 * not installed, or fails. Runs in the calling thread. */
glib::Ref<GstBuffer> encode_once(const char* encoder, GstCaps* caps, glib::Ref<GstBuffer> picture);

}  // namespace media
