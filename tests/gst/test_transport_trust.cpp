/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/transport_fixture.h"

#include <gst/check/gstcheck.h>

/* What a peer must prove and may say. */
namespace {

using rtc::PeerFailure;
using test::Call;
using test::eventually;
using test::RecordingFeed;
using Form = media::FeedInput::Form;

struct Stage {
  rtc::Loop loop;
  media::Transport transport{loop, {}};
};

/* Another certificate's, in every section. */
std::string with_wrong_fingerprint(std::string sdp) {
  for (size_t at = sdp.find("a=fingerprint:"); at != std::string::npos;
       at = sdp.find("a=fingerprint:", at + 1)) {
    const size_t colon = sdp.find(':', sdp.find(' ', at));
    sdp[colon + 1] = sdp[colon + 1] == 'A' ? 'B' : 'A';
  }
  return sdp;
}

void refuse_wrong_fingerprint(Call::Caller caller) {
  Stage stage;
  auto audio = std::make_shared<RecordingFeed>(Form::Encoded);
  auto video = std::make_shared<RecordingFeed>(Form::Raw);
  Call call(stage.loop, stage.transport, 1,
            {.caller = caller,
             .mangle = with_wrong_fingerprint,
             .bind = Call::Options::Bind::WhenDescribed,
             .audio = audio,
             .video = video});
  fail_unless(eventually([&] { return call.failure().has_value(); }));
  fail_unless(call.failure() == PeerFailure::Fingerprint);
  fail_if(call.is_connected());
  /* The peer, which trusts us, goes on sending for a second. */
  const unsigned sent = call.peer().sent_video();
  fail_unless(eventually([&] { return call.peer().sent_video() >= sent + 30; }));
  fail_unless_equals_int(audio->count(), 0);
  fail_unless_equals_int(video->count(), 0);
}

void refuse(std::string sdp) {
  Stage stage;
  Call call(stage.loop, stage.transport, 1,
            {.caller = Call::Caller::Peer, .mangle = [&](const std::string&) { return sdp; }});
  fail_unless(eventually([&] { return call.failure().has_value(); }));
  fail_unless(call.failure() == PeerFailure::Description);
}

}  // namespace

GST_START_TEST(delivers_nothing_before_the_peer_has_proved_who_it_is) {
  Stage stage;
  auto audio = std::make_shared<RecordingFeed>(Form::Encoded);
  std::atomic<Call*> connecting = nullptr;
  std::atomic<bool> early = false;
  audio->on_push([&] {
    const Call* call = connecting;
    if (!call || !call->is_connected()) early = true;
  });
  Call call(
      stage.loop, stage.transport, 1,
      {.caller = Call::Caller::Peer, .bind = Call::Options::Bind::WhenDescribed, .audio = audio});
  connecting = &call;
  fail_unless(eventually([&] { return audio->count() >= 20; }));
  fail_if(early);
}
GST_END_TEST

GST_START_TEST(refuses_a_caller_with_another_certificate_than_announced) {
  refuse_wrong_fingerprint(Call::Caller::Peer);
}
GST_END_TEST

GST_START_TEST(refuses_a_called_peer_with_another_certificate_than_announced) {
  refuse_wrong_fingerprint(Call::Caller::We);
}
GST_END_TEST

GST_START_TEST(refuses_what_is_no_description) {
  refuse("");
  refuse("v=0\r\n");
  refuse("hello");
}
GST_END_TEST

GST_START_TEST(tells_new_ice_credentials_from_a_broken_description) {
  Stage stage;
  std::atomic<bool> restart = false;
  Call call(stage.loop, stage.transport, 1,
            {.caller = Call::Caller::Peer, .mangle = [&](std::string sdp) {
               if (!restart) return sdp;
               for (size_t at = sdp.find("a=ice-ufrag:"); at != std::string::npos;
                    at = sdp.find("a=ice-ufrag:", at + 1))
                 sdp.insert(at + 12, "new");
               return sdp;
             }});
  fail_unless(call.wait_until_connected());
  restart = true;
  call.offer_again();
  fail_unless(eventually([&] { return call.failure() == PeerFailure::IceRestart; }));
}
GST_END_TEST

GST_START_TEST(drops_candidates_that_are_malformed_or_too_many) {
  Stage stage;
  auto audio = std::make_shared<RecordingFeed>(Form::Encoded);
  Call call(stage.loop, stage.transport, 1, {.caller = Call::Caller::Peer, .audio = audio});
  call.receive_candidate({"", "", 0});
  call.receive_candidate({"candidate:", "", 0});
  call.receive_candidate({"not a candidate", "", 0});
  call.receive_candidate({"candidate:1 1 UDP 1 127.0.0.1\r\n 9 typ host", "", 0});
  call.receive_candidate({"candidate:1 1 UDP 1 127.0.0.1 9 typ host", "no such section", -1});
  call.receive_candidate({"candidate:1 1 UDP 1 127.0.0.1 9 typ host", "", 77});
  call.receive_candidate({"candidate:1 1 UDP " + std::string(5000, '1'), "", 0});
  for (int i = 1; i < 500; ++i)
    call.receive_candidate(
        {"candidate:1 1 UDP 1 127.0.0.1 " + std::to_string(i) + " typ host", "", 0});
  fail_unless(eventually([&] { return audio->count() >= 20; }));
  fail_if(call.failure());
}
GST_END_TEST

static Suite* transport_trust_suite() {
  Suite* suite = suite_create("transport_trust");
  TCase* tests = tcase_create("transport_trust");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, delivers_nothing_before_the_peer_has_proved_who_it_is);
  tcase_add_test(tests, refuses_a_caller_with_another_certificate_than_announced);
  tcase_add_test(tests, refuses_a_called_peer_with_another_certificate_than_announced);
  tcase_add_test(tests, refuses_what_is_no_description);
  tcase_add_test(tests, tells_new_ice_credentials_from_a_broken_description);
  tcase_add_test(tests, drops_candidates_that_are_malformed_or_too_many);
  return suite;
}

GST_CHECK_MAIN(transport_trust)
