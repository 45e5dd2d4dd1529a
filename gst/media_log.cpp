/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/media_log.h"

namespace media {

GstDebugCategory* log_category() {
  static GstDebugCategory* const category = [] {
    GstDebugCategory* made = nullptr;
    GST_DEBUG_CATEGORY_INIT(made, "matrix-media", 0, "Matrix call media");
    return made;
  }();
  return category;
}

}  // namespace media
