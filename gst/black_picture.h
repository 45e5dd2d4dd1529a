/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/gst_ptr.h"

namespace media {

/* A black picture of a stream of @caps, which decodes on its own (encoded ones are key frames)
 * and after everything that the stream has had. @last_key_frame: of the stream, or nullptr.
 * Empty if none can be made: an unknown codec, memory that is not the system's, no encoder.
 * Takes some milliseconds. */
glib::Ref<GstBuffer> black_picture(GstCaps* caps, GstBuffer* last_key_frame);

}  // namespace media
