/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_session.h"

#include <gst/check/gstcheck.h>
#include <sys/resource.h>

#include <csignal>

#include "session_fixture.h"

namespace {

using namespace media;

GST_START_TEST(a_track_that_comes_late_begins_the_next_file) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Audio);
  recording.audio(1, 0, 2 * s);
  recording.session().flush(2 * s);
  recording.add(2, "bob", FeedKind::Video, 2 * s);
  recording.both(2, 1, 2 * s, 4 * s);
  recording.session().finish(4 * s);
  recording.check_files({"@bob_a-2.mkv", "@bob_a.mkv"});
  assert_equals_int(recording.read("@bob_a.mkv").size(), 1);
  const auto second = recording.read("@bob_a-2.mkv");
  assert_equals_int(second.size(), 2);
  for (const auto& track : second)
    assert_equals_int(track.times.size(), track.is_video() ? 50 : 100);
}
GST_END_TEST;

GST_START_TEST(another_size_stays_in_the_file_and_is_noted) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Video);
  recording.video(1, 0, 2 * s);
  recording.session().flush(2 * s);
  recording.session().sample({1, 2 * s, frame_time, true, vp8_frame(true, 320, 180)});
  recording.session().finish(3 * s);
  recording.check_files({"@bob_a.mkv"});
  assert_equals_int(recording.read("@bob_a.mkv")[0].times.size(), 51);
  const auto lines = recording.lines();
  fail_unless(lines.find("\"time\":2000,\"event\":\"resized\"") != std::string::npos);
  fail_unless(lines.find("\"width\":320,\"height\":180") != std::string::npos);
}
GST_END_TEST;

GST_START_TEST(another_codec_begins_the_next_file) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Video);
  recording.video(1, 0, 400 * GST_MSECOND);
  recording.session().caps(1, caps_of("video/x-vp9,width=640,height=360").get());
  recording.video(1, 400 * GST_MSECOND, 1 * s);
  recording.session().finish(1 * s);
  recording.check_files({"@bob_a-2.mkv", "@bob_a.mkv"});
  fail_unless(recording.read("@bob_a.mkv")[0].caps.starts_with("video/x-vp8"));
  assert_equals_int(recording.read("@bob_a.mkv")[0].times.size(), 10);
  fail_unless(recording.read("@bob_a-2.mkv")[0].caps.starts_with("video/x-vp9"));
}
GST_END_TEST;

GST_START_TEST(a_file_begins_with_a_key_frame_which_is_asked_for) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Video);
  recording.video(1, 0, 600 * GST_MSECOND, false);
  fail_unless(recording.wanted_keys == std::vector<unsigned>({1, 1}));
  recording.video(1, 600 * GST_MSECOND, 1 * s);
  recording.session().finish(1 * s);
  const auto tracks = recording.read("@bob_a.mkv");
  assert_equals_int(tracks[0].times.size(), 10);
  fail_unless(tracks[0].keys[0]);
}
GST_END_TEST;

GST_START_TEST(files_are_split_at_key_frames) {
  RecordSettings settings;
  settings.limits.time = 2 * s;
  Recording recording("{user}.mkv", settings);
  recording.add(1, "bob", FeedKind::Video);
  recording.add(2, "bob", FeedKind::Audio);
  recording.both(1, 2, 0, 3 * s);
  fail_unless(recording.wanted_keys.size() >= 2);
  recording.both(1, 2, 3 * s, 4 * s);
  recording.session().finish(4 * s);
  recording.check_files({"@bob_a-2.mkv", "@bob_a.mkv"});
  assert_equals_uint64(recording.read("@bob_a.mkv")[0].duration, 3 * s);
  for (const auto& track : recording.read("@bob_a-2.mkv")) {
    assert_equals_uint64(track.times.front(), 0);
    assert_equals_int(track.times.size(), track.is_video() ? 25 : 50);
  }
}
GST_END_TEST;

GST_START_TEST(sound_alone_is_split_by_size) {
  RecordSettings settings;
  settings.limits.bytes = 2000;
  Recording recording("{user}.mkv", settings);
  recording.add(1, "bob", FeedKind::Audio);
  for (GstClockTime time = 0; time < 10 * s; time += s) {
    recording.audio(1, time, time + s, true);
    recording.session().flush(time + s);
  }
  recording.session().finish(10 * s);
  const auto files = recording.folder().files(".mkv");
  fail_unless(files.size() >= 3);
  size_t packets = 0;
  for (const auto& file : files) packets += recording.read(file)[0].times.size();
  assert_equals_int(packets, 500);
}
GST_END_TEST;

