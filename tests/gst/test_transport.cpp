/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/transport_fixture.h"

#include <gst/check/gstcheck.h>

namespace {

using rtc::MediaKind;
using test::Call;
using test::eventually;
using test::RecordingFeed;
using Form = media::FeedInput::Form;

struct Stage {
  rtc::Loop loop;
  media::Transport transport{loop, {}};
};

/* From the second second on, when the jitter buffer has found its pace: no time goes back, and
 * none is more than @step after the one before. */
void check_continuous(const std::vector<RecordingFeed::Buffer>& buffers, GstClockTime step) {
  const GstClockTime settled = buffers.front().running_time + GST_SECOND;
  GstClockTime last = GST_CLOCK_TIME_NONE;
  for (const auto& buffer : buffers) {
    fail_unless(GST_CLOCK_TIME_IS_VALID(buffer.running_time));
    if (buffer.running_time < settled) continue;
    if (GST_CLOCK_TIME_IS_VALID(last)) {
      fail_unless(buffer.running_time > last);
      fail_unless(buffer.running_time - last <= step, "%" GST_TIME_FORMAT,
                  GST_TIME_ARGS(buffer.running_time - last));
    }
    last = buffer.running_time;
  }
}

void deliver(Call::Caller caller, Form form) {
  Stage stage;
  auto audio = std::make_shared<RecordingFeed>(form);
  auto video = std::make_shared<RecordingFeed>(form);
  Call call(stage.loop, stage.transport, 1, {.caller = caller, .audio = audio, .video = video});
  fail_unless(eventually([&] { return audio->count() >= 150 && video->count() >= 90; }));
  const bool raw = form == Form::Raw;
  fail_unless(audio->caps().starts_with(raw ? "audio/x-raw" : "audio/x-opus"));
  fail_unless(video->caps().starts_with(raw ? "video/x-raw" : "video/x-vp8"));
  check_continuous(audio->buffers(), 40 * GST_MSECOND);
  check_continuous(video->buffers(), 70 * GST_MSECOND);
  fail_if(call.failure());
}

}  // namespace

GST_START_TEST(answers_a_peer_and_delivers_what_it_sends_as_it_comes) {
  deliver(Call::Caller::Peer, Form::Encoded);
}
GST_END_TEST

GST_START_TEST(calls_a_peer_and_delivers_what_it_sends_as_it_comes) {
  deliver(Call::Caller::We, Form::Encoded);
}
GST_END_TEST

GST_START_TEST(answers_a_peer_and_decodes_what_it_sends) {
  deliver(Call::Caller::Peer, Form::Raw);
}
GST_END_TEST

GST_START_TEST(calls_a_peer_and_decodes_what_it_sends) {
  deliver(Call::Caller::We, Form::Raw);
}
GST_END_TEST

GST_START_TEST(a_track_starts_before_the_latency_has_passed) {
  rtc::Loop loop;
  media::Transport transport(loop, {.latency_ms = 60000});
  auto video = std::make_shared<RecordingFeed>(Form::Encoded);
  Call call(loop, transport, 1, {.caller = Call::Caller::Peer, .video = video});
  fail_unless(eventually([&] { return video->count() >= 10; }));
}
GST_END_TEST

GST_START_TEST(describes_the_sections_of_the_peer_and_its_own) {
  Stage stage;
  Call call(stage.loop, stage.transport, 1, {.caller = Call::Caller::Peer});
  fail_unless(call.wait_until_connected());
  const auto tracks = call.tracks();
  fail_unless_equals_int(tracks.size(), 2);
  for (const auto& track : tracks) fail_unless(track.sending);
  const auto descriptions = call.local_descriptions();
  fail_unless_equals_int(descriptions.size(), 1);
  fail_unless(descriptions[0].type == rtc::SessionDescription::Type::Answer);
  /* A description waits a little for the candidates of this machine; what comes later follows. */
  const auto says = [&](const char* what) {
    return descriptions[0].sdp.find(what) != std::string::npos;
  };
  if (says("a=end-of-candidates")) {
    fail_unless(says("a=candidate:"));
    fail_unless(call.local_candidates().empty());
  } else {
    fail_unless(eventually([&] {
      const auto candidates = call.local_candidates();
      return !candidates.empty() && candidates.back().candidate.empty();
    }));
  }
}
GST_END_TEST

