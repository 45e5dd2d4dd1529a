/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/rate_control.h"

#include <gst/check/gstcheck.h>

namespace {

using media::RateControl;

constexpr unsigned lowest = 100'000;
constexpr unsigned highest = 1'000'000;

RateControl with_peers(unsigned count) {
  RateControl rate(lowest, highest);
  for (unsigned peer = 1; peer <= count; peer++) rate.add(peer);
  return rate;
}

void report(RateControl& rate, rtc::PeerId peer, double loss, unsigned times) {
  for (unsigned i = 0; i < times; i++) rate.report(peer, {loss, std::nullopt});
}

}  // namespace

GST_START_TEST(begins_at_the_highest_bitrate) {
  fail_unless_equals_int(with_peers(0).bitrate(), highest);
  fail_unless_equals_int(with_peers(1).bitrate(), highest);
}
GST_END_TEST

GST_START_TEST(falls_with_loss_and_never_below_the_lowest) {
  auto rate = with_peers(1);
  report(rate, 1, 0.2, 1);
  fail_unless_equals_int(rate.bitrate(), 900'000);
  report(rate, 1, 0.5, 50);
  fail_unless_equals_int(rate.bitrate(), lowest);
}
GST_END_TEST

GST_START_TEST(stays_while_a_little_is_lost) {
  auto rate = with_peers(1);
  report(rate, 1, 0.5, 3);
  const unsigned before = rate.bitrate();
  report(rate, 1, 0.05, 10);
  fail_unless_equals_int(rate.bitrate(), before);
}
GST_END_TEST

GST_START_TEST(grows_back_when_nothing_is_lost) {
  auto rate = with_peers(1);
  report(rate, 1, 1.0, 20);
  report(rate, 1, 0, 1);
  fail_unless_equals_int(rate.bitrate(), 108'000);
  report(rate, 1, 0, 60);
  fail_unless_equals_int(rate.bitrate(), highest);
}
GST_END_TEST

GST_START_TEST(one_bad_peer_of_three_does_not_slow_the_others) {
  auto rate = with_peers(3);
  report(rate, 2, 0.6, 50);
  report(rate, 1, 0, 50);
  report(rate, 3, 0, 50);
  fail_unless_equals_int(rate.bitrate(), highest);
  report(rate, 3, 0.6, 50);
  fail_unless_equals_int(rate.bitrate(), lowest);
}
GST_END_TEST

GST_START_TEST(of_two_the_worse_one_counts) {
  auto rate = with_peers(2);
  report(rate, 2, 0.2, 1);
  fail_unless_equals_int(rate.bitrate(), 900'000);
  rate.remove(2);
  fail_unless_equals_int(rate.bitrate(), highest);
}
GST_END_TEST

GST_START_TEST(respects_what_a_peer_names_itself) {
  auto rate = with_peers(1);
  rate.report(1, {std::nullopt, 300'000});
  fail_unless_equals_int(rate.bitrate(), 300'000);
  rate.report(1, {std::nullopt, 5'000'000});
  fail_unless_equals_int(rate.bitrate(), 300'000);
  rate.report(1, {0, 5'000'000});
  fail_unless_equals_int(rate.bitrate(), 324'000);
}
GST_END_TEST

GST_START_TEST(follows_a_new_range) {
  auto rate = with_peers(2);
  report(rate, 2, 1.0, 20);
  rate.set_range(200'000, 2'000'000);
  fail_unless_equals_int(rate.bitrate(), 200'000);
  rate.remove(2);
  fail_unless_equals_int(rate.bitrate(), 2'000'000);
}
GST_END_TEST

static Suite* rate_control_suite() {
  Suite* suite = suite_create("rate_control");
  TCase* tests = tcase_create("rate_control");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, begins_at_the_highest_bitrate);
  tcase_add_test(tests, falls_with_loss_and_never_below_the_lowest);
  tcase_add_test(tests, stays_while_a_little_is_lost);
  tcase_add_test(tests, grows_back_when_nothing_is_lost);
  tcase_add_test(tests, one_bad_peer_of_three_does_not_slow_the_others);
  tcase_add_test(tests, of_two_the_worse_one_counts);
  tcase_add_test(tests, respects_what_a_peer_names_itself);
  tcase_add_test(tests, follows_a_new_range);
  return suite;
}

GST_CHECK_MAIN(rate_control)