GST_START_TEST(what_was_written_is_readable_at_every_moment) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Video);
  recording.add(2, "bob", FeedKind::Audio);
  recording.both(1, 2, 0, 6 * s);
  /* As after SIGKILL, torn at many places. */
  for (const unsigned cut : {0U, 1U, 7U, 100U, 1500U, 5000U}) {
    recording.folder().tear("@bob_a.mkv", "torn.mkv", cut);
    const auto tracks = recording.read("torn.mkv");
    assert_equals_int(tracks.size(), 2);
    for (const auto& track : tracks)
      fail_unless(track.times.back() >= 4500 * GST_MSECOND, "cut by %u", cut);
  }
  recording.session().finish(6 * s);
}
GST_END_TEST;

GST_START_TEST(strangers_cannot_leave_the_folder) {
  Recording recording("{name}/{user}-{device}.mkv");
  recording.session().add_feed(1);
  recording.session().caps(1, caps_of("audio/x-opus").get());
  auto news = news_of("../../../eve", FeedKind::Audio);
  news.display_name =
      "../" + std::string(4096, '\n') + std::string{'\xE2', '\x80', '\xAE'} + "../..";
  recording.session().news(1, news, 0);
  recording.audio(1, 0, 1 * s);
  recording.session().finish(1 * s);
  recording.check_files({"_._.._../@.._.._.._eve_a-DEV.mkv"});
  fail_unless(recording.errors.empty());
}
GST_END_TEST;

GST_START_TEST(a_folder_that_cannot_be_made_is_one_clear_error) {
  Recording recording("plain/{user}.mkv");
  g_file_set_contents((recording.folder().path() + "/plain").c_str(), "", 0, nullptr);
  recording.add(1, "bob", FeedKind::Audio);
  recording.add(2, "eve", FeedKind::Audio);
  recording.audio(1, 0, 3 * s);
  recording.audio(2, 0, 3 * s);
  recording.session().finish(3 * s);
  assert_equals_int(recording.errors.size(), 1);
  assert_equals_int(recording.errors[0].code, GST_RESOURCE_ERROR_OPEN_WRITE);
  fail_unless(recording.errors[0].message.find("plain") != std::string::npos);
}
GST_END_TEST;

/* Files of this process cannot grow beyond @bytes, as if the disk were full then. */
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

GST_START_TEST(a_full_disk_is_one_clear_error_and_what_is_written_can_be_read) {
  Recording recording;
  recording.add(1, "bob", FeedKind::Video);
  recording.add(2, "eve", FeedKind::Video);
  {
    const FullDisk disk(20000);
    for (GstClockTime time = 0; time < 10 * s; time += s) {
      recording.video(1, time, time + s);
      recording.video(2, time, time + s);
      recording.session().flush(time + s);
    }
    recording.session().finish(10 * s);
  }
  assert_equals_int(recording.errors.size(), 1);
  assert_equals_int(recording.errors[0].code, GST_RESOURCE_ERROR_NO_SPACE_LEFT);
  for (const char* name : {"@bob_a.mkv", "@eve_a.mkv"}) {
    const auto tracks = recording.read(name);
    fail_unless(tracks.at(0).times.back() >= 1 * s);
    assert_equals_uint64(tracks.at(0).duration, tracks.at(0).times.back() + frame_time);
  }
}
GST_END_TEST;

Suite* record_files_suite() {
  Suite* suite = suite_create("record_files");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_track_that_comes_late_begins_the_next_file);
  tcase_add_test(tcase, another_size_stays_in_the_file_and_is_noted);
  tcase_add_test(tcase, another_codec_begins_the_next_file);
  tcase_add_test(tcase, a_file_begins_with_a_key_frame_which_is_asked_for);
  tcase_add_test(tcase, files_are_split_at_key_frames);
  tcase_add_test(tcase, sound_alone_is_split_by_size);
  tcase_add_test(tcase, what_was_written_is_readable_at_every_moment);
  tcase_add_test(tcase, strangers_cannot_leave_the_folder);
  tcase_add_test(tcase, a_folder_that_cannot_be_made_is_one_clear_error);
  tcase_add_test(tcase, a_full_disk_is_one_clear_error_and_what_is_written_can_be_read);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(record_files);
