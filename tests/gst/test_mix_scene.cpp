/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_scene.h"

#include <gst/check/gstcheck.h>

namespace {

using namespace media;

ActivityNews news(const std::string& user, FeedKind kind, Activity activity = Activity::Active) {
  ActivityNews news;
  news.user_id = user;
  news.display_name = "Name of " + user;
  news.kind = kind;
  news.activity = activity;
  news.muted = activity == Activity::Muted;
  return news;
}

GST_START_TEST(camera_and_microphone_are_one_actor) {
  MixScene scene;
  scene.add(1, false);
  scene.news(1, news("alice", FeedKind::Audio));
  scene.add(2, true);
  scene.news(2, news("alice", FeedKind::Video));
  const auto actors = scene.actors(true);
  assert_equals_int(actors.size(), 1);
  fail_unless(actors[0].picture == 2U);
  fail_unless(actors[0].voices == std::vector<unsigned>({1}));
  fail_if(actors[0].mic_muted);
}
GST_END_TEST;

GST_START_TEST(a_screen_is_an_actor_of_its_own) {
  MixScene scene;
  scene.add(1, true);
  scene.news(1, news("alice", FeedKind::Video));
  scene.add(2, true);
  scene.news(2, news("alice", FeedKind::Screen));
  const auto actors = scene.actors(true);
  assert_equals_int(actors.size(), 2);
  fail_if(actors[0].is_screen);
  fail_unless(actors[1].is_screen);
  scene.news(2, news("alice", FeedKind::Screen, Activity::Stalled));
  assert_equals_int(scene.actors(true).size(), 1);
}
GST_END_TEST;

GST_START_TEST(who_shows_nothing_has_no_picture) {
  MixScene scene;
  scene.add(1, true);
  for (const auto activity : {Activity::Idle, Activity::Muted, Activity::Stalled}) {
    scene.news(1, news("alice", FeedKind::Video, activity));
    assert_equals_int(scene.actors(true).size(), 1);
    fail_if(scene.actors(true)[0].picture.has_value());
    fail_unless(scene.actors(false).empty());
  }
}
GST_END_TEST;

GST_START_TEST(a_muted_microphone_is_told_and_a_missing_one_is_not) {
  MixScene scene;
  scene.add(1, true);
  scene.news(1, news("alice", FeedKind::Video));
  fail_if(scene.actors(true)[0].mic_muted);
  scene.add(2, false);
  scene.news(2, news("alice", FeedKind::Audio, Activity::Muted));
  fail_unless(scene.actors(true)[0].mic_muted);
}
GST_END_TEST;

GST_START_TEST(who_is_only_in_the_roster_is_there_too) {
  MixScene scene;
  scene.roster({{"bob", "", "", "Bob", 0}, {"eve", "", "", "Eve", 0}});
  assert_equals_int(scene.actors(true).size(), 2);
  scene.roster({{"eve", "", "", "Eve", 0}});
  assert_equals_int(scene.actors(true).size(), 1);
  fail_unless(scene.actors(true)[0].name == "Eve");
}
GST_END_TEST;

GST_START_TEST(places_stay_when_others_leave) {
  MixScene scene;
  for (unsigned feed = 1; feed <= 3; feed++) {
    scene.add(feed, true);
    scene.news(feed, news("user" + std::to_string(feed), FeedKind::Video));
  }
  const auto before = scene.actors(true);
  scene.remove(2);
  const auto after = scene.actors(true);
  assert_equals_int(after.size(), 2);
  fail_unless(after[0] == before[0]);
  fail_unless(after[1] == before[2]);
}
GST_END_TEST;

GST_START_TEST(the_last_pads_of_a_call_are_nobodys) {
  MixScene scene;
  scene.add(1, true);
  scene.news(1, news("", FeedKind::Video, Activity::Ended));
  fail_unless(scene.actors(true).empty());
}
GST_END_TEST;

GST_START_TEST(a_feed_that_says_nothing_is_shown) {
  MixScene scene;
  scene.add(1, true);
  scene.add(2, false);
  const auto actors = scene.actors(false);
  assert_equals_int(actors.size(), 1);
  fail_unless(actors[0].picture == 1U);
}
GST_END_TEST;

void check(const std::string& got, const char* expected) {
  assert_equals_string(got.c_str(), expected);
}

GST_START_TEST(initials_are_of_the_first_two_words) {
  check(initials("ada lovelace king"), "AL");
  check(initials("émile"), "É");
  check(initials("@bob:example.org"), "BE");
  check(initials(""), "?");
  check(initials("\xFF\xFE"), "?");
}
GST_END_TEST;

Suite* mix_scene_suite() {
  Suite* suite = suite_create("mix_scene");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, camera_and_microphone_are_one_actor);
  tcase_add_test(tcase, a_screen_is_an_actor_of_its_own);
  tcase_add_test(tcase, who_shows_nothing_has_no_picture);
  tcase_add_test(tcase, a_muted_microphone_is_told_and_a_missing_one_is_not);
  tcase_add_test(tcase, who_is_only_in_the_roster_is_there_too);
  tcase_add_test(tcase, places_stay_when_others_leave);
  tcase_add_test(tcase, the_last_pads_of_a_call_are_nobodys);
  tcase_add_test(tcase, a_feed_that_says_nothing_is_shown);
  tcase_add_test(tcase, initials_are_of_the_first_two_words);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(mix_scene);