GST_START_TEST(holds_the_first_key_frame_until_a_feed_is_bound) {
  Stage stage;
  Call call(stage.loop, stage.transport, 1, {.caller = Call::Caller::Peer});
  fail_unless(call.wait_until_connected());
  fail_unless(eventually([&] { return call.peer().sent_video() >= 45; }));
  auto video = std::make_shared<RecordingFeed>(Form::Encoded);
  call.bind(MediaKind::Video, video);
  fail_unless(eventually([&] { return video->count() >= 90; }));
  const auto buffers = video->buffers();
  fail_if(buffers.front().is_delta);
  check_continuous(buffers, 70 * GST_MSECOND);
  fail_unless_equals_int(call.peer().key_frames_asked(), 0);
  /* Nothing was lost: 30 frames are 1 s. */
  fail_unless(buffers[89].running_time - buffers[0].running_time < 3500 * GST_MSECOND);
}
GST_END_TEST

GST_START_TEST(drops_a_track_that_nobody_binds_and_starts_it_with_a_key_frame_later) {
  Stage stage;
  auto audio = std::make_shared<RecordingFeed>(Form::Encoded);
  Call call(stage.loop, stage.transport, 1, {.caller = Call::Caller::Peer, .audio = audio});
  fail_unless(call.wait_until_connected());
  /* Longer than a track without a feed is held, which counts from here on: the sound alone would
   * not tell, for what was made before comes at once. */
  const gint64 held_until = g_get_monotonic_time() + gint64{6} * G_USEC_PER_SEC;
  fail_unless(eventually(
      [&] { return g_get_monotonic_time() > held_until && audio->count() >= size_t{50} * 7; }));
  check_continuous(audio->buffers(), 40 * GST_MSECOND);
  auto video = std::make_shared<RecordingFeed>(Form::Encoded);
  call.bind(MediaKind::Video, video);
  fail_unless(eventually([&] { return video->count() >= 30; }));
  fail_if(video->buffers().front().is_delta);
  fail_unless(call.peer().key_frames_asked() > 0);
  call.unbind(MediaKind::Video);
  fail_if(video->is_connected());
  const auto count = audio->count();
  fail_unless(eventually([&] { return audio->count() >= count + 50; }));
  const auto delivered = video->count();
  fail_unless(eventually([&] { return audio->count() >= count + 100; }));
  fail_unless_equals_int(video->count(), delivered);
}
GST_END_TEST

GST_START_TEST(passes_on_what_a_feed_asks_for) {
  Stage stage;
  auto video = std::make_shared<RecordingFeed>(Form::Encoded);
  Call call(stage.loop, stage.transport, 1, {.caller = Call::Caller::We, .video = video});
  fail_unless(eventually([&] { return video->count() >= 10; }));
  video->ask_for_key_frame();
  fail_unless(eventually([&] { return call.peer().key_frames_asked() > 0; }));
  video->set_form(Form::Raw);
  video->ask_for_rebuild();
  fail_unless(eventually([&] { return video->caps().starts_with("video/x-raw"); }));
}
GST_END_TEST

GST_START_TEST(gives_h264_in_the_form_that_the_feed_chooses) {
  for (const char* choice : {"byte-stream", "avc3"}) {
    Stage stage;
    auto video = std::make_shared<RecordingFeed>(Form::Encoded, choice);
    Call call(stage.loop, stage.transport, 1,
              {.caller = Call::Caller::Peer,
               .media = {.audio = false,
                         .video_encoder = "x264enc tune=zerolatency speed-preset=ultrafast ! "
                                          "video/x-h264,profile=constrained-baseline",
                         .video_name = "H264",
                         .video_payload = 102},
               .video = video});
    fail_unless(eventually([&] { return video->count() >= 10; }), "%s",
                call.failure_message().c_str());
    fail_if(video->caps().find(std::string("stream-format=(string)") + choice) ==
            std::string::npos);
    fail_if(video->buffers().front().is_delta);
  }
}
GST_END_TEST

