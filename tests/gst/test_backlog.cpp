/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/backlog.h"

#include <ostream>

#include <gst/check/gstcheck.h>

namespace {

using media::Backlog;
using media::Backlogs;

constexpr gint64 start = 1000 * G_TIME_SPAN_SECOND;

}  // namespace

GST_START_TEST(admits_everything_while_nothing_is_held_up) {
  Backlog backlog;
  for (unsigned i = 0; i < 3 * Backlog::max_packets; ++i) fail_unless(backlog.admits(start + i));
  fail_if(backlog.leave());
}
GST_END_TEST

GST_START_TEST(refuses_packets_once_a_delivery_lasts_too_long) {
  Backlog backlog;
  backlog.enter(start);
  fail_unless(backlog.admits(start + Backlog::max_time));
  fail_if(backlog.admits(start + Backlog::max_time + 1));
  fail_unless(backlog.leave());
  fail_unless(backlog.admits(start + Backlog::max_time + 2));
  backlog.enter(start + Backlog::max_time + 3);
  fail_if(backlog.leave());
}
GST_END_TEST

GST_START_TEST(refuses_packets_once_too_many_wait) {
  Backlog backlog;
  backlog.enter(start);
  for (unsigned i = 0; i < Backlog::max_packets; ++i) fail_unless(backlog.admits(start));
  fail_if(backlog.admits(start));
}
GST_END_TEST

GST_START_TEST(keeps_one_backlog_for_each_ssrc) {
  Backlogs backlogs;
  const auto one = backlogs.of(1);
  fail_unless(backlogs.of(1) == one);
  fail_if(backlogs.of(2) == one);
}
GST_END_TEST

static Suite* backlog_suite() {
  Suite* suite = suite_create("backlog");
  TCase* tests = tcase_create("backlog");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, admits_everything_while_nothing_is_held_up);
  tcase_add_test(tests, refuses_packets_once_a_delivery_lasts_too_long);
  tcase_add_test(tests, refuses_packets_once_too_many_wait);
  tcase_add_test(tests, keeps_one_backlog_for_each_ssrc);
  return suite;
}

GST_CHECK_MAIN(backlog)
