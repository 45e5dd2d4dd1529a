/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/send_input.h"

#include <gst/video/video.h>

#include <utility>

namespace media {

using glib::Ref;

namespace {

using Self = std::shared_ptr<SendInput>;

SendInput& input_of(GstPad* pad) {
  return **static_cast<Self*>(gst_pad_get_element_private(pad));
}

struct Clock {
  Ref<GstClock> clock;
  GstClockTime base_time = 0;
};

/* Of the pipeline that the pad is in. */
Clock clock_of(GstPad* pad) {
  const auto element = Ref<GstElement>::adopt(gst_pad_get_parent_element(pad));
  if (!element) return {};
  return {Ref<GstClock>::adopt(gst_element_get_clock(element.get())),
          gst_element_get_base_time(element.get())};
}

GstClockTime now_of(const Clock& clock) {
  const GstClockTime time = gst_clock_get_time(clock.clock.get());
  return time > clock.base_time ? time - clock.base_time : 0;
}

}  // namespace

std::shared_ptr<SendInput> SendInput::create(GstPad* pad) {
  Self input(new SendInput(pad));
  gst_segment_init(&input->segment_, GST_FORMAT_UNDEFINED);
  gst_pad_set_element_private(pad, std::make_unique<Self>(input).release());
  gst_pad_set_chain_function_full(
      pad, handle_buffer, gst_pad_get_element_private(pad),
      [](gpointer self) { std::unique_ptr<Self>(static_cast<Self*>(self)); });
  gst_pad_set_event_function(pad, handle_event);
  gst_pad_set_query_function(pad, handle_query);
  gst_pad_set_activatemode_function(pad, activate);
  gst_pad_set_iterate_internal_links_function(
      pad, [](GstPad*, GstObject*) -> GstIterator* { return nullptr; });
  glib::connect<void, GstPad*>(pad, "linked", [pad](GstPad*) { input_of(pad).ask_what_comes(); });
  return input;
}

void SendInput::attach(Target target) {
  last_media_ = g_get_monotonic_time();
  ended_ = false;
  idle_ = false;
  {
    const std::lock_guard lock(lock_);
    target_ = std::make_shared<const Target>(std::move(target));
  }
  ask_what_comes();
}

/* So that the call is told of the right codec, though caps come no sooner than media. */
void SendInput::ask_what_comes() const {
  const auto to = target();
  if (!to || !gst_pad_is_linked(pad_)) return;
  const auto filter = to->sender->input_caps();
  const auto caps = Ref<GstCaps>::adopt(gst_pad_peer_query_caps(pad_, filter.get()));
  if (caps) to->sender->expect(caps.get());
}

void SendInput::detach() {
  const std::lock_guard lock(lock_);
  target_.reset();
}

std::shared_ptr<const SendInput::Target> SendInput::target() const {
  const std::lock_guard lock(lock_);
  return target_;
}

/* --- Pad functions --- */

GstFlowReturn SendInput::handle_buffer(GstPad* pad, GstObject*, GstBuffer* buffer) {
  return input_of(pad).take(Ref<GstBuffer>::adopt(buffer));
}

gboolean SendInput::handle_event(GstPad* pad, GstObject*, GstEvent* raw) {
  const auto event = Ref<GstEvent>::adopt(raw);
  input_of(pad).take(raw);
  return TRUE;
}

gboolean SendInput::handle_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_CAPS) return gst_pad_query_default(pad, parent, query);
  const auto target = input_of(pad).target();
  const auto all = target ? target->sender->input_caps()
                          : Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(pad));
  GstCaps* filter = nullptr;
  gst_query_parse_caps(query, &filter);
  const auto result = filter ? Ref<GstCaps>::adopt(gst_caps_intersect_full(
                                   all.get(), filter, GST_CAPS_INTERSECT_FIRST))
                             : all;
  gst_query_set_caps_result(query, result.get());
  return TRUE;
}

gboolean SendInput::activate(GstPad* pad, GstObject*, GstPadMode mode, gboolean active) {
  if (mode != GST_PAD_MODE_PUSH) return FALSE;
  input_of(pad).set_flushing(!active);
  if (active) input_of(pad).live_.reset();
  return TRUE;
}

void SendInput::set_flushing(bool flushing) {
  const auto to = target();
  if (to)
    to->hold->wake([&] { flushing_ = flushing; });
  else
    flushing_ = flushing;
  const std::lock_guard lock(lock_);
  if (flushing && waiting_) gst_clock_id_unschedule(waiting_);
}

/* --- The thread that pushes --- */

