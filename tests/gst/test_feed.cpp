/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/feed_fixture.h"

#include <thread>

#include <gst/check/gstcheck.h>

/* A feed's life: what it sends when, from start to end. */
namespace {

using test::audio;
using test::make_caps;
using test::make_sticky;
using test::Receiver;
using test::Stage;
using test::video;

void expect(Receiver& receiver, const char* expected) {
  const std::string text = receiver.text();
  assert_equals_string(text.c_str(), expected);
}

const char* const vp8 = "video/x-vp8";
const char* const opus = "audio/x-opus";

GST_START_TEST(sends_everything_in_order) {
  Receiver receiver;
  Stage stage(video());
  stage.link(receiver);
  stage.feed->send_sticky(make_sticky("early"));
  stage.feed->start();
  fail_unless(receiver.wait_for("stream-start"));
  stage.feed->send_sticky(make_sticky("early-too"));
  stage.feed->set_caps(make_caps(vp8).get());
  stage.push(100);
  stage.feed->send_sticky(make_sticky("later"));
  fail_unless(receiver.wait_for("later"));
  stage.push(133, false);
  stage.feed->end("left");
  fail_unless(stage.wait_until_ended());
  expect(receiver,
         "stream-start, caps video/x-vp8, segment, early, early-too, "
         "buffer! 100, later, buffer 133, eos");
}
GST_END_TEST;

GST_START_TEST(names_its_stream) {
  Receiver receiver;
  auto settings = audio();
  settings.group_id = 42;
  Stage stage(std::move(settings));
  stage.link(receiver);
  stage.feed->start();
  fail_unless(receiver.wait_for("stream-start"));
  const auto event =
      test::Event::adopt(gst_pad_get_sticky_event(stage.pad.get(), GST_EVENT_STREAM_START, 0));
  const char* id = nullptr;
  gst_event_parse_stream_start(event.get(), &id);
  assert_equals_string(id, "test/audio");
  guint group_id = 0;
  fail_unless(gst_event_parse_group_id(event.get(), &group_id));
  assert_equals_int(group_id, 42);
  GstStream* stream = nullptr;
  gst_event_parse_stream(event.get(), &stream);
  assert_equals_int(gst_stream_get_stream_type(stream), GST_STREAM_TYPE_AUDIO);

  stage.feed->set_caps(make_caps(opus).get());
  stage.feed->send_sticky(
      test::Event::adopt(gst_event_new_tag(gst_tag_list_new(GST_TAG_TITLE, "Alice", nullptr))));
  fail_unless(receiver.wait_for("tag"));
  GstTagList* tags = gst_stream_get_tags(stream);
  g_autofree char* title = nullptr;
  fail_unless(gst_tag_list_get_string(tags, GST_TAG_TITLE, &title));
  assert_equals_string(title, "Alice");
  gst_tag_list_unref(tags);
  gst_object_unref(stream);
}
GST_END_TEST;

GST_START_TEST(has_a_segment_whose_times_are_running_times) {
  Receiver receiver;
  Stage stage(audio());
  stage.link(receiver);
  stage.feed->start();
  stage.feed->set_caps(make_caps(opus).get());
  const auto event =
      test::Event::adopt(gst_pad_get_sticky_event(stage.pad.get(), GST_EVENT_SEGMENT, 0));
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event.get(), &segment);
  assert_equals_int(segment->format, GST_FORMAT_TIME);
  assert_equals_uint64(gst_segment_to_running_time(segment, GST_FORMAT_TIME, 5), 5);
  assert_equals_uint64(segment->stop, GST_CLOCK_TIME_NONE);
}
GST_END_TEST;

GST_START_TEST(takes_caps_that_come_before_it_starts) {
  Receiver receiver;
  Stage stage(audio());
  stage.link(receiver);
  stage.feed->set_caps(make_caps(opus).get());
  stage.push(0);
  stage.feed->start();
  fail_unless(receiver.wait_for("segment"));
  stage.push(20);
  expect(receiver, "stream-start, caps audio/x-opus, segment, buffer! 20");
}
GST_END_TEST;

