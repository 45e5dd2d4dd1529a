/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_session.h"

#include <gst/check/gstcheck.h>

#include <algorithm>

#include "session_fixture.h"

namespace {

using namespace media;

GST_START_TEST(camera_and_microphone_of_one_person_are_one_file) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Video);
  recording.add(2, "bob", FeedKind::Audio);
  recording.both(1, 2, 2 * s, 5 * s);
  recording.session().finish(5 * s);
  recording.check_files({"@bob_a.mkv"});
  const auto tracks = recording.read("@bob_a.mkv");
  assert_equals_int(tracks.size(), 2);
  for (const auto& track : tracks) {
    assert_equals_int(track.times.size(), track.is_video() ? 75 : 150);
    assert_equals_uint64(track.times.front(), 0);
    assert_equals_uint64(track.duration, 3 * s);
    fail_unless(std::ranges::is_sorted(track.times));
  }
  fail_unless(tracks[0].keys[0]);
  fail_if(tracks[0].keys[1]);
}
GST_END_TEST;

GST_START_TEST(a_file_is_as_long_as_its_last_frame_says) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Video);
  /* As what fills a mute, which ends before that is over. */
  recording.session().sample({1, 0, 10 * s, true, vp8_frame(true, 640, 360)});
  recording.session().flush(2 * s);
  recording.video(1, 1 * s, 3 * s);
  recording.session().finish(3 * s);
  assert_equals_uint64(recording.read("@bob_a.mkv").at(0).duration, 3 * s);
}
GST_END_TEST;

GST_START_TEST(with_a_kind_in_the_name_each_feed_is_a_file) {
  Recording recording("{user}-{kind}.mkv");
  recording.add(1, "bob", FeedKind::Video);
  recording.add(2, "bob", FeedKind::Audio);
  recording.both(1, 2, 0, 2 * s);
  recording.session().finish(2 * s);
  recording.check_files({"@bob_a-audio.mkv", "@bob_a-video.mkv"});
}
GST_END_TEST;

GST_START_TEST(a_screen_is_a_file_beside_the_person) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Video);
  recording.add(2, "bob", FeedKind::Screen);
  recording.video(1, 0, 1 * s);
  recording.video(2, 0, 1 * s);
  recording.session().finish(1 * s);
  recording.check_files({"@bob_a-screen.mkv", "@bob_a.mkv"});
}
GST_END_TEST;

GST_START_TEST(the_manifest_aligns_files_that_begin_apart) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Audio);
  recording.add(2, "eve", FeedKind::Audio);
  recording.audio(1, 1 * s, 3 * s);
  recording.audio(2, 1740 * GST_MSECOND, 3 * s);
  recording.session().finish(3 * s);
  const auto name = recording.folder().files(".json").at(0);
  const auto document = recording.folder().text(name);
  fail_unless(document.find("\"offset\" : 1000,") != std::string::npos);
  fail_unless(document.find("\"offset\" : 1740,") != std::string::npos);
  fail_unless(document.find("\"file\" : \"@bob_a.mkv\"") != std::string::npos);
}
GST_END_TEST;

GST_START_TEST(a_pause_is_left_out) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Video);
  recording.add(2, "bob", FeedKind::Audio);
  recording.both(1, 2, 0, 2 * s);
  recording.session().set_paused(true, 2 * s);
  recording.both(1, 2, 2 * s, 5 * s);
  recording.session().set_paused(false, 5 * s);
  recording.both(1, 2, 5 * s, 6 * s);
  recording.session().finish(6 * s);
  for (const auto& track : recording.read("@bob_a.mkv")) {
    assert_equals_uint64(track.duration, 3 * s);
    assert_equals_int(track.times.size(), track.is_video() ? 75 : 150);
    fail_unless(track.times.back() >= 2960 * GST_MSECOND);
  }
  const auto lines = recording.lines();
  fail_unless(lines.find("\"event\":\"offset-changed\",\"file\":\"@bob_a.mkv\","
                         "\"file-time\":2000,\"offset\":3000") != std::string::npos,
              "%s", lines.c_str());
}
GST_END_TEST;

