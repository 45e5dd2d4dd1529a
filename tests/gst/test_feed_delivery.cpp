/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/feed_fixture.h"

#include <thread>

#include <gst/check/gstcheck.h>

/* Which buffers of its branch a feed passes on, when, and how it bears refusal. */
namespace {

using test::audio;
using test::make_buffer;
using test::make_caps;
using test::Receiver;
using test::Stage;
using test::video;

/* A stage whose feed runs, linked to a receiver. */
struct Running {
  explicit Running(media::Feed::Settings settings, const char* caps) : stage(std::move(settings)) {
    stage.link(receiver);
    stage.feed->start();
    stage.feed->set_caps(make_caps(caps).get());
    if (!receiver.wait_for("segment")) g_error("the feed did not start");
  }
  ~Running() { gst_pad_set_active(stage.pad.get(), FALSE); }

  /* Of buffers only, as received. */
  std::string buffers() {
    std::string text;
    for (const auto& note : receiver.notes())
      if (note.starts_with("buffer")) text += note.substr(6) + ";";
    return text;
  }

  Receiver receiver;
  Stage stage;
};

struct RunningVideo : Running {
  RunningVideo() : Running(video(), "video/x-vp8") {}
};
struct RunningAudio : Running {
  RunningAudio() : Running(audio(), "audio/x-opus") {}
};

void expect(Running& running, const char* expected) {
  const std::string got = running.buffers();
  assert_equals_string(got.c_str(), expected);
}

GST_START_TEST(stamps_buffers_with_running_time_and_no_dts) {
  RunningAudio run;
  auto buffer = make_buffer();
  GST_BUFFER_DTS(buffer.get()) = 5;
  GST_BUFFER_DURATION(buffer.get()) = 20 * GST_MSECOND;
  run.stage.feed->push(buffer, 3 * GST_SECOND);
  const auto got = run.receiver.buffers().at(0);
  assert_equals_uint64(GST_BUFFER_PTS(got.get()), 1 * GST_SECOND);
  assert_equals_uint64(GST_BUFFER_DTS(got.get()), GST_CLOCK_TIME_NONE);
  assert_equals_uint64(GST_BUFFER_DURATION(got.get()), 20 * GST_MSECOND);
  assert_equals_uint64(GST_BUFFER_DTS(buffer.get()), 5);
}
GST_END_TEST;

GST_START_TEST(puts_a_buffer_without_time_behind_the_one_before) {
  RunningAudio run;
  run.stage.feed->push(make_buffer(), GST_CLOCK_TIME_NONE);
  run.stage.push(20);
  run.stage.feed->push(make_buffer(), GST_CLOCK_TIME_NONE);
  expect(run, "! 20; 30;");
}
GST_END_TEST;

GST_START_TEST(drops_what_comes_before_the_pipeline_plays) {
  RunningAudio run;
  gst_element_set_state(run.stage.element.get(), GST_STATE_PAUSED);
  run.stage.push(0);
  gst_element_set_state(run.stage.element.get(), GST_STATE_PLAYING);
  run.stage.push(20);
  gst_element_set_clock(run.stage.element.get(), nullptr);
  run.stage.push(40);
  gst_element_set_clock(run.stage.element.get(), run.stage.clock.get());
  run.stage.push(60);
  expect(run, "! 20; 30;! 60;");
}
GST_END_TEST;

GST_START_TEST(drops_what_lies_before_running_time_zero) {
  RunningAudio run;
  run.stage.feed->push(make_buffer(), 1990 * GST_MSECOND);
  run.stage.feed->push(make_buffer(), 2000 * GST_MSECOND);
  expect(run, "! 0;");
}
GST_END_TEST;

GST_START_TEST(never_steps_back) {
  RunningAudio sound;
  sound.stage.push(100);
  sound.stage.push(80);
  sound.stage.push(120);
  expect(sound, "! 100; 120;");
  RunningVideo picture;
  picture.stage.push(100);
  picture.stage.push(80, false);
  picture.stage.push(120, false);
  expect(picture, "! 100; 100; 120;");
}
GST_END_TEST;

GST_START_TEST(begins_encoded_video_with_a_key_frame_and_asks_for_one) {
  RunningVideo run;
  run.stage.push(0, false);
  assert_equals_int(run.stage.key_frames_asked, 1);
  run.stage.push(33, false);
  assert_equals_int(run.stage.key_frames_asked, 1);
  run.stage.push(66);
  run.stage.push(100, false);
  expect(run, "! 66; 100;");
}
GST_END_TEST;

GST_START_TEST(begins_raw_video_at_once) {
  Running run(video(), "video/x-raw,format=I420");
  run.stage.push(0, false);
  expect(run, "! 0;");
  assert_equals_int(run.stage.key_frames_asked, 0);
}
GST_END_TEST;

GST_START_TEST(drops_while_paused_and_goes_on_with_a_key_frame) {
  RunningVideo run;
  run.stage.push(0);
  run.stage.feed->set_paused(true);
  run.stage.push(33, false);
  assert_equals_int(run.stage.key_frames_asked, 0);
  run.stage.feed->set_paused(false);
  assert_equals_int(run.stage.key_frames_asked, 1);
  run.stage.push(66, false);
  run.stage.push(100);
  run.stage.push(133, false);
  expect(run, "! 0;! 100; 133;");
}
GST_END_TEST;

GST_START_TEST(needs_a_key_frame_though_nothing_came_during_the_pause) {
  RunningVideo run;
  run.stage.push(0);
  run.stage.feed->set_paused(true);
  run.stage.feed->set_paused(false);
  run.stage.push(66, false);
  run.stage.push(100);
  expect(run, "! 0;! 100;");
}
GST_END_TEST;

GST_START_TEST(goes_on_with_sound_and_raw_video_at_once_after_a_pause) {
  RunningAudio sound;
  Running picture(video(), "video/x-raw,format=I420");
  for (Running* run : {static_cast<Running*>(&sound), &picture}) {
    run->stage.push(0);
    run->stage.feed->set_paused(true);
    run->stage.push(20);
    run->stage.feed->set_paused(false);
    run->stage.push(40, false);
    expect(*run, run == &picture ? "! 0;! 40;" : "! 0; 10;! 40;");
    assert_equals_int(run->stage.key_frames_asked, 0);
  }
}
GST_END_TEST;

GST_START_TEST(waits_for_a_key_frame_of_each_new_branch) {
  RunningVideo run;
  run.stage.push(0);
  int asked = 0;
  run.stage.feed->disconnect_branch();
  run.stage.feed->connect_branch([&](const test::Event&) { asked++; }, [] {});
  run.stage.push(33, false);
  assert_equals_int(asked, 1);
  run.stage.push(66);
  expect(run, "! 0;! 66;");
}
GST_END_TEST;

GST_START_TEST(rests_after_a_refusal_until_it_is_asked_again) {
  for (const auto refusal : {GST_FLOW_ERROR, GST_FLOW_NOT_NEGOTIATED, GST_FLOW_NOT_LINKED,
                             GST_FLOW_EOS, GST_FLOW_CUSTOM_ERROR}) {
    RunningVideo run;
    run.receiver.answer(refusal);
    run.stage.push(0);
    fail_if(run.stage.feed->wanted());
    run.receiver.answer(GST_FLOW_OK);
    run.stage.push(33);
    const int rebuilds = run.stage.rebuilds;
    gst_pad_push_event(run.receiver.pad(), gst_event_new_reconfigure());
    fail_unless(run.stage.feed->wanted());
    assert_equals_int(run.stage.rebuilds, rebuilds + 1);
    assert_equals_int(run.stage.key_frames_asked, 1);
    run.stage.push(66, false);
    run.stage.push(100);
    expect(run, "! 0;! 100;");
  }
}
GST_END_TEST;

GST_START_TEST(tries_again_while_downstream_flushes) {
  RunningAudio run;
  run.receiver.answer(GST_FLOW_FLUSHING);
  run.stage.push(0);
  fail_unless(run.stage.feed->wanted());
  run.receiver.answer(GST_FLOW_OK);
  run.stage.push(20);
  expect(run, "! 0;! 20;");
}
GST_END_TEST;

GST_START_TEST(is_not_wanted_while_nobody_is_linked) {
  Stage stage(video());
  stage.feed->start();
  fail_if(stage.feed->wanted());
  stage.feed->set_caps(make_caps("video/x-vp8").get());
  stage.feed->send_sticky(test::make_sticky("news"));
  stage.push(0);
  Receiver receiver;
  stage.link(receiver);
  fail_unless(stage.feed->wanted());
  assert_equals_int(stage.key_frames_asked, 1);
  fail_unless(stage.rebuilds > 0);
  /* Whatever there is already, before any media. */
  fail_unless(receiver.wait_for("news"));
  stage.push(33);
  const std::string text = receiver.text();
  assert_equals_string(text.c_str(), "stream-start, caps video/x-vp8, segment, news, buffer! 33");
}
GST_END_TEST;

GST_START_TEST(goes_on_when_it_is_linked_elsewhere_while_data_flows) {
  RunningAudio run;
  std::atomic<bool> stop = false;
  std::thread branch([&] {
    for (unsigned ms = 0; !stop; ms += 20) {
      run.stage.push(ms);
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < 20; i++) {
    fail_unless(test::eventually([&] { return !run.receiver.buffers().empty(); }));
    run.stage.unlink(run.receiver);
    Receiver other;
    run.stage.link(other);
    fail_unless(test::eventually([&] { return !other.buffers().empty(); }));
    fail_unless(other.text().starts_with("stream-start, caps audio/x-opus, segment, buffer"));
    run.stage.unlink(other);
    run.stage.link(run.receiver);
  }
  stop = true;
  branch.join();
  fail_unless(run.stage.feed->wanted());
}
GST_END_TEST;

Suite* feed_delivery_suite() {
  Suite* suite = suite_create("feed_delivery");
  TCase* delivery = tcase_create("delivery");
  suite_add_tcase(suite, delivery);
  tcase_add_test(delivery, stamps_buffers_with_running_time_and_no_dts);
  tcase_add_test(delivery, puts_a_buffer_without_time_behind_the_one_before);
  tcase_add_test(delivery, drops_what_comes_before_the_pipeline_plays);
  tcase_add_test(delivery, drops_what_lies_before_running_time_zero);
  tcase_add_test(delivery, never_steps_back);
  tcase_add_test(delivery, begins_encoded_video_with_a_key_frame_and_asks_for_one);
  tcase_add_test(delivery, begins_raw_video_at_once);
  tcase_add_test(delivery, drops_while_paused_and_goes_on_with_a_key_frame);
  tcase_add_test(delivery, needs_a_key_frame_though_nothing_came_during_the_pause);
  tcase_add_test(delivery, goes_on_with_sound_and_raw_video_at_once_after_a_pause);
  tcase_add_test(delivery, waits_for_a_key_frame_of_each_new_branch);
  tcase_add_test(delivery, rests_after_a_refusal_until_it_is_asked_again);
  tcase_add_test(delivery, tries_again_while_downstream_flushes);
  tcase_add_test(delivery, is_not_wanted_while_nobody_is_linked);
  tcase_add_test(delivery, goes_on_when_it_is_linked_elsewhere_while_data_flows);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(feed_delivery)
