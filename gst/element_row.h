/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <vector>

#include "gst/gst_ptr.h"

namespace media {

/* Elements of a bin, linked one behind the other, between two pads that have no parent: what is
 * pushed out of the first comes, processed, into the second. Whoever pushes does the work. */
class ElementRow {
 public:
  /* @bin is borrowed. @entry: a source pad, @exit: a sink pad. */
  ElementRow(GstBin* bin, glib::Ref<GstPad> entry, glib::Ref<GstPad> exit);
  /* Nobody may be pushing. */
  ~ElementRow();
  ElementRow(const ElementRow&) = delete;
  ElementRow& operator=(const ElementRow&) = delete;

  /* At the end of the row; false if there is none. */
  bool add(glib::Ref<GstElement> element);
  GstElement* last() const { return elements_.back().get(); }
  /* Once, with at least one element: links all of them, and lets them run as the bin does. */
  bool link();

  GstPad* entry() const { return entry_.get(); }
  GstPad* exit() const { return exit_.get(); }

 private:
  GstBin* bin_;
  std::vector<glib::Ref<GstElement>> elements_;
  glib::Ref<GstPad> entry_;
  glib::Ref<GstPad> exit_;
};

}  // namespace media
