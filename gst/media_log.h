/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

namespace media {

/* "matrix-media", which everything in gst/ logs to. Any thread. */
GstDebugCategory* log_category();

}  // namespace media

#define GST_CAT_DEFAULT media::log_category()
