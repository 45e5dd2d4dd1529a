/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/decoders.h"

GLIB_FREE(GList, gst_plugin_feature_list_free);

namespace media {

using glib::Ref;
using glib::Unique;

Ref<GstElement> make_decoder(const char* caps_text, DecoderKind kind) {
  auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(caps_text));
  /* Else vp8alphadecodebin comes first, which takes nothing but streams with alpha. */
  if (kind == DecoderKind::Video)
    gst_caps_set_simple(caps.get(), "codec-alpha", G_TYPE_BOOLEAN, FALSE, nullptr);
  const Unique<GList> all(
      gst_element_factory_list_get_elements(GST_ELEMENT_FACTORY_TYPE_DECODER, GST_RANK_MARGINAL));
  const Unique<GList> by_rank(
      g_list_sort(gst_element_factory_list_filter(all.get(), caps.get(), GST_PAD_SINK, FALSE),
                  gst_plugin_feature_rank_compare_func));
  for (GList* item = by_rank.get(); item; item = item->next) {
    auto element = Ref<GstElement>::sink(
        gst_element_factory_create(static_cast<GstElementFactory*>(item->data), nullptr));
    if (element &&
        gst_element_set_state(element.get(), GST_STATE_READY) != GST_STATE_CHANGE_FAILURE)
      return element;
    if (element) gst_element_set_state(element.get(), GST_STATE_NULL);
  }
  return {};
}

}  // namespace media
