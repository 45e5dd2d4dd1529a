/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/alarm.h"

#include <gst/check/gstcheck.h>
#include <gst/check/gsttestclock.h>

namespace {

struct Fixture {
  glib::Ref<GstClock> clock = glib::Ref<GstClock>::sink(gst_test_clock_new());
  int rung = 0;
  media::Alarm alarm{[this] { rung++; }};

  void go_to(GstClockTime time) {
    auto* test_clock = GST_TEST_CLOCK(clock.get());
    gst_test_clock_set_time(test_clock, time);
    while (GstClockID id = gst_test_clock_process_next_clock_id(test_clock)) gst_clock_id_unref(id);
  }
};

GST_START_TEST(rings_once) {
  Fixture fixture;
  fixture.alarm.set(fixture.clock.get(), 5);
  fixture.go_to(4);
  assert_equals_int(fixture.rung, 0);
  fixture.go_to(5);
  fixture.go_to(9);
  assert_equals_int(fixture.rung, 1);
}
GST_END_TEST;

GST_START_TEST(is_set_anew) {
  Fixture fixture;
  fixture.alarm.set(fixture.clock.get(), 5);
  fixture.alarm.set(fixture.clock.get(), 8);
  fixture.go_to(6);
  assert_equals_int(fixture.rung, 0);
  fixture.go_to(8);
  assert_equals_int(fixture.rung, 1);
  fixture.alarm.set(fixture.clock.get(), 9);
  fixture.go_to(9);
  assert_equals_int(fixture.rung, 2);
}
GST_END_TEST;

GST_START_TEST(keeps_silent_when_cleared) {
  Fixture fixture;
  fixture.alarm.set(fixture.clock.get(), 5);
  fixture.alarm.clear();
  fixture.go_to(9);
  assert_equals_int(fixture.rung, 0);
}
GST_END_TEST;

Suite* alarm_suite() {
  Suite* suite = suite_create("alarm");
  TCase* general = tcase_create("general");
  suite_add_tcase(suite, general);
  tcase_add_test(general, rings_once);
  tcase_add_test(general, is_set_anew);
  tcase_add_test(general, keeps_silent_when_cleared);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(alarm)
