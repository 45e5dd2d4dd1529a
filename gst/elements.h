/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstring>

#include "gst/gst_ptr.h"

namespace media {

/* Whether @element comes from the factory @name. */
inline bool is_made_by(GstElement* element, const char* name) {
  GstElementFactory* factory = gst_element_get_factory(element);
  return factory && std::strcmp(GST_OBJECT_NAME(factory), name) == 0;
}

}  // namespace media
