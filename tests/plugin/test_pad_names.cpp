/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/pad_names.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

using matrix::FeedKind;
using matrix::Participant;
using matrixcall::PadNames;
using matrixcall::PadNaming;

namespace {

Participant user(const char* user_id, const char* device_id = "DEVICE") {
  return {user_id, device_id, "session", ""};
}

void check_name(PadNames& names, matrix::FeedId id, const Participant& participant,
                const char* expected) {
  const std::string name = names.name(id, participant);
  assert_equals_string(name.c_str(), expected);
}

}  // namespace

GST_START_TEST(a_number_is_shared_by_all_kinds) {
  PadNames names(PadNaming::Number);
  check_name(names, {3, FeedKind::Audio}, user("@a:x"), "audio_3");
  check_name(names, {3, FeedKind::Video}, user("@a:x"), "video_3");
  check_name(names, {3, FeedKind::Screen}, user("@a:x"), "screen_3");
  check_name(names, {3, FeedKind::ScreenAudio}, user("@a:x"), "screen_audio_3");
  check_name(names, {12, FeedKind::Audio}, user("@a:x"), "audio_12");
}
GST_END_TEST;

GST_START_TEST(a_user_has_the_localpart_with_odd_bytes_mapped) {
  PadNames names(PadNaming::User);
  check_name(names, {0, FeedKind::Video}, user("@alice:example.org"), "video_alice");
  check_name(names, {1, FeedKind::Video}, user("@Bob.b_c-d:example.org"), "video_bob.b_c-d");
  check_name(names, {2, FeedKind::Video}, user("@a=b/c+d:example.org"), "video_a-3db-2fc-2bd");
  check_name(names, {3, FeedKind::Video}, user("@\xc3\xa9:example.org"), "video_-c3-a9");
  check_name(names, {4, FeedKind::Video}, user("@:example.org"), "video_4");
}
GST_END_TEST;

GST_START_TEST(equal_users_are_told_apart_by_device_and_then_by_number) {
  PadNames names(PadNaming::User);
  check_name(names, {0, FeedKind::Audio}, user("@a:one"), "audio_a");
  check_name(names, {1, FeedKind::Audio}, user("@a:two", "PHONE"), "audio_a-phone");
  check_name(names, {2, FeedKind::Audio}, user("@a:three", "PHONE"), "audio_a-phone-2");
  check_name(names, {1, FeedKind::Video}, user("@a:two", "PHONE"), "video_a-phone");
}
GST_END_TEST;

GST_START_TEST(a_name_is_free_again_when_its_number_is_gone) {
  PadNames names(PadNaming::User);
  check_name(names, {0, FeedKind::Audio}, user("@a:x"), "audio_a");
  names.release(0);
  check_name(names, {1, FeedKind::Audio}, user("@a:x"), "audio_a");
}
GST_END_TEST;

GST_START_TEST(no_user_can_take_the_name_of_anothers_feed) {
  PadNames names(PadNaming::User);
  const auto bob = names.name({0, FeedKind::ScreenAudio}, user("@bob:x"));
  const auto other = names.name({1, FeedKind::Screen}, user("@audio_bob:x"));
  assert_equals_string(bob.c_str(), "screen_audio_bob");
  assert_equals_string(other.c_str(), "screen_audio-5fbob");
}
GST_END_TEST;

GST_START_TEST(a_number_gives_way_to_a_user_who_is_called_like_it) {
  PadNames names(PadNaming::User);
  check_name(names, {0, FeedKind::Audio}, user("@1:x"), "audio_1");
  check_name(names, {1, FeedKind::Audio}, Participant{}, "audio_1-1");
}
GST_END_TEST;

static Suite* pad_names_suite() {
  Suite* suite = suite_create("pad_names");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_number_is_shared_by_all_kinds);
  tcase_add_test(tcase, a_user_has_the_localpart_with_odd_bytes_mapped);
  tcase_add_test(tcase, equal_users_are_told_apart_by_device_and_then_by_number);
  tcase_add_test(tcase, a_name_is_free_again_when_its_number_is_gone);
  tcase_add_test(tcase, no_user_can_take_the_name_of_anothers_feed);
  tcase_add_test(tcase, a_number_gives_way_to_a_user_who_is_called_like_it);
  return suite;
}

GST_CHECK_MAIN(pad_names);
