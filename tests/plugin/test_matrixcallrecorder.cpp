/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "call_double.h"

#include <gst/check/gstcheck.h>

#include "tests/gst/record_fixture.h"

namespace {

using glib::Ref;
using media::FeedKind;

/* A recorder behind a double of a call. */
class Recording {
 public:
  explicit Recording(const std::string& pattern = "{user}.mkv", const std::string& rest = "") {
    CallDouble::register_element();
    const std::string line = "calldouble name=call : matrixcallrecorder name=rec location=\"" +
                             folder_.path() + "/" + pattern + "\" " + rest;
    GError* error = nullptr;
    pipeline_ = gst_parse_launch(line.c_str(), &error);
    fail_unless(error == nullptr, "%s", error ? error->message : "");
    call_ = std::make_unique<CallDouble>(pipeline_);
    fail_unless(gst_element_set_state(pipeline_, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
  }
  ~Recording() {
    stop();
    gst_object_unref(pipeline_);
  }

  CallDouble& call() { return *call_; }
  const TemporaryFolder& folder() const { return folder_; }
  Ref<GstElement> element(const char* name) {
    return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_), name));
  }
  std::vector<ReadTrack> read(const std::string& name) {
    return read_matroska(folder_.path() + "/" + name);
  }
  /* Lets @time pass on the pipeline's clock. */
  void run_for(GstClockTime time) {
    const auto clock = Ref<GstClock>::adopt(gst_element_get_clock(pipeline_));
    GstClockID id =
        gst_clock_new_single_shot_id(clock.get(), gst_clock_get_time(clock.get()) + time);
    gst_clock_id_wait(id, nullptr);
    gst_clock_id_unref(id);
  }
  Ref<GstMessage> wait_for(GstMessageType type) {
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_));
    auto message = Ref<GstMessage>::adopt(gst_bus_timed_pop_filtered(
        bus.get(), 5 * GST_SECOND, GstMessageType(type | GST_MESSAGE_ERROR)));
    fail_unless(message && GST_MESSAGE_TYPE(message.get()) == type);
    return message;
  }
  void stop() {
    if (!call_) return;
    call_->end_call();
    gst_element_set_state(pipeline_, GST_STATE_NULL);
    call_.reset();
  }

 private:
  TemporaryFolder folder_;
  GstElement* pipeline_ = nullptr;
  std::unique_ptr<CallDouble> call_;
};

bool about(GstClockTime time, GstClockTime expected, GstClockTime tolerance) {
  return time + tolerance >= expected && time <= expected + tolerance;
}

GST_START_TEST(a_call_ends_with_a_file_of_each_and_a_manifest) {
  Recording recording;
  recording.call().add("alice", FeedKind::Video, 0xC00000);
  recording.call().add("alice", FeedKind::Audio, 440);
  recording.run_for(500 * GST_MSECOND);
  const unsigned bob = recording.call().add("bob", FeedKind::Audio, 1000);
  recording.run_for(700 * GST_MSECOND);
  recording.call().remove(bob);
  recording.call().end_call();
  recording.wait_for(GST_MESSAGE_EOS);
  const auto alice = recording.read("@alice_a.mkv");
  assert_equals_int(alice.size(), 2);
  for (const auto& track : alice)
    fail_unless(about(track.times.back(), 1200 * GST_MSECOND, 400 * GST_MSECOND));
  assert_equals_int(recording.read("@bob_a.mkv").size(), 1);
  const auto lines = recording.folder().text(recording.folder().files(".jsonl").at(0));
  fail_unless(lines.find("\"event\":\"left\",\"user-id\":\"@bob:a\"") != std::string::npos);
  fail_unless(lines.find("\"event\":\"ended\"") != std::string::npos);
  assert_equals_int(recording.folder().files(".json").size(), 1);
  assert_equals_int(recording.folder().files(".vtt").size(), 1);
}
GST_END_TEST;

GST_START_TEST(stopping_the_pipeline_completes_the_files) {
  Recording recording;
  recording.call().add("alice", FeedKind::Audio, 440);
  recording.run_for(500 * GST_MSECOND);
  recording.stop();
  const auto tracks = recording.read("@alice_a.mkv");
  fail_unless(tracks.at(0).duration >= 400 * GST_MSECOND);
  assert_equals_int(recording.folder().files(".json").size(), 1);
}
GST_END_TEST;

GST_START_TEST(what_comes_in_goes_on_with_what_it_says_of_itself) {
  Recording recording("{user}-{kind}.webm",
                      "rec.src_video_0 ! fakesink name=next sync=false async=false");
  recording.call().add("alice", FeedKind::Video, 0xC00000);
  recording.call().add("alice", FeedKind::Audio, 440);
  recording.run_for(700 * GST_MSECOND);
  const auto next = recording.element("next");
  g_autoptr(GstSample) sample = nullptr;
  g_object_get(next.get(), "last-sample", &sample, nullptr);
  fail_unless(sample != nullptr);
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(next.get(), "sink"));
  const auto event = Ref<GstEvent>::adopt(
      gst_pad_get_sticky_event(sink.get(), GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, 0));
  const auto news = media::parse_activity(event.get());
  fail_unless(news && news->user_id == "@alice:a");
  recording.call().end_call();
  recording.wait_for(GST_MESSAGE_EOS);
  const auto files = recording.folder().files(".webm");
  assert_equals_int(files.size(), 2);
  for (const auto& file : files) assert_equals_int(recording.read(file).size(), 1);
}
GST_END_TEST;

GST_START_TEST(a_pause_is_not_in_the_file) {
  Recording recording;
  recording.call().add("alice", FeedKind::Audio, 440);
  recording.run_for(500 * GST_MSECOND);
  g_object_set(recording.element("rec").get(), "recording", FALSE, nullptr);
  recording.run_for(1500 * GST_MSECOND);
  g_object_set(recording.element("rec").get(), "recording", TRUE, nullptr);
  recording.run_for(500 * GST_MSECOND);
  recording.stop();
  assert_equals_int(recording.folder().files(".mkv").size(), 1);
  const auto tracks = recording.read("@alice_a.mkv");
  fail_unless(about(tracks.at(0).duration, 1000 * GST_MSECOND, 300 * GST_MSECOND));
}
GST_END_TEST;

GST_START_TEST(a_folder_that_cannot_be_written_is_one_error) {
  Recording recording("no/{user}.mkv");
  g_file_set_contents((recording.folder().path() + "/no").c_str(), "", 0, nullptr);
  recording.call().add("alice", FeedKind::Audio, 440);
  recording.call().add("bob", FeedKind::Audio, 440);
  const auto message = recording.wait_for(GST_MESSAGE_ERROR);
  g_autoptr(GError) error = nullptr;
  gst_message_parse_error(message.get(), &error, nullptr);
  fail_unless(g_error_matches(error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_WRITE));
}
GST_END_TEST;

Suite* matrixcallrecorder_suite() {
  Suite* suite = suite_create("matrixcallrecorder");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_call_ends_with_a_file_of_each_and_a_manifest);
  tcase_add_test(tcase, stopping_the_pipeline_completes_the_files);
  tcase_add_test(tcase, what_comes_in_goes_on_with_what_it_says_of_itself);
  tcase_add_test(tcase, a_pause_is_not_in_the_file);
  tcase_add_test(tcase, a_folder_that_cannot_be_written_is_one_error);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(matrixcallrecorder);