void SendInput::take(GstEvent* event) {
  const auto to = target();
  if (!to) return;
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_STREAM_START:
      return set_ended(false);
    case GST_EVENT_CAPS: {
      GstCaps* caps = nullptr;
      gst_event_parse_caps(event, &caps);
      return to->sender->set_caps(caps);
    }
    case GST_EVENT_SEGMENT:
      return gst_event_copy_segment(event, &segment_);
    case GST_EVENT_FLUSH_START:
      return set_flushing(true);
    case GST_EVENT_FLUSH_STOP:
      gst_segment_init(&segment_, GST_FORMAT_UNDEFINED);
      set_ended(false);
      return set_flushing(false);
    case GST_EVENT_EOS:
      /* The last frame is seen for as long as it lasts. */
      if (live_ && !*live_ && end_ && !wait_for(*end_)) return;
      return set_ended(true);
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
      if (const auto news = parse_activity(event)) to->on_activity(*news);
      return;
    default:
      return;
  }
}

void SendInput::set_ended(bool ended) {
  const auto to = target();
  if (ended_.exchange(ended) != ended && to) to->on_eos();
}

/* Whoever does not answer is no live source. */
bool SendInput::ask_whether_live() const {
  GstQuery* query = gst_query_new_latency();
  gboolean live = FALSE;
  if (gst_pad_peer_query(pad_, query)) gst_query_parse_latency(query, &live, nullptr, nullptr);
  gst_query_unref(query);
  return live;
}

std::optional<GstClockTime> SendInput::running_time_of(GstBuffer* buffer) const {
  const GstClockTime time =
      GST_BUFFER_PTS_IS_VALID(buffer) ? GST_BUFFER_PTS(buffer) : GST_BUFFER_DTS(buffer);
  if (segment_.format != GST_FORMAT_TIME || !GST_CLOCK_TIME_IS_VALID(time)) {
    const Clock clock = clock_of(pad_);
    return clock.clock ? std::optional(now_of(clock)) : std::nullopt;
  }
  const GstClockTime running = gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, time);
  return GST_CLOCK_TIME_IS_VALID(running) ? std::optional(running) : std::nullopt;
}

GstFlowReturn SendInput::take(Ref<GstBuffer> buffer) {
  const auto to = target();
  if (!to) return GST_FLOW_FLUSHING;
  last_media_ = g_get_monotonic_time();
  if (idle_.exchange(false)) to->on_media();
  if (!live_) live_ = ask_whether_live();
  const auto running_time = running_time_of(buffer.get());
  if (!running_time) return GST_FLOW_OK;
  if (!*live_ && !wait_for(*running_time)) return GST_FLOW_FLUSHING;
  if (GST_BUFFER_DURATION_IS_VALID(buffer.get()))
    end_ = *running_time + GST_BUFFER_DURATION(buffer.get());
  deliver(std::move(buffer), *running_time);
  return GST_FLOW_OK;
}

bool SendInput::wait_for(GstClockTime running_time) {
  waits_ = true;
  const bool arrived = wait_until(running_time);
  last_media_ = g_get_monotonic_time();
  waits_ = false;
  return arrived;
}

bool SendInput::wait_until(GstClockTime running_time) {
  const auto to = target();
  if (!to || !to->hold->wait(flushing_)) return false;
  const Clock clock = clock_of(pad_);
  if (!clock.clock) return true;
  shift_ = to->hold->offset(running_time, now_of(clock));
  const GstClockID id =
      gst_clock_new_single_shot_id(clock.clock.get(), clock.base_time + running_time + shift_);
  const auto set_waiting = [&](GstClockID waiting) {
    const std::lock_guard lock(lock_);
    waiting_ = waiting;
  };
  set_waiting(id);
  if (!flushing_) gst_clock_id_wait(id, nullptr);
  set_waiting(nullptr);
  gst_clock_id_unref(id);
  return !flushing_;
}

void SendInput::deliver(Ref<GstBuffer> buffer, GstClockTime running_time) {
  const auto to = target();
  const Clock clock = clock_of(pad_);
  if (!to || !clock.clock) return;
  if (clock.clock.get() != clock_.get() || clock.base_time != base_time_) {
    clock_ = clock.clock;
    base_time_ = clock.base_time;
    timeline_.emplace(clock_, base_time_);
  }
  const GstClockTimeDiff time = timeline_->map(running_time + shift_, to->time);
  if (time < 0) return;
  auto stamped = Ref<GstBuffer>::adopt(gst_buffer_make_writable(buffer.release()));
  GST_BUFFER_PTS(stamped.get()) = static_cast<GstClockTime>(time);
  GST_BUFFER_DTS(stamped.get()) = GST_CLOCK_TIME_NONE;
  to->sender->push(std::move(stamped));
}

void SendInput::ask_for_key_frame() {
  gst_pad_push_event(pad_,
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

}  // namespace media
