/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/timeline.h"

#include <algorithm>
#include <utility>

namespace media {
namespace {

constexpr GstClockTimeDiff reading_interval = 100 * GST_MSECOND;
constexpr GstClockTimeDiff jump_above = GST_SECOND;
constexpr GstClockTimeDiff slew_divisor = 1000; /* 1 ms per second */
/* A pause in the stream must not save up for a jump after it. */
constexpr GstClockTimeDiff longest_slew = GST_SECOND;
/* Reading both clocks took longer than this: the thread was interrupted in between. */
constexpr GstClockTime longest_reading = 2 * GST_MSECOND;
constexpr int first_readings = 3;

}  // namespace

Timeline::Timeline(glib::Ref<GstClock> source_clock, GstClockTime source_base_time)
    : source_clock_(std::move(source_clock)), source_base_time_(source_base_time) {}

GstClockTimeDiff Timeline::map(GstClockTime running_time, const Target& target) {
  const bool is_new = target.clock.get() != target_clock_.get();
  target_clock_ = target.clock;
  if (is_new) {
    start_following();
    read_at_ = running_time;
  } else if (target_clock_.get() != source_clock_.get()) {
    follow(running_time);
  }
  const auto clock_time = GST_CLOCK_DIFF(0, running_time + source_base_time_);
  return clock_time + distance_ - GST_CLOCK_DIFF(0, target.base_time);
}

Timeline::Reading Timeline::read() const {
  const GstClockTime before = gst_clock_get_time(source_clock_.get());
  const GstClockTime there = gst_clock_get_time(target_clock_.get());
  const GstClockTime took = gst_clock_get_time(source_clock_.get()) - before;
  return {GST_CLOCK_DIFF(before + took / 2, there), took};
}

void Timeline::start_following() {
  distance_ = 0;
  if (target_clock_.get() == source_clock_.get()) return;
  Reading best = read();
  for (int i = 1; i < first_readings && best.took > longest_reading; i++) {
    const Reading next = read();
    if (next.took < best.took) best = next;
  }
  distance_ = best.distance;
}

void Timeline::follow(GstClockTime running_time) {
  const auto elapsed = GST_CLOCK_DIFF(read_at_, running_time);
  if (elapsed >= 0 && elapsed < reading_interval) return;
  const Reading now = read();
  if (now.took > longest_reading) return;
  const GstClockTimeDiff error = now.distance - distance_;
  const GstClockTimeDiff step =
      std::clamp<GstClockTimeDiff>(elapsed, 0, longest_slew) / slew_divisor;
  const bool is_set = error > jump_above || error < -jump_above;
  distance_ += is_set ? error : std::clamp(error, -step, step);
  read_at_ = running_time;
}

}  // namespace media
