/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/element_row.h"

#include <algorithm>
#include <utility>

namespace media {

using glib::Ref;

ElementRow::ElementRow(GstBin* bin, Ref<GstPad> entry, Ref<GstPad> exit)
    : bin_(bin), entry_(std::move(entry)), exit_(std::move(exit)) {}

ElementRow::~ElementRow() {
  gst_pad_set_active(entry_.get(), FALSE);
  for (const auto& element : elements_) {
    gst_element_set_locked_state(element.get(), TRUE);
    gst_element_set_state(element.get(), GST_STATE_NULL);
    gst_bin_remove(bin_, element.get());
  }
  gst_pad_set_active(exit_.get(), FALSE);
}

bool ElementRow::add(Ref<GstElement> element) {
  if (!element) return false;
  gst_bin_add(bin_, element.get());
  elements_.push_back(std::move(element));
  return true;
}

bool ElementRow::link() {
  for (size_t i = 1; i < elements_.size(); i++)
    if (!gst_element_link(elements_[i - 1].get(), elements_[i].get())) return false;
  const auto first =
      Ref<GstPad>::adopt(gst_element_get_static_pad(elements_.front().get(), "sink"));
  const auto last = Ref<GstPad>::adopt(gst_element_get_static_pad(elements_.back().get(), "src"));
  gst_pad_set_active(exit_.get(), TRUE);
  gst_pad_set_active(entry_.get(), TRUE);
  if (!first || !last || gst_pad_link(last.get(), exit_.get()) != GST_PAD_LINK_OK ||
      gst_pad_link(entry_.get(), first.get()) != GST_PAD_LINK_OK)
    return false;
  return std::all_of(elements_.rbegin(), elements_.rend(), [](const auto& element) {
    return gst_element_sync_state_with_parent(element.get());
  });
}

}  // namespace media
