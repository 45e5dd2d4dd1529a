/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encode_once.h"

#include <string>
#include <string_view>
#include <utility>

namespace media {

using glib::Ref;

namespace {

GstFlowReturn keep_first(GstPad* pad, GstObject*, GstBuffer* raw) {
  auto buffer = Ref<GstBuffer>::adopt(raw);
  auto& first = *static_cast<Ref<GstBuffer>*>(gst_pad_get_element_private(pad));
  if (!first) first = std::move(buffer);
  return GST_FLOW_OK;
}

gboolean take_event(GstPad*, GstObject*, GstEvent* event) {
  gst_event_unref(event);
  return TRUE;
}

Ref<GstElement> make(const char* encoder) {
  auto element = Ref<GstElement>::sink(gst_element_factory_make(encoder, nullptr));
  if (!element) return {};
  for (const char* setting : {"deadline=1", "threads=1", "lag-in-frames=0"}) {
    const std::string_view text = setting;
    const std::string name(text.substr(0, text.find('=')));
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(element.get()), name.c_str()))
      gst_util_set_object_arg(G_OBJECT(element.get()), name.c_str(), setting + name.size() + 1);
  }
  return element;
}

void push_all(GstPad* entry, GstCaps* caps, Ref<GstBuffer> picture) {
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  GST_BUFFER_PTS(picture.get()) = 0;
  GST_BUFFER_DURATION(picture.get()) = GST_SECOND;
  gst_pad_push_event(entry, gst_event_new_stream_start("black"));
  gst_pad_push_event(entry, gst_event_new_caps(caps));
  gst_pad_push_event(entry, gst_event_new_segment(&segment));
  gst_pad_push(entry, picture.release());
  gst_pad_push_event(entry, gst_event_new_eos());
}

}  // namespace

Ref<GstBuffer> encode_once(const char* encoder, GstCaps* caps, Ref<GstBuffer> picture) {
  const auto element = make(encoder);
  if (!element) return {};
  Ref<GstBuffer> first;
  const auto entry = Ref<GstPad>::sink(gst_pad_new("entry", GST_PAD_SRC));
  const auto exit = Ref<GstPad>::sink(gst_pad_new("exit", GST_PAD_SINK));
  gst_pad_set_element_private(exit.get(), &first);
  gst_pad_set_chain_function(exit.get(), keep_first);
  gst_pad_set_event_function(exit.get(), take_event);
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(element.get(), "sink"));
  const auto src = Ref<GstPad>::adopt(gst_element_get_static_pad(element.get(), "src"));
  gst_pad_link(entry.get(), sink.get());
  gst_pad_link(src.get(), exit.get());
  gst_pad_set_active(exit.get(), TRUE);
  gst_pad_set_active(entry.get(), TRUE);
  if (gst_element_set_state(element.get(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    push_all(entry.get(), caps, std::move(picture));
  gst_element_set_state(element.get(), GST_STATE_NULL);
  gst_pad_set_active(entry.get(), FALSE);
  gst_pad_set_active(exit.get(), FALSE);
  return first;
}

}  // namespace media
