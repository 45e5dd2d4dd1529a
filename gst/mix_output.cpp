/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_output.h"

#include <algorithm>
#include <utility>

#include "gst/media_log.h"

namespace media {
namespace {

using glib::Ref;

constexpr GstClockTime most_lost = 1 * GST_SECOND;
/* An element that is added later than this to a running pipeline begins there. */
constexpr GstClockTime late_start = 2 * GST_SECOND;

}  // namespace

MixOutput::MixOutput(GstPad* pad, const char* stream_id, Maker& maker)
    : pad_(pad), stream_id_(stream_id), maker_(maker) {
  gst_pad_set_activatemode_function_full(pad, activate, this, nullptr);
}

Ref<GstElement> MixOutput::element() const {
  return Ref<GstElement>::adopt(gst_pad_get_parent_element(pad_));
}

/* --- Control --- */

gboolean MixOutput::activate(GstPad* pad, GstObject*, GstPadMode mode, gboolean active) {
  if (mode != GST_PAD_MODE_PUSH) return FALSE;
  auto* self = static_cast<MixOutput*>(pad->activatemodedata);
  {
    std::lock_guard lock(self->lock_);
    self->stopping_ = !active;
    self->stop_waiting();
  }
  return active ? gst_pad_start_task(pad, take_turn, self, nullptr) : gst_pad_stop_task(pad);
}

/* Caller holds the lock. */
void MixOutput::stop_waiting() {
  if (waiting_) gst_clock_id_unschedule(waiting_);
  changed_.notify_all();
}

void MixOutput::set_playing(bool playing) {
  std::lock_guard lock(lock_);
  playing_ = playing;
  stop_waiting();
}

void MixOutput::end_at(GstClockTime running_time) {
  GstClockTime none = GST_CLOCK_TIME_NONE;
  end_.compare_exchange_strong(none, running_time);
}

void MixOutput::reset() {
  begun_ = false;
  has_caps_ = false;
  is_discont_ = true;
  rate_ = {};
  end_ = GST_CLOCK_TIME_NONE;
}

/* --- The pad's thread --- */

void MixOutput::take_turn(gpointer self) {
  static_cast<MixOutput*>(self)->turn();
}

bool MixOutput::wait_until_playing() {
  std::unique_lock lock(lock_);
  changed_.wait(lock, [this] { return playing_ || stopping_; });
  return !stopping_;
}

GstClockTime MixOutput::time_of(guint64 count) const {
  return origin_ + gst_util_uint64_scale(count,
                                         GST_SECOND * static_cast<guint64>(rate_.denominator),
                                         static_cast<guint64>(rate_.numerator));
}

void MixOutput::begin(GstClockTime now) {
  begun_ = true;
  rate_ = maker_.rate();
  origin_ = now < late_start ? 0 : now;
  count_ = 0;
}

void MixOutput::keep_rate() {
  const Rate rate = maker_.rate();
  if (rate == rate_) return;
  origin_ = time_of(count_);
  count_ = 0;
  rate_ = rate;
}

void MixOutput::turn() {
  if (!wait_until_playing()) {
    gst_pad_pause_task(pad_);
    return;
  }
  if (!begun_) {
    const auto self = element();
    const auto clock = Ref<GstClock>::adopt(self ? gst_element_get_clock(self.get()) : nullptr);
    if (!clock) return;
    const GstClockTime base = gst_element_get_base_time(self.get());
    begin(std::max(base, gst_clock_get_time(clock.get())) - base);
  }
  keep_rate();
  const guint64 count = count_;
  const GstClockTime time = time_of(count);
  if (time >= end_) return finish();
  if (!wait_for(time + maker_.latency()) || count_ != count) return;
  const GstClockTime next = time_of(++count_);
  if (gst_pad_is_linked(pad_))
    push(time, next - time);
  else
    maker_.idle();
}

/* False if the wait was broken off: then there is another turn. */
bool MixOutput::wait_for(GstClockTime time) {
  const auto self = element();
  const auto clock = Ref<GstClock>::adopt(self ? gst_element_get_clock(self.get()) : nullptr);
  if (!clock) return false;
  const GstClockTime due = gst_element_get_base_time(self.get()) + time;
  const GstClockTime now = gst_clock_get_time(clock.get());
  if (now >= due) {
    if (now - due > most_lost) skip(now - due);
    return true;
  }
  GstClockID id = gst_clock_new_single_shot_id(clock.get(), due);
  bool may_wait = false;
  {
    std::lock_guard lock(lock_);
    may_wait = playing_ && !stopping_;
    if (may_wait) waiting_ = id;
  }
  const auto result = may_wait ? gst_clock_id_wait(id, nullptr) : GST_CLOCK_UNSCHEDULED;
  {
    std::lock_guard lock(lock_);
    waiting_ = nullptr;
  }
  gst_clock_id_unref(id);
  return result != GST_CLOCK_UNSCHEDULED;
}

void MixOutput::skip(GstClockTime lost) {
  const guint64 buffers =
      gst_util_uint64_scale(lost, static_cast<guint64>(rate_.numerator),
                            GST_SECOND * static_cast<guint64>(rate_.denominator));
  GST_WARNING_OBJECT(pad_, "%" G_GUINT64_FORMAT " buffers skipped: what is linked is too slow",
                     buffers);
  count_ += buffers;
  is_discont_ = true;
}

bool MixOutput::send_caps() {
  const bool anew = maker_.wants_new_caps();
  if (has_caps_ && !anew && !gst_pad_check_reconfigure(pad_)) return true;
  if (!has_caps_) gst_pad_push_event(pad_, gst_event_new_stream_start(stream_id_));
  const auto caps = maker_.negotiate(pad_);
  if (!caps) return false;
  const auto present = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad_));
  if (!present || !gst_caps_is_equal(present.get(), caps.get()))
    gst_pad_push_event(pad_, gst_event_new_caps(caps.get()));
  if (!has_caps_) {
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_push_event(pad_, gst_event_new_segment(&segment));
  }
  has_caps_ = true;
  return true;
}

void MixOutput::push(GstClockTime time, GstClockTime duration) {
  GstFlowReturn result = GST_FLOW_NOT_NEGOTIATED;
  if (send_caps()) {
    auto buffer = maker_.make(time, duration);
    if (!buffer) return;
    GST_BUFFER_PTS(buffer.get()) = time;
    GST_BUFFER_DURATION(buffer.get()) = duration;
    if (std::exchange(is_discont_, false))
      GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT);
    result = gst_pad_push(pad_, buffer.release());
  }
  if (result == GST_FLOW_OK || result == GST_FLOW_NOT_LINKED) return;
  gst_pad_pause_task(pad_);
  if (result == GST_FLOW_FLUSHING || result == GST_FLOW_EOS) return;
  if (const auto self = element()) GST_ELEMENT_FLOW_ERROR(self.get(), result);
  gst_pad_push_event(pad_, gst_event_new_eos());
}

void MixOutput::finish() {
  /* A stream without caps would be no stream. */
  if (gst_pad_is_linked(pad_)) send_caps();
  gst_pad_push_event(pad_, gst_event_new_eos());
  gst_pad_pause_task(pad_);
}

}  // namespace media
