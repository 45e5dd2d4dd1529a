/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/watchdog.h"

#include <ostream>

#include <gst/check/gstcheck.h>

namespace {

using media::Watchdog;
using namespace std::chrono_literals;
using Verdict = Watchdog::Verdict;

constexpr Watchdog::Time start = 1000s;

Watchdog connected_watchdog() {
  Watchdog watchdog(15s);
  watchdog.start(start);
  watchdog.connected(start);
  return watchdog;
}

}  // namespace

GST_START_TEST(waits_for_both_descriptions) {
  const Watchdog watchdog(15s);
  fail_unless(watchdog.check(start + 3600s, 0s) == Verdict::Alive);
  fail_if(watchdog.deadline(0s));
}
GST_END_TEST

GST_START_TEST(gives_a_connection_thirty_seconds_to_come_about) {
  Watchdog watchdog(15s);
  watchdog.start(start);
  watchdog.start(start + 20s);
  fail_unless(watchdog.check(start + 29s, 0s) == Verdict::Alive);
  fail_unless(watchdog.check(start + 30s, start + 29s) == Verdict::Unreached);
  fail_unless(watchdog.deadline(0s) == start + 30s);
}
GST_END_TEST

GST_START_TEST(calls_a_peer_dead_after_the_time_without_a_packet) {
  const Watchdog watchdog = connected_watchdog();
  fail_unless(watchdog.check(start + 14s, 0s) == Verdict::Alive);
  fail_unless(watchdog.check(start + 15s, 0s) == Verdict::Silent);
  fail_unless(watchdog.check(start + 15s, start + 1s) == Verdict::Alive);
  fail_unless(watchdog.deadline(start + 7s) == start + 22s);
}
GST_END_TEST

GST_START_TEST(is_less_patient_once_a_source_timed_out) {
  Watchdog watchdog = connected_watchdog();
  watchdog.doubt(start + 1s);
  fail_unless(watchdog.deadline(start + 1s) == start + 13s);
  fail_unless(watchdog.check(start + 13s, start + 1s) == Verdict::Silent);
}
GST_END_TEST

GST_START_TEST(forgets_its_doubt_with_the_next_packet) {
  Watchdog watchdog = connected_watchdog();
  watchdog.doubt(start + 1s);
  fail_unless(watchdog.check(start + 15s, start + 2s) == Verdict::Alive);
  fail_unless(watchdog.check(start + 17s, start + 2s) == Verdict::Silent);
}
GST_END_TEST

GST_START_TEST(forgives_ice_that_recovers) {
  Watchdog watchdog = connected_watchdog();
  watchdog.ice_failed(start + 1s);
  watchdog.ice_failed(start + 9s);
  fail_unless(watchdog.deadline(start + 9s) == start + 16s);
  fail_unless(watchdog.check(start + 15s, start + 15s) == Verdict::Alive);
  watchdog.ice_recovered();
  fail_unless(watchdog.check(start + 20s, start + 20s) == Verdict::Alive);
}
GST_END_TEST

GST_START_TEST(gives_up_on_ice_that_stays_failed_though_packets_come) {
  Watchdog watchdog = connected_watchdog();
  watchdog.ice_failed(start + 1s);
  fail_unless(watchdog.check(start + 16s, start + 16s) == Verdict::Lost);
}
GST_END_TEST

GST_START_TEST(does_not_wait_thirty_seconds_if_ice_fails_before) {
  Watchdog watchdog(15s);
  watchdog.start(start);
  watchdog.ice_failed(start + 2s);
  fail_unless(watchdog.deadline(0s) == start + 17s);
  fail_unless(watchdog.check(start + 17s, 0s) == Verdict::Lost);
}
GST_END_TEST

GST_START_TEST(forgives_silence_and_failures_while_suspended_and_counts_anew_after) {
  Watchdog watchdog = connected_watchdog();
  watchdog.suspend(true, start + 1s);
  watchdog.ice_failed(start + 2s);
  fail_unless(watchdog.check(start + 3600s, 0s) == Verdict::Alive);
  fail_if(watchdog.deadline(0s));
  watchdog.suspend(false, start + 3600s);
  fail_unless(watchdog.check(start + 3614s, 0s) == Verdict::Alive);
  fail_if(watchdog.check(start + 3615s, 0s) == Verdict::Alive);
  fail_unless(watchdog.deadline(0s) == start + 3615s);
}
GST_END_TEST

static Suite* watchdog_suite() {
  Suite* suite = suite_create("watchdog");
  TCase* tests = tcase_create("watchdog");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, waits_for_both_descriptions);
  tcase_add_test(tests, gives_a_connection_thirty_seconds_to_come_about);
  tcase_add_test(tests, calls_a_peer_dead_after_the_time_without_a_packet);
  tcase_add_test(tests, is_less_patient_once_a_source_timed_out);
  tcase_add_test(tests, forgets_its_doubt_with_the_next_packet);
  tcase_add_test(tests, forgives_ice_that_recovers);
  tcase_add_test(tests, gives_up_on_ice_that_stays_failed_though_packets_come);
  tcase_add_test(tests, does_not_wait_thirty_seconds_if_ice_fails_before);
  tcase_add_test(tests, forgives_silence_and_failures_while_suspended_and_counts_anew_after);
  return suite;
}

GST_CHECK_MAIN(watchdog)
