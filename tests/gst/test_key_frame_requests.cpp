/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/key_frame_requests.h"

#include <gst/check/gstcheck.h>

namespace {

using media::KeyFrameRequests;
using namespace std::chrono_literals;

}  // namespace

GST_START_TEST(gives_none_unasked) {
  KeyFrameRequests requests;
  fail_if(requests.take(1s));
}
GST_END_TEST

GST_START_TEST(gives_the_first_at_once) {
  KeyFrameRequests requests;
  requests.ask();
  fail_unless(requests.take(0s));
}
GST_END_TEST

GST_START_TEST(merges_what_comes_together) {
  KeyFrameRequests requests;
  for (int i = 0; i < 5; i++) requests.ask();
  fail_unless(requests.take(1s));
  fail_if(requests.take(2s));
}
GST_END_TEST

GST_START_TEST(loses_none_that_comes_too_early) {
  KeyFrameRequests requests;
  requests.ask();
  fail_unless(requests.take(1s));
  requests.ask();
  fail_if(requests.take(1499ms));
  fail_unless(requests.take(1500ms));
  fail_if(requests.take(3s));
}
GST_END_TEST

GST_START_TEST(a_key_frame_that_comes_by_itself_serves_all) {
  KeyFrameRequests requests;
  requests.ask();
  requests.note(1s);
  fail_if(requests.take(2s));
  requests.ask();
  requests.note(2s);
  requests.ask();
  fail_if(requests.take(2400ms));
}
GST_END_TEST

static Suite* key_frame_requests_suite() {
  Suite* suite = suite_create("key_frame_requests");
  TCase* tests = tcase_create("key_frame_requests");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, gives_none_unasked);
  tcase_add_test(tests, gives_the_first_at_once);
  tcase_add_test(tests, merges_what_comes_together);
  tcase_add_test(tests, loses_none_that_comes_too_early);
  tcase_add_test(tests, a_key_frame_that_comes_by_itself_serves_all);
  return suite;
}

GST_CHECK_MAIN(key_frame_requests)
