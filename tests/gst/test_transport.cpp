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
  Call call(stage.loop, stage.transport, 1,
            {.caller = caller, .media = {}, .mangle = {}, .audio = audio, .video = video});
  fail_unless(eventually([&] { return audio->count() >= 150 && video->count() >= 90; }));
  const bool raw = form == Form::Raw;
  fail_unless(g_str_has_prefix(audio->caps().c_str(), raw ? "audio/x-raw" : "audio/x-opus"));
  fail_unless(g_str_has_prefix(video->caps().c_str(), raw ? "video/x-raw" : "video/x-vp8"));
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

static Suite* transport_suite() {
  Suite* suite = suite_create("transport");
  TCase* tests = tcase_create("transport");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, answers_a_peer_and_delivers_what_it_sends_as_it_comes);
  tcase_add_test(tests, calls_a_peer_and_delivers_what_it_sends_as_it_comes);
  tcase_add_test(tests, answers_a_peer_and_decodes_what_it_sends);
  tcase_add_test(tests, calls_a_peer_and_decodes_what_it_sends);
  return suite;
}

GST_CHECK_MAIN(transport)