GST_START_TEST(sends_new_caps_before_their_buffer_and_equal_ones_once) {
  Receiver receiver;
  Stage stage(video());
  stage.link(receiver);
  stage.feed->start();
  stage.feed->set_caps(make_caps("video/x-vp8,width=320").get());
  stage.push(0);
  stage.feed->set_caps(make_caps("video/x-vp8,width=320").get());
  stage.push(33);
  stage.feed->set_caps(make_caps("video/x-vp8,width=640").get());
  stage.push(66);
  expect(receiver,
         "stream-start, caps video/x-vp8, segment, buffer! 0, buffer 33, "
         "caps video/x-vp8, buffer 66");
}
GST_END_TEST;

GST_START_TEST(ends_without_media_on_caps_that_are_taken) {
  const struct {
    media::Feed::Settings settings;
    const char* taken;
    const char* expected;
  } cases[] = {
      {video(), nullptr, "video/x-vp8, width=(int)640, height=(int)360"},
      {video(), "video/x-raw,width=[1,300],format={NV12,I420}",
       "video/x-raw, format=(string)I420, width=(int)300, height=(int)360, framerate=0/1"},
      {audio(), "audio/x-raw,format=S16LE,rate=[8000,96000],layout=interleaved",
       "audio/x-raw, format=(string)S16LE, rate=(int)48000, layout=(string)interleaved, "
       "channels=(int)2"},
      {audio(), nullptr,
       "audio/x-opus, rate=(int)48000, channels=(int)2, channel-mapping-family=(int)0"},
  };
  for (const auto& each : cases) {
    Receiver receiver(each.taken);
    Stage stage(each.settings, each.settings.kind == rtc::MediaKind::Video
                                   ? "video/x-vp8; video/x-raw; video/x-raw(ANY)"
                                   : "audio/x-opus; audio/x-raw");
    stage.link(receiver);
    stage.feed->start();
    stage.feed->end("left");
    fail_unless(stage.wait_until_ended());
    const auto caps = test::Caps::adopt(gst_pad_get_current_caps(stage.pad.get()));
    fail_unless(caps.get() && gst_caps_is_equal(caps.get(), make_caps(each.expected).get()),
                "%" GST_PTR_FORMAT, caps.get());
    fail_unless(receiver.text().ends_with(", segment, eos"));
  }
}
GST_END_TEST;

GST_START_TEST(ends_though_nobody_is_linked) {
  Stage stage(video());
  stage.feed->start();
  stage.feed->end("left");
  fail_unless(stage.wait_until_ended());
}
GST_END_TEST;

GST_START_TEST(ends_though_it_never_started) {
  Stage stage(video());
  stage.feed->end("left");
  assert_equals_int(stage.ended, 1);
  stage.feed->start();
  stage.feed->end("left");
  assert_equals_int(stage.ended, 1);
}
GST_END_TEST;

GST_START_TEST(ends_once_however_often_it_is_told) {
  Receiver receiver;
  Stage stage(video(), vp8);
  stage.link(receiver);
  stage.feed->start();
  for (int i = 0; i < 3; i++) stage.feed->end("left");
  fail_unless(stage.wait_until_ended());
  stage.feed->end("left");
  gst_pad_set_active(stage.pad.get(), FALSE);
  stage.feed->stop();
  assert_equals_int(stage.ended, 1);
  expect(receiver, "stream-start, caps video/x-vp8, segment, eos");
}
GST_END_TEST;

GST_START_TEST(lets_nothing_pass_after_its_end) {
  Receiver receiver;
  Stage stage(audio());
  stage.link(receiver);
  stage.feed->start();
  stage.feed->set_caps(make_caps(opus).get());
  stage.feed->end("left");
  stage.push(0);
  fail_unless(stage.wait_until_ended());
  stage.push(20);
  stage.feed->send_sticky(make_sticky("late"));
  stage.feed->set_caps(make_caps("audio/x-raw").get());
  fail_unless(receiver.text().ends_with("segment, eos"));
}
GST_END_TEST;

