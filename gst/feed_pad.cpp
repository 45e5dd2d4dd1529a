/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/feed_pad.h"

#include <gst/video/video.h>

#include <utility>

namespace media {
namespace {

using Owner = std::weak_ptr<FeedPadOwner>;

std::shared_ptr<FeedPadOwner> owner_of(GstPad* pad) {
  return static_cast<Owner*>(pad->eventdata)->lock();
}

gboolean handle_event(GstPad* pad, GstObject*, GstEvent* raw) {
  auto event = glib::Ref<GstEvent>::adopt(raw);
  const auto owner = owner_of(pad);
  if (!owner) return FALSE;
  switch (GST_EVENT_TYPE(raw)) {
    case GST_EVENT_RECONFIGURE:
      owner->on_reconfigure();
      return TRUE;
    case GST_EVENT_CUSTOM_UPSTREAM:
      if (!gst_video_event_is_force_key_unit(raw)) return FALSE;
      owner->on_key_frame_wanted(std::move(event));
      return TRUE;
    case GST_EVENT_QOS:
    case GST_EVENT_LATENCY:
      return TRUE;
    default:
      return FALSE;
  }
}

gboolean handle_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  const auto owner = owner_of(pad);
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_LATENCY:
      if (!owner) return FALSE;
      gst_query_set_latency(query, TRUE, owner->latency(), GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_SEEKING: {
      GstFormat format = GST_FORMAT_UNDEFINED;
      gst_query_parse_seeking(query, &format, nullptr, nullptr, nullptr);
      gst_query_set_seeking(query, format, FALSE, 0, -1);
      return TRUE;
    }
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default(pad, parent, query);
    default:
      return FALSE;
  }
}

gboolean handle_activation(GstPad* pad, GstObject*, GstPadMode mode, gboolean active) {
  if (mode != GST_PAD_MODE_PUSH) return FALSE;
  if (active) return TRUE;
  const auto owner = owner_of(pad);
  if (owner) owner->on_deactivate();
  const gboolean stopped = gst_pad_stop_task(pad);
  if (owner) owner->on_deactivated();
  return stopped;
}

void take_turn(gpointer data) {
  auto* pad = static_cast<GstPad*>(data);
  if (const auto owner = owner_of(pad))
    owner->on_turn();
  else
    gst_pad_pause_task(pad);
}

void notify_link(GstPad* pad) {
  if (const auto owner = owner_of(pad)) owner->on_link_changed();
}

}  // namespace

void install_feed_pad_functions(GstPad* pad, std::weak_ptr<FeedPadOwner> owner) {
  gst_pad_set_event_function_full(pad, handle_event, new Owner(std::move(owner)),
                                  [](gpointer data) { delete static_cast<Owner*>(data); });
  gst_pad_set_query_function(pad, handle_query);
  gst_pad_set_activatemode_function(pad, handle_activation);
  gst_pad_set_iterate_internal_links_function(
      pad, [](GstPad*, GstObject*) -> GstIterator* { return nullptr; });
  glib::connect<void, GstPad*>(pad, "linked", [pad](GstPad*) { notify_link(pad); });
  glib::connect<void, GstPad*>(pad, "unlinked", [pad](GstPad*) { notify_link(pad); });
}

void wake_feed_pad(GstPad* pad) {
  gst_pad_start_task(pad, take_turn, pad, nullptr);
}

}  // namespace media
