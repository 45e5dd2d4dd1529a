/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/manifest.h"

#include <gst/check/gstcheck.h>
#include <json-glib/json-glib.h>

namespace {

using media::FeedKind;
using media::Manifest;
using media::ManifestPerson;

const ManifestPerson alice{"@alice:a", "PHONE", "s1"};
constexpr std::int64_t started = G_GINT64_CONSTANT(1764066318123456);

/* The value at @path ("$.files[0].offset") of JSON @text, as JSON. */
std::string at(const std::string& text, const char* path) {
  g_autoptr(JsonParser) parser = json_parser_new();
  fail_unless(json_parser_load_from_data(parser, text.c_str(), -1, nullptr), "%s", text.c_str());
  g_autoptr(JsonNode) found = json_path_query(path, json_parser_get_root(parser), nullptr);
  g_autofree char* json = json_to_string(found, FALSE);
  return json;
}

void check(const std::string& text, const char* path, const char* expected) {
  const std::string found = at(text, path);
  assert_equals_string(found.c_str(), expected);
}

GST_START_TEST(each_line_is_json) {
  Manifest manifest;
  std::string lines = manifest.start("!room:a", "call", started);
  lines += manifest.joined(alice, "Alice \"A\"\n", 10);
  lines += manifest.feed_started(1, alice, FeedKind::Audio, 20);
  lines += manifest.muted(1, true, 30);
  lines += manifest.speech(1, 21, 29);
  lines += manifest.file_opened("a.mkv", 20, {{1, "audio", "opus"}});
  lines += manifest.resized("a.mkv", 1, 2, 3, 40);
  lines += manifest.offset_changed("a.mkv", 1, 2);
  lines += manifest.paused(true, 50);
  lines += manifest.file_closed("a.mkv", 30, 999);
  lines += manifest.feed_ended(1, 60);
  lines += manifest.left(alice, 70);
  lines += manifest.end(80);
  g_auto(GStrv) each = g_strsplit(lines.c_str(), "\n", -1);
  unsigned count = 0;
  for (; each[count] && *each[count]; count++) {
    fail_unless(at(each[count], "$.time") != "[]");
    fail_unless(at(each[count], "$.event") != "[]");
  }
  assert_equals_int(count, 13);
}
GST_END_TEST;

GST_START_TEST(the_first_line_names_schema_version_and_moment) {
  Manifest manifest;
  const auto line = manifest.start("!room:a", "call", started);
  check(line, "$.schema", "[\"matrixcall-recording\"]");
  check(line, "$.version", "[1]");
  check(line, "$.room", "[\"!room:a\"]");
  check(line, "$.started", "[\"2025-11-25T10:25:18.123456Z\"]");
}
GST_END_TEST;

GST_START_TEST(the_document_has_all_that_happened) {
  Manifest manifest;
  manifest.start("!room:a", "call", started);
  manifest.joined(alice, "Alice", 10);
  manifest.feed_started(1, alice, FeedKind::Screen, 20);
  manifest.muted(1, true, 30);
  manifest.muted(1, false, 40);
  manifest.muted(1, true, 50);
  manifest.speech(1, 21, 29);
  manifest.feed_ended(1, 60);
  manifest.left(alice, 70);
  manifest.paused(true, 71);
  manifest.paused(false, 72);
  const auto document = manifest.document();
  check(document, "$.participants[0].user-id", "[\"@alice:a\"]");
  check(document, "$.participants[0].joined", "[10]");
  check(document, "$.participants[0].left", "[70]");
  check(document, "$.participants[0].feeds[0].kind", "[\"screen\"]");
  check(document, "$.participants[0].feeds[0].muted", "[[[30,40],[50,60]]]");
  check(document, "$.participants[0].feeds[0].speech", "[[[21,29]]]");
  check(document, "$.pauses", "[[[71,72]]]");
}
GST_END_TEST;

GST_START_TEST(files_say_how_they_are_aligned) {
  Manifest manifest;
  manifest.file_opened("a.mkv", 1234, {{1, "video", "vp8", 640, 360}, {2, "audio", "opus"}});
  manifest.resized("a.mkv", 1, 320, 180, 2000);
  manifest.offset_changed("a.mkv", 1000, 5000);
  const auto closed = manifest.file_closed("a.mkv", 3000, 77);
  check(closed, "$.time", "[8000]");
  const auto document = manifest.document();
  check(document, "$.files[0].offset", "[1234]");
  check(document, "$.files[0].duration", "[3000]");
  check(document, "$.files[0].bytes", "[77]");
  check(document, "$.files[0].tracks[0].width", "[640]");
  check(document, "$.files[0].tracks[1].feed", "[2]");
  check(document, "$.files[0].resizes[0].height", "[180]");
  check(document, "$.files[0].offset-changes[0].offset", "[5000]");
}
GST_END_TEST;

GST_START_TEST(what_says_nothing_new_is_no_line) {
  Manifest manifest;
  fail_unless(manifest.left(alice, 1).empty());
  fail_unless(manifest.muted(1, true, 1).empty());
  manifest.joined(alice, "", 1);
  manifest.feed_started(1, alice, FeedKind::Audio, 2);
  fail_unless(manifest.muted(1, false, 3).empty());
  fail_if(manifest.muted(1, true, 4).empty());
  fail_unless(manifest.muted(1, true, 5).empty());
  fail_if(manifest.feed_ended(1, 6).empty());
  fail_unless(manifest.feed_ended(1, 7).empty());
}
GST_END_TEST;

GST_START_TEST(who_comes_back_is_there_twice) {
  Manifest manifest;
  manifest.joined(alice, "", 1);
  manifest.left(alice, 2);
  fail_if(manifest.is_there(alice));
  manifest.joined(alice, "", 3);
  fail_unless(manifest.is_there(alice));
  assert_equals_int(manifest.people().size(), 1);
  check(manifest.document(), "$.participants[*].joined", "[1,3]");
  check(manifest.document(), "$.participants[*].left", "[2,null]");
}
GST_END_TEST;

GST_START_TEST(names_that_are_no_text_do_no_harm) {
  Manifest manifest;
  at(manifest.joined({"\xFF", "", ""}, "\xC3\x28\"\n", 1), "$.time");
  at(manifest.document(), "$.files");
}
GST_END_TEST;

Suite* manifest_suite() {
  Suite* suite = suite_create("manifest");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, each_line_is_json);
  tcase_add_test(tcase, the_first_line_names_schema_version_and_moment);
  tcase_add_test(tcase, the_document_has_all_that_happened);
  tcase_add_test(tcase, files_say_how_they_are_aligned);
  tcase_add_test(tcase, what_says_nothing_new_is_no_line);
  tcase_add_test(tcase, who_comes_back_is_there_twice);
  tcase_add_test(tcase, names_that_are_no_text_do_no_harm);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(manifest);