GST_START_TEST(waits_for_a_blocked_push_with_eos_but_never_with_its_caller) {
  Receiver receiver;
  Stage stage(audio());
  stage.link(receiver);
  stage.feed->start();
  stage.feed->set_caps(make_caps(opus).get());
  receiver.block();
  std::thread branch([&] { stage.push(0); });
  fail_unless(receiver.wait_until_blocked());
  stage.feed->send_sticky(make_sticky("news"));
  stage.feed->set_paused(true);
  stage.feed->set_paused(false);
  stage.feed->set_latency(GST_SECOND);
  stage.feed->end("left");
  assert_equals_int(stage.ended, 0);
  receiver.release();
  branch.join();
  fail_unless(stage.wait_until_ended());
  fail_unless(receiver.text().ends_with("buffer! 0, news, eos"));
}
GST_END_TEST;

GST_START_TEST(says_that_it_ended_when_deactivated_before_eos) {
  Receiver receiver;
  Stage stage(audio());
  stage.link(receiver);
  stage.feed->start();
  stage.feed->set_caps(make_caps(opus).get());
  receiver.block();
  std::thread branch([&] { stage.push(0); });
  fail_unless(receiver.wait_until_blocked());
  stage.feed->end("left");
  std::thread parent([&] { gst_pad_set_active(stage.pad.get(), FALSE); });
  fail_unless(test::eventually([&] { return GST_PAD_IS_FLUSHING(stage.pad.get()); }));
  receiver.release();
  parent.join();
  branch.join();
  assert_equals_int(stage.ended, 1);
  fail_if(receiver.text().ends_with("eos"));
}
GST_END_TEST;

GST_START_TEST(leaves_a_pad_that_still_answers) {
  Receiver receiver;
  Stage stage(audio());
  stage.link(receiver);
  stage.feed->start();
  fail_unless(receiver.wait_for("stream-start"));
  stage.feed.reset();
  stage.unlink(receiver);
  stage.link(receiver);
  /* The feed goes when its own thread has let go of it. */
  fail_unless(test::eventually(
      [&] { return !gst_pad_push_event(receiver.pad(), gst_event_new_reconfigure()); }));
}
GST_END_TEST;

GST_START_TEST(survives_a_race_of_media_news_and_end) {
  for (int round = 0; round < 50; round++) {
    Receiver receiver;
    Stage stage(audio());
    stage.link(receiver);
    stage.feed->start();
    std::thread branch([&] {
      stage.feed->set_caps(make_caps(opus).get());
      for (unsigned ms = 0; ms < 2000; ms += 20) stage.push(ms);
    });
    for (int i = 0; i < round % 7; i++) stage.feed->send_sticky(make_sticky("news"));
    stage.feed->end("left");
    fail_unless(stage.wait_until_ended());
    branch.join();
    fail_unless(receiver.text().ends_with("eos"));
    assert_equals_int(stage.ended, 1);
  }
}
GST_END_TEST;

GST_START_TEST(a_hundred_feeds_start_and_end) {
  for (int i = 0; i < 100; i++) {
    Receiver receiver;
    Stage stage(i % 2 ? audio() : video(), i % 2 ? opus : vp8);
    if (i % 3) stage.link(receiver);
    stage.feed->start();
    if (i % 5) stage.feed->end("left");
    if (i % 7 && i % 5) fail_unless(stage.wait_until_ended());
  }
}
GST_END_TEST;

Suite* feed_suite() {
  Suite* suite = suite_create("feed");
  TCase* life = tcase_create("life");
  suite_add_tcase(suite, life);
  tcase_add_test(life, sends_everything_in_order);
  tcase_add_test(life, names_its_stream);
  tcase_add_test(life, has_a_segment_whose_times_are_running_times);
  tcase_add_test(life, takes_caps_that_come_before_it_starts);
  tcase_add_test(life, sends_new_caps_before_their_buffer_and_equal_ones_once);
  tcase_add_test(life, ends_without_media_on_caps_that_are_taken);
  tcase_add_test(life, ends_though_nobody_is_linked);
  tcase_add_test(life, ends_though_it_never_started);
  tcase_add_test(life, ends_once_however_often_it_is_told);
  tcase_add_test(life, lets_nothing_pass_after_its_end);
  tcase_add_test(life, waits_for_a_blocked_push_with_eos_but_never_with_its_caller);
  tcase_add_test(life, says_that_it_ended_when_deactivated_before_eos);
  tcase_add_test(life, leaves_a_pad_that_still_answers);
  tcase_add_test(life, survives_a_race_of_media_news_and_end);
  tcase_add_test(life, a_hundred_feeds_start_and_end);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(feed)
