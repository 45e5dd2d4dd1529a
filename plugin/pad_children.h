/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

namespace matrixcall {

/* GstChildProxy of an element whose children are the pads that it has. Any thread. */
GObject* get_pad_by_index(GstChildProxy* element, guint index);
guint get_pad_count(GstChildProxy* element);

}  // namespace matrixcall