GST_START_TEST(answers_each_further_offer_while_media_goes_on) {
  Stage stage;
  auto audio = std::make_shared<RecordingFeed>(Form::Encoded);
  Call call(stage.loop, stage.transport, 1, {.caller = Call::Caller::Peer, .audio = audio});
  fail_unless(eventually([&] { return audio->count() >= 50; }));
  call.offer_again();
  fail_unless(eventually([&] { return call.local_descriptions().size() == 2; }));
  call.offer_again();
  fail_unless(eventually([&] { return call.local_descriptions().size() == 3; }));
  const auto count = audio->count();
  fail_unless(eventually([&] { return audio->count() >= count + 50; }));
  check_continuous(audio->buffers(), 40 * GST_MSECOND);
  fail_if(call.failure());
}
GST_END_TEST

GST_START_TEST(keeps_the_section_of_data_channels_before_one_is_open) {
  Stage stage;
  Call call(stage.loop, stage.transport, 1,
            {.caller = Call::Caller::Peer, .media = {.data = true}});
  fail_unless(eventually([&] { return call.local_descriptions().size() == 1; }));
  call.offer_video();
  fail_unless(eventually([&] { return call.local_descriptions().size() == 2; }));
  const std::string offer = call.local_descriptions().back().sdp;
  fail_unless(offer.find("m=application ") != std::string::npos, "%s", offer.c_str());
  fail_unless(eventually([&] { return call.tracks().size() == 3; }));
  fail_if(call.failure());
}
GST_END_TEST

GST_START_TEST(gives_the_stats_of_each_peer) {
  Stage stage;
  Call one(stage.loop, stage.transport, 1, {.caller = Call::Caller::Peer});
  Call other(stage.loop, stage.transport, 2, {.caller = Call::Caller::We});
  fail_unless(one.wait_until_connected());
  fail_unless(other.wait_until_connected());
  std::atomic<int> fields = -1;
  stage.loop.run_sync([&] {
    stage.transport.get_stats(
        [&](glib::Unique<GstStructure> stats) { fields = gst_structure_n_fields(stats.get()); });
  });
  fail_unless(eventually([&] { return fields == 2; }));
}
GST_END_TEST

static Suite* transport_suite() {
  Suite* suite = suite_create("transport");
  TCase* tests = tcase_create("transport");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, answers_a_peer_and_delivers_what_it_sends_as_it_comes);
  tcase_add_test(tests, calls_a_peer_and_delivers_what_it_sends_as_it_comes);
  tcase_add_test(tests, answers_a_peer_and_decodes_what_it_sends);
  tcase_add_test(tests, calls_a_peer_and_decodes_what_it_sends);
  tcase_add_test(tests, a_track_starts_before_the_latency_has_passed);
  tcase_add_test(tests, describes_the_sections_of_the_peer_and_its_own);
  tcase_add_test(tests, holds_the_first_key_frame_until_a_feed_is_bound);
  tcase_add_test(tests, drops_a_track_that_nobody_binds_and_starts_it_with_a_key_frame_later);
  tcase_add_test(tests, passes_on_what_a_feed_asks_for);
  tcase_add_test(tests, gives_h264_in_the_form_that_the_feed_chooses);
  tcase_add_test(tests, answers_each_further_offer_while_media_goes_on);
  tcase_add_test(tests, keeps_the_section_of_data_channels_before_one_is_open);
  tcase_add_test(tests, gives_the_stats_of_each_peer);
  return suite;
}

GST_CHECK_MAIN(transport)