GST_START_TEST(a_pause_is_kept_as_silence) {
  RecordSettings settings;
  settings.timeline = RecordPauses::Timeline::Keep;
  Recording recording("{user}.mkv", settings);
  recording.add(1, "bob", FeedKind::Video);
  recording.add(2, "bob", FeedKind::Audio);
  recording.both(1, 2, 0, 2 * s);
  recording.session().set_paused(true, 2 * s);
  recording.both(1, 2, 2 * s, 5 * s);
  recording.session().set_paused(false, 5 * s);
  recording.both(1, 2, 5 * s, 6 * s);
  recording.session().finish(6 * s);
  for (const auto& track : recording.read("@bob_a.mkv")) {
    assert_equals_uint64(track.duration, 6 * s);
    assert_equals_int(track.times.size(), track.is_video() ? 75 : 300);
  }
}
GST_END_TEST;

GST_START_TEST(speech_is_noted_and_captioned) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Audio);
  recording.audio(1, 0, 1 * s);
  recording.audio(1, 1 * s, 2 * s, true);
  recording.audio(1, 2 * s, 4 * s);
  recording.session().finish(4 * s);
  const auto captions = recording.folder().text(recording.folder().files(".vtt").at(0));
  fail_unless(captions.starts_with("WEBVTT\n\n00:00:01.000 --> 00:00:02.0"));
  fail_unless(captions.ends_with("<v bob>bob\n"));
}
GST_END_TEST;

GST_START_TEST(the_roster_tells_of_those_who_send_nothing) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Audio, 1 * s);
  const RosterEntry bob{"@bob:a", "DEV", "s", "bob", started};
  const RosterEntry eve{"@eve:a", "DEV", "s", "eve", started + 2500000};
  recording.session().roster({bob, eve}, 3 * s);
  recording.session().roster({bob}, 4 * s);
  recording.session().finish(5 * s);
  const auto lines = recording.lines();
  fail_unless(lines.find("\"time\":0,\"event\":\"joined\",\"user-id\":\"@bob:a\"") !=
              std::string::npos);
  fail_unless(lines.find("\"time\":2500,\"event\":\"joined\",\"user-id\":\"@eve:a\"") !=
              std::string::npos);
  fail_unless(lines.find("\"time\":4000,\"event\":\"left\",\"user-id\":\"@eve:a\"") !=
              std::string::npos);
  fail_unless(lines.find("\"event\":\"left\",\"user-id\":\"@bob:a\"") == std::string::npos);
}
GST_END_TEST;

GST_START_TEST(who_hangs_up_has_left_and_who_stops_a_track_has_not) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Audio);
  recording.add(2, "eve", FeedKind::Audio);
  auto gone = news_of("bob", FeedKind::Audio);
  gone.activity = Activity::Ended;
  gone.reason = "hangup";
  recording.session().news(1, gone, 2 * s);
  recording.session().end_feed(1, 2 * s);
  gone = news_of("eve", FeedKind::Audio);
  gone.reason = "track-removed";
  recording.session().news(2, gone, 2 * s);
  recording.session().end_feed(2, 2 * s);
  recording.session().finish(3 * s);
  const auto lines = recording.lines();
  fail_unless(lines.find("\"event\":\"left\",\"user-id\":\"@bob:a\"") != std::string::npos);
  fail_unless(lines.find("\"event\":\"left\",\"user-id\":\"@eve:a\"") == std::string::npos);
}
GST_END_TEST;

Suite* record_session_suite() {
  Suite* suite = suite_create("record_session");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, camera_and_microphone_of_one_person_are_one_file);
  tcase_add_test(tcase, a_file_is_as_long_as_its_last_frame_says);
  tcase_add_test(tcase, with_a_kind_in_the_name_each_feed_is_a_file);
  tcase_add_test(tcase, a_screen_is_a_file_beside_the_person);
  tcase_add_test(tcase, the_manifest_aligns_files_that_begin_apart);
  tcase_add_test(tcase, a_pause_is_left_out);
  tcase_add_test(tcase, a_pause_is_kept_as_silence);
  tcase_add_test(tcase, speech_is_noted_and_captioned);
  tcase_add_test(tcase, the_roster_tells_of_those_who_send_nothing);
  tcase_add_test(tcase, who_hangs_up_has_left_and_who_stops_a_track_has_not);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(record_session);
