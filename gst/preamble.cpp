/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/preamble.h"

#include <utility>

namespace media {

Preamble::Preamble(GstPad* pad, rtc::MediaKind kind, const std::string& stream_id, guint group_id)
    : pad_(pad),
      stream_(glib::Ref<GstStream>::adopt(gst_stream_new(
          stream_id.c_str(), nullptr,
          kind == rtc::MediaKind::Audio ? GST_STREAM_TYPE_AUDIO : GST_STREAM_TYPE_VIDEO,
          GST_STREAM_FLAG_NONE))),
      stream_start_(glib::Ref<GstEvent>::adopt(gst_event_new_stream_start(stream_id.c_str()))) {
  if (group_id != GST_GROUP_ID_INVALID) gst_event_set_group_id(stream_start_.get(), group_id);
  gst_event_set_stream(stream_start_.get(), stream_.get());
}

void Preamble::start() {
  if (std::exchange(started_, true)) return;
  gst_pad_push_event(pad_, glib::Ref(stream_start_).release());
}

/* Pushing an event again that the pad holds already repeats nothing, but the pad then sends
 * whatever its peer has not seen of it and of all that comes before it: so, the last one. */
void Preamble::catch_up() {
  glib::Ref<GstEvent> last;
  gst_pad_sticky_events_foreach(
      pad_,
      [](GstPad*, GstEvent** event, gpointer data) -> gboolean {
        *static_cast<glib::Ref<GstEvent>*>(data) = glib::Ref<GstEvent>::share(*event);
        return TRUE;
      },
      &last);
  if (last) gst_pad_push_event(pad_, last.release());
}

void Preamble::send_caps(GstCaps* caps) {
  if (caps_ && gst_caps_is_equal(caps_.get(), caps)) return;
  caps_ = glib::Ref<GstCaps>::share(caps);
  gst_stream_set_caps(stream_.get(), caps);
  gst_pad_push_event(pad_, gst_event_new_caps(caps));
  send_segment();
}

void Preamble::send_sticky(glib::Ref<GstEvent> event) {
  if (!segment_sent_) return keep(std::move(event));
  if (GST_EVENT_TYPE(event.get()) == GST_EVENT_TAG) {
    GstTagList* tags = nullptr;
    gst_event_parse_tag(event.get(), &tags);
    gst_stream_set_tags(stream_.get(), tags);
  }
  gst_pad_push_event(pad_, event.release());
}

/* The last of each name. */
void Preamble::keep(glib::Ref<GstEvent> event) {
  const GstStructure* structure = gst_event_get_structure(event.get());
  std::erase_if(early_, [&](const auto& older) {
    return structure && gst_event_has_name(older.get(), gst_structure_get_name(structure));
  });
  early_.push_back(std::move(event));
}

void Preamble::finish() {
  send_segment();
}

void Preamble::send_segment() {
  if (std::exchange(segment_sent_, true)) return;
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(pad_, gst_event_new_segment(&segment));
  for (auto& event : std::exchange(early_, {})) send_sticky(std::move(event));
}

}  // namespace media
