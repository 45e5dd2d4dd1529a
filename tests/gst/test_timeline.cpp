/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/timeline.h"

#include <gst/check/gstcheck.h>
#include <gst/check/gsttestclock.h>

namespace {

using Clock = glib::Ref<GstClock>;
using media::Timeline;

constexpr GstClockTimeDiff ms = GST_MSECOND;
constexpr GstClockTimeDiff s = GST_SECOND;

Clock make_clock(GstClockTime time) {
  return Clock::sink(gst_test_clock_new_with_start_time(time));
}

void advance(const Clock& clock, GstClockTimeDiff by) {
  gst_test_clock_advance_time(GST_TEST_CLOCK(clock.get()), by);
}

GST_START_TEST(differs_by_a_constant_on_one_clock) {
  const Clock clock = make_clock(0);
  Timeline timeline(clock, 5 * s);
  for (GstClockTimeDiff time = 2 * s; time < 100 * s; time += 333333333) {
    assert_equals_int64(timeline.map(time, {clock, 7 * s}), time - 2 * s);
    advance(clock, 777);
  }
}
GST_END_TEST;

GST_START_TEST(follows_a_new_base_time_at_once) {
  const Clock clock = make_clock(0);
  Timeline timeline(clock, 5 * s);
  assert_equals_int64(timeline.map(10 * s, {clock, 7 * s}), 8 * s);
  assert_equals_int64(timeline.map(10 * s, {clock, 9 * s}), 6 * s);
}
GST_END_TEST;

GST_START_TEST(is_negative_before_the_zero_of_the_target) {
  const Clock clock = make_clock(0);
  Timeline timeline(clock, 5 * s);
  assert_equals_int64(timeline.map(1 * s, {clock, 7 * s}), -1 * s);
}
GST_END_TEST;

GST_START_TEST(starts_exactly_on_another_clock) {
  const Clock source = make_clock(100 * s);
  const Clock target = make_clock(3 * s);
  Timeline timeline(source, 90 * s);
  assert_equals_int64(timeline.map(10 * s, {target, 1 * s}), 2 * s);
}
GST_END_TEST;

GST_START_TEST(follows_a_drifting_clock_by_one_ms_per_second_at_most) {
  const Clock source = make_clock(100 * s);
  const Clock target = make_clock(0);
  Timeline timeline(source, 100 * s);
  GstClockTimeDiff last = timeline.map(0, {target, 0});
  advance(target, 50 * ms); /* an error that comes at once */
  GstClockTimeDiff time = 0;
  for (; time < 60 * s;) {
    time += 20 * ms;
    advance(source, 20 * ms);
    advance(target, 20 * ms);
    const GstClockTimeDiff now = timeline.map(time, {target, 0});
    const GstClockTimeDiff bent = now - last - 20 * ms;
    fail_unless(bent >= 0 && bent <= 100000, "bent by %" G_GINT64_FORMAT " ns", bent);
    if (time == 10 * s) assert_equals_int64(now, time + 10 * ms);
    last = now;
  }
  assert_equals_int64(last, time + 50 * ms);
}
GST_END_TEST;

GST_START_TEST(keeps_up_with_a_clock_that_runs_slow) {
  const Clock source = make_clock(0);
  const Clock target = make_clock(0);
  Timeline timeline(source, 0);
  for (GstClockTimeDiff time = 0; time < 100 * s; time += 100 * ms) {
    const GstClockTimeDiff mapped = timeline.map(time, {target, 0});
    const auto there = static_cast<GstClockTimeDiff>(gst_clock_get_time(target.get()));
    fail_unless(ABS(mapped - there) < ms);
    advance(source, 100 * ms);
    advance(target, 100 * ms - 20000); /* 200 ppm */
  }
}
GST_END_TEST;

GST_START_TEST(follows_a_clock_that_was_set_at_once) {
  const Clock source = make_clock(0);
  const Clock target = make_clock(0);
  Timeline timeline(source, 0);
  assert_equals_int64(timeline.map(0, {target, 0}), 0);
  advance(source, 200 * ms);
  advance(target, 1300 * ms);
  assert_equals_int64(timeline.map(200 * ms, {target, 0}), 1300 * ms);
}
GST_END_TEST;

GST_START_TEST(does_not_save_up_for_a_jump_in_a_pause) {
  const Clock source = make_clock(0);
  const Clock target = make_clock(0);
  Timeline timeline(source, 0);
  timeline.map(0, {target, 0});
  advance(source, 100 * s);
  advance(target, 100 * s + 100 * ms);
  assert_equals_int64(timeline.map(100 * s, {target, 0}), 100 * s + 1 * ms);
}
GST_END_TEST;

GST_START_TEST(starts_anew_with_a_new_clock) {
  const Clock source = make_clock(0);
  const Clock earlier = make_clock(1 * s);
  const Clock later = make_clock(1 * s + 50 * ms);
  Timeline timeline(source, 0);
  assert_equals_int64(timeline.map(0, {earlier, 0}), 1 * s);
  assert_equals_int64(timeline.map(0, {later, 0}), 1 * s + 50 * ms);
  assert_equals_int64(timeline.map(0, {source, 0}), 0);
}
GST_END_TEST;

Suite* timeline_suite() {
  Suite* suite = suite_create("timeline");
  TCase* times = tcase_create("times");
  suite_add_tcase(suite, times);
  tcase_add_test(times, differs_by_a_constant_on_one_clock);
  tcase_add_test(times, follows_a_new_base_time_at_once);
  tcase_add_test(times, is_negative_before_the_zero_of_the_target);
  tcase_add_test(times, starts_exactly_on_another_clock);
  tcase_add_test(times, follows_a_drifting_clock_by_one_ms_per_second_at_most);
  tcase_add_test(times, keeps_up_with_a_clock_that_runs_slow);
  tcase_add_test(times, follows_a_clock_that_was_set_at_once);
  tcase_add_test(times, does_not_save_up_for_a_jump_in_a_pause);
  tcase_add_test(times, starts_anew_with_a_new_clock);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(timeline)
