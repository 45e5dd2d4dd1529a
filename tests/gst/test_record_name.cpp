/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_name.h"

#include <gst/check/gstcheck.h>

namespace {

using namespace media;

void check(const std::string& got, const char* expected) {
  assert_equals_string(got.c_str(), expected);
}

GST_START_TEST(ordinary_names_stay_readable) {
  check(safe_name("@alice:example.org"), "@alice_example.org");
  check(safe_name("Zoë Müller"), "Zoë_Müller");
  check(safe_name("李雷"), "李雷");
}
GST_END_TEST;

GST_START_TEST(no_name_leaves_its_folder) {
  check(safe_name("../../etc/passwd"), "_._.._etc_passwd");
  check(safe_name(".."), "_.");
  check(safe_name("."), "_");
  check(safe_name("a/b\\c"), "a_b_c");
  check(safe_name(""), "_");
  check(expand_name("out/{name}.mkv", {{"name", "../x"}}), "out/_._x.mkv");
}
GST_END_TEST;

GST_START_TEST(what_is_invisible_goes) {
  check(safe_name("a\nb\x07"
                  "c\x7f"),
        "abc");
  /* U+202E turns what follows around, U+200F is a right-to-left mark, U+FEFF has no width. */
  const std::string turn{'\xE2', '\x80', '\xAE'};
  check(safe_name("gnp." + turn + "exe\xE2\x80\x8F\xEF\xBB\xBF"), "gnp.exe");
  check(safe_name(turn), "_");
}
GST_END_TEST;

GST_START_TEST(bytes_that_are_no_text_do_no_harm) {
  const std::string name = safe_name(
      "a\xFF\xFE"
      "b");
  fail_unless(g_utf8_validate(name.c_str(), -1, nullptr));
}
GST_END_TEST;

GST_START_TEST(long_names_are_cut_between_characters) {
  const std::string name = safe_name(std::string(4096, 'x'));
  assert_equals_int(name.size(), 64);
  std::string umlauts;
  for (int i = 0; i < 2000; i++) umlauts += "ä";
  const std::string cut = safe_name("x" + umlauts);
  fail_unless(cut.size() <= 64);
  fail_unless(g_utf8_validate(cut.c_str(), -1, nullptr));
}
GST_END_TEST;

GST_START_TEST(components_stay_short_and_keep_the_extension) {
  const std::string path =
      expand_name("{a}{b}{c}{d}/{a}{b}{c}{d}.mkv", {{"a", std::string(99, 'a')},
                                                    {"b", std::string(99, 'b')},
                                                    {"c", std::string(99, 'c')},
                                                    {"d", std::string(99, 'd')}});
  fail_unless(path.size() == 200 + 1 + 200 + 4);
  fail_unless(path.ends_with(".mkv"));
}
GST_END_TEST;

GST_START_TEST(templates_are_filled_in_once) {
  const NameFields fields{{"user", "{name}"}, {"name", "bob"}};
  check(expand_name("{room}/{user}-{name}.{x.mkv", fields), "{room}/_name_-bob.{x.mkv");
  check(expand_name("", fields), "");
  check(expand_name("{", fields), "{");
}
GST_END_TEST;

GST_START_TEST(further_names_get_a_number_before_the_extension) {
  check(numbered_name("a.b/c.mkv", 1), "a.b/c.mkv");
  check(numbered_name("a.b/c.mkv", 2), "a.b/c-2.mkv");
  check(numbered_name("a.b/c", 3), "a.b/c-3");
  check(suffixed_name("a.b/.c", "-screen"), "a.b/.c-screen");
}
GST_END_TEST;

GST_START_TEST(times_sort_as_names) {
  check(time_name(G_GINT64_CONSTANT(1764066318000000)), "20251125T102518Z");
}
GST_END_TEST;

Suite* record_name_suite() {
  Suite* suite = suite_create("record_name");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, ordinary_names_stay_readable);
  tcase_add_test(tcase, no_name_leaves_its_folder);
  tcase_add_test(tcase, what_is_invisible_goes);
  tcase_add_test(tcase, bytes_that_are_no_text_do_no_harm);
  tcase_add_test(tcase, long_names_are_cut_between_characters);
  tcase_add_test(tcase, components_stay_short_and_keep_the_extension);
  tcase_add_test(tcase, templates_are_filled_in_once);
  tcase_add_test(tcase, further_names_get_a_number_before_the_extension);
  tcase_add_test(tcase, times_sort_as_names);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(record_name);
