/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_captions.h"

#include <gst/check/gstcheck.h>

#include <algorithm>

namespace {

void check(const std::string& got, const char* expected) {
  assert_equals_string(got.c_str(), expected);
}

GST_START_TEST(a_caption_says_who_and_when) {
  check(media::caption("Alice", 1500, 3723004),
        "\n00:00:01.500 --> 01:02:03.004\n<v Alice>Alice\n");
}
GST_END_TEST;

GST_START_TEST(a_caption_is_never_empty) {
  check(media::caption("A", 5, 5), "\n00:00:00.005 --> 00:00:00.006\n<v A>A\n");
}
GST_END_TEST;

GST_START_TEST(names_are_no_markup) {
  const std::string text = media::caption("<b>\n\n00:00 --> 1 &\xFF", 0, 1000);
  const std::string body = text.substr(text.find("<v "));
  assert_equals_int(std::count(body.begin(), body.end(), '\n'), 1);
  fail_unless(body.starts_with("<v &lt;b&gt;  00:00 --&gt; 1 &amp;"));
  fail_unless(g_utf8_validate(body.c_str(), -1, nullptr));
}
GST_END_TEST;

Suite* record_captions_suite() {
  Suite* suite = suite_create("record_captions");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_caption_says_who_and_when);
  tcase_add_test(tcase, a_caption_is_never_empty);
  tcase_add_test(tcase, names_are_no_markup);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(record_captions);
