/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/activity_state.h"

#include <gst/check/gstcheck.h>

namespace {

using media::Activity;
using media::ActivityState;

constexpr GstClockTime timeout = 2 * GST_SECOND;
constexpr GstClockTime ms = GST_MSECOND;

GST_START_TEST(becomes_active_with_the_first_packet) {
  ActivityState state(timeout);
  state.tick(false, 100 * ms);
  fail_unless(state.activity() == Activity::Idle && state.watching());
  state.tick(true, 200 * ms);
  fail_unless(state.activity() == Activity::Active);
}
GST_END_TEST;

GST_START_TEST(stalls_when_nothing_comes_and_recovers) {
  for (const bool was_active : {false, true}) {
    ActivityState state(timeout);
    state.tick(was_active, 1000 * ms);
    state.tick(false, 2999 * ms);
    fail_unless(state.activity() == (was_active ? Activity::Active : Activity::Idle));
    state.tick(false, 3000 * ms);
    fail_unless(state.activity() == Activity::Stalled);
    fail_if(state.watching());
    state.tick(true, 9000 * ms);
    fail_unless(state.activity() == Activity::Active);
  }
}
GST_END_TEST;

GST_START_TEST(is_muted_as_signalling_says_whatever_comes) {
  ActivityState state(timeout);
  state.set_muted(true);
  state.tick(true, 0);
  state.tick(false, 9000 * ms);
  fail_unless(state.activity() == Activity::Muted);
  fail_if(state.watching());
  state.set_muted(false);
  fail_unless(state.activity() == Activity::Active);
}
GST_END_TEST;

GST_START_TEST(silence_under_mute_is_no_stall_after_it) {
  ActivityState state(timeout);
  state.tick(true, 0);
  state.tick(false, 1900 * ms);
  state.set_muted(true);
  state.tick(false, 5000 * ms);
  state.set_muted(false);
  state.tick(false, 5100 * ms);
  fail_unless(state.activity() == Activity::Active);
  state.tick(false, 7100 * ms);
  fail_unless(state.activity() == Activity::Stalled);
  state.set_muted(true);
  fail_unless(state.activity() == Activity::Muted);
}
GST_END_TEST;

GST_START_TEST(ends_for_good) {
  ActivityState state(timeout);
  state.end();
  state.set_muted(true);
  state.tick(true, 0);
  fail_unless(state.activity() == Activity::Ended && state.is_muted());
  fail_if(state.watching());
}
GST_END_TEST;

GST_START_TEST(knows_whether_packets_flow) {
  ActivityState state(timeout);
  state.set_muted(true);
  fail_if(state.is_flowing(0, 500 * ms));
  state.tick(true, 1000 * ms);
  fail_unless(state.is_flowing(1400 * ms, 500 * ms));
  fail_if(state.is_flowing(1500 * ms, 500 * ms));
}
GST_END_TEST;

Suite* activity_state_suite() {
  Suite* suite = suite_create("activity_state");
  TCase* general = tcase_create("general");
  suite_add_tcase(suite, general);
  tcase_add_test(general, becomes_active_with_the_first_packet);
  tcase_add_test(general, stalls_when_nothing_comes_and_recovers);
  tcase_add_test(general, is_muted_as_signalling_says_whatever_comes);
  tcase_add_test(general, silence_under_mute_is_no_stall_after_it);
  tcase_add_test(general, ends_for_good);
  tcase_add_test(general, knows_whether_packets_flow);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(activity_state)
