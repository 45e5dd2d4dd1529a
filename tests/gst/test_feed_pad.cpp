/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/feed_pad.h"

#include <gst/check/gstcheck.h>
#include <gst/video/video.h>

#include "tests/gst/feed_fixture.h"

/* What a feed's pad answers to those downstream of it. */
namespace {

using test::Receiver;
using test::Stage;

struct Linked {
  Linked() : stage(test::video()) {
    stage.link(receiver);
    stage.feed->start();
  }
  bool send(GstEvent* event) { return gst_pad_push_event(receiver.pad(), event); }

  Receiver receiver;
  Stage stage;
};

GST_START_TEST(hands_key_frame_requests_to_the_branch) {
  Linked linked;
  for (int i = 1; i <= 3; i++) {
    fail_unless(
        linked.send(gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0)));
    assert_equals_int(linked.stage.key_frames_asked, i);
  }
  linked.stage.feed->disconnect_branch();
  linked.send(gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
  assert_equals_int(linked.stage.key_frames_asked, 3);
}
GST_END_TEST;

GST_START_TEST(refuses_to_seek_and_takes_what_needs_no_answer) {
  Linked linked;
  fail_if(linked.send(gst_event_new_seek(1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
                                         GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1)));
  fail_unless(linked.send(gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 0.5, 10, 10)));
  fail_unless(linked.send(gst_event_new_latency(GST_SECOND)));
  assert_equals_int(linked.stage.key_frames_asked, 0);
}
GST_END_TEST;

GST_START_TEST(answers_as_a_live_stream_without_end) {
  Linked linked;
  linked.stage.feed->set_latency(240 * GST_MSECOND);
  GstQuery* latency = gst_query_new_latency();
  fail_unless(gst_pad_peer_query(linked.receiver.pad(), latency));
  gboolean live = FALSE;
  GstClockTime min = 0;
  GstClockTime max = 0;
  gst_query_parse_latency(latency, &live, &min, &max);
  fail_unless(live);
  assert_equals_uint64(min, 240 * GST_MSECOND);
  assert_equals_uint64(max, GST_CLOCK_TIME_NONE);
  gst_query_unref(latency);

  gint64 unused = 0;
  fail_if(gst_pad_peer_query_duration(linked.receiver.pad(), GST_FORMAT_TIME, &unused));
  fail_if(gst_pad_peer_query_position(linked.receiver.pad(), GST_FORMAT_TIME, &unused));

  GstQuery* seeking = gst_query_new_seeking(GST_FORMAT_TIME);
  fail_unless(gst_pad_peer_query(linked.receiver.pad(), seeking));
  gboolean seekable = TRUE;
  gst_query_parse_seeking(seeking, nullptr, &seekable, nullptr, nullptr);
  fail_if(seekable);
  gst_query_unref(seeking);
}
GST_END_TEST;

GST_START_TEST(offers_the_caps_of_its_template) {
  Receiver receiver;
  Stage stage(test::audio(), "audio/x-opus; audio/x-raw");
  stage.link(receiver);
  const auto caps = test::Caps::adopt(gst_pad_peer_query_caps(receiver.pad(), nullptr));
  fail_unless(gst_caps_is_equal(caps.get(), test::make_caps("audio/x-opus; audio/x-raw").get()));
}
GST_END_TEST;

GST_START_TEST(has_no_inner_way_to_other_pads_of_its_element) {
  Linked linked;
  auto sink = glib::Ref<GstPad>::sink(gst_pad_new("other", GST_PAD_SINK));
  gst_element_add_pad(linked.stage.element.get(), sink.get());
  fail_unless(gst_pad_iterate_internal_links(linked.stage.pad.get()) == nullptr);
}
GST_END_TEST;

Suite* feed_pad_suite() {
  Suite* suite = suite_create("feed_pad");
  TCase* answers = tcase_create("answers");
  suite_add_tcase(suite, answers);
  tcase_add_test(answers, hands_key_frame_requests_to_the_branch);
  tcase_add_test(answers, refuses_to_seek_and_takes_what_needs_no_answer);
  tcase_add_test(answers, answers_as_a_live_stream_without_end);
  tcase_add_test(answers, offers_the_caps_of_its_template);
  tcase_add_test(answers, has_no_inner_way_to_other_pads_of_its_element);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(feed_pad)
