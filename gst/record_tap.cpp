/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_tap.h"

#include <gst/video/video.h>

#include <utility>

namespace media {
namespace {

/* What a pad may carry: its template, and what is linked to the other pad takes or gives. */
void answer_caps(GstPad* pad, GstPad* other, GstQuery* query) {
  GstCaps* filter = nullptr;
  gst_query_parse_caps(query, &filter);
  const auto possible = glib::Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(pad));
  auto answer = filter ? glib::Ref<GstCaps>::adopt(gst_caps_intersect_full(
                             filter, possible.get(), GST_CAPS_INTERSECT_FIRST))
                       : possible;
  if (gst_pad_is_linked(other)) {
    const auto beyond = glib::Ref<GstCaps>::adopt(gst_pad_peer_query_caps(other, answer.get()));
    answer = glib::Ref<GstCaps>::adopt(
        gst_caps_intersect_full(beyond.get(), answer.get(), GST_CAPS_INTERSECT_FIRST));
  }
  gst_query_set_caps_result(query, answer.get());
}

}  // namespace

RecordTap::RecordTap(Place place, std::shared_ptr<Recorder> recorder, Owner& owner)
    : place_(place), recorder_(std::move(recorder)), owner_(owner) {
  gst_segment_init(&segment_, GST_FORMAT_TIME);
}

std::shared_ptr<RecordTap> RecordTap::create(Place place, std::shared_ptr<Recorder> recorder,
                                             Owner& owner) {
  std::shared_ptr<RecordTap> tap(new RecordTap(place, std::move(recorder), owner));
  const auto keep = [&] { return new std::shared_ptr<RecordTap>(tap); };
  const auto let_go = [](gpointer kept) { delete static_cast<std::shared_ptr<RecordTap>*>(kept); };
  gst_pad_set_chain_function_full(tap->sink(), chain, keep(), let_go);
  gst_pad_set_event_function_full(tap->sink(), sink_event, keep(), let_go);
  gst_pad_set_query_function(tap->sink(), sink_query);
  gst_pad_set_event_function_full(tap->src(), src_event, keep(), let_go);
  gst_pad_set_query_function(tap->src(), src_query);
  glib::connect<void, GstPad*>(tap->sink(), "unlinked", [weak = std::weak_ptr(tap)](GstPad*) {
    const auto self = weak.lock();
    if (self && self->ended()) self->owner_.on_tap_unused(self->feed());
  });
  return tap;
}

RecordTap& RecordTap::of(GstPad* pad) {
  return **static_cast<std::shared_ptr<RecordTap>*>(pad->eventdata);
}

GstFlowReturn RecordTap::chain(GstPad* pad, GstObject*, GstBuffer* buffer) {
  auto& self = of(pad);
  self.record(buffer);
  const GstFlowReturn result = gst_pad_push(self.src(), buffer);
  return result == GST_FLOW_FLUSHING && !gst_pad_is_active(pad) ? GST_FLOW_FLUSHING : GST_FLOW_OK;
}

void RecordTap::record(GstBuffer* buffer) {
  if (!GST_BUFFER_PTS_IS_VALID(buffer)) return;
  RecordSample sample;
  sample.feed = feed();
  sample.time = gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  sample.duration = GST_BUFFER_DURATION(buffer);
  sample.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  sample.buffer = glib::Ref<GstBuffer>::share(buffer);
  if (sample.time != GST_CLOCK_TIME_NONE) recorder_->sample(std::move(sample));
}

void RecordTap::listen(GstEvent* event) {
  if (auto news = parse_activity(event)) {
    identified_ = true;
    if (news->activity == Activity::Ended && news->reason == "call-ended") call_ended_ = true;
    recorder_->news(feed(), std::move(*news));
  } else if (auto roster = parse_roster(event)) {
    recorder_->roster(std::move(*roster));
  }
}

gboolean RecordTap::sink_event(GstPad* pad, GstObject*, GstEvent* event) {
  auto& self = of(pad);
  bool is_end = false;
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_CAPS: {
      GstCaps* caps = nullptr;
      gst_event_parse_caps(event, &caps);
      self.recorder_->caps(self.feed(), glib::Ref<GstCaps>::share(caps));
      break;
    }
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment(event, &self.segment_);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
      self.listen(event);
      break;
    case GST_EVENT_EOS:
      is_end = true;
      break;
    default:
      break;
  }
  gst_pad_push_event(self.src(), event);
  if (is_end && !self.ended_.exchange(true)) {
    self.recorder_->end_feed(self.feed());
    self.owner_.on_tap_ended(self.call_ended_);
  }
  return TRUE;
}

gboolean RecordTap::sink_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  auto& self = of(pad);
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_CAPS:
      answer_caps(pad, self.src(), query);
      return TRUE;
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default(pad, parent, query);
    default:
      return gst_pad_peer_query(self.src(), query);
  }
}

gboolean RecordTap::src_event(GstPad* pad, GstObject*, GstEvent* event) {
  return gst_pad_push_event(of(pad).sink(), event);
}

gboolean RecordTap::src_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  auto& self = of(pad);
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_CAPS:
      answer_caps(pad, self.sink(), query);
      return TRUE;
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default(pad, parent, query);
    default:
      return gst_pad_peer_query(self.sink(), query);
  }
}

void RecordTap::ask_for_key_frame() {
  gst_pad_push_event(sink(),
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

}  // namespace media
