/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/pad_children.h"

namespace matrixcall {

GObject* get_pad_by_index(GstChildProxy* element, guint index) {
  GST_OBJECT_LOCK(element);
  auto* pad = g_list_nth_data(GST_ELEMENT(element)->pads, index);
  if (pad) g_object_ref(pad);
  GST_OBJECT_UNLOCK(element);
  return static_cast<GObject*>(pad);
}

guint get_pad_count(GstChildProxy* element) {
  GST_OBJECT_LOCK(element);
  const guint count = GST_ELEMENT(element)->numpads;
  GST_OBJECT_UNLOCK(element);
  return count;
}

}  // namespace matrixcall
