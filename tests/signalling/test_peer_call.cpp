/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/peer_call.h"

#include <glib.h>

#include "tests/signalling/pick.h"

using namespace matrix;
using namespace std::chrono_literals;
using State = PeerCall::State;
using Cause = PeerCall::Cause;
using rtc::PeerFailure;

namespace {

constexpr Time t0 = 1'700'000'000'000ms;
constexpr rtc::PeerId peer = 7;
const SessionDescription offer{SessionDescription::Type::Offer, "v=0 offer"};
const SessionDescription answer{SessionDescription::Type::Answer, "v=0 answer"};
const SessionDescription our_offer{SessionDescription::Type::Offer, "v=0 our offer"};
const SessionDescription our_answer{SessionDescription::Type::Answer, "v=0 our answer"};
const IceCandidate a{"candidate:1", "0", 0};
const IceCandidate b{"candidate:2", "0", 0};
const StreamMetadataMap our_streams{{"our-stream", {Purpose::Usermedia, true, true}}};

const LocalMedia nothing;

PeerCall make() {
  return {peer, "our-stream", "US", nothing};
}
Invite invite(StreamMetadataMap streams = {}) {
  return {offer, 60s, "", std::move(streams)};
}
PeerCall invited() {
  PeerCall call = make();
  call.start({}, t0);
  call.local_description(our_offer, t0);
  return call;
}
PeerCall connected() {
  PeerCall call = invited();
  call.receive(Answer{answer, {}}, t0);
  call.peer_state(rtc::PeerState::Connected, t0);
  return call;
}

void invites_with_our_stream_announced_as_muted() {
  PeerCall call = make();
  const rtc::OfferOptions options{1, 2};
  g_assert_true((call.start(options, t0) ==
                 CallEffects{OpenPeer{peer, "our-stream"}, CreateOffer{peer, options}}));
  g_assert_true(call.local_candidate(a, t0).empty()); /* not before the invite */
  g_assert_true(
      (call.local_description(our_offer, t0) ==
       CallEffects{Signal{Invite{our_offer, 60s, "", our_streams}}, Signal{Candidates{{a}}}}));
  g_assert_true(call.state() == State::InviteSent);
}

void hangs_up_when_nobody_answers() {
  PeerCall call = invited();
  g_assert_true(call.next_deadline() == t0 + 60s);
  g_assert_true(call.on_timeout(t0 + 60s - 1ms).empty());
  g_assert_true((call.on_timeout(t0 + 60s) ==
                 CallEffects{Signal{Hangup{"invite_timeout"}}, ClosePeer{peer}}));
  g_assert_true(call.ending()->cause == Cause::TimedOut);
}

void takes_the_first_answer_only() {
  PeerCall call = invited();
  g_assert_true((call.receive(Answer{answer, {}}, t0) == CallEffects{ApplyRemote{peer, answer}}));
  g_assert_true(call.receive(Answer{answer, {}}, t0).empty());
  g_assert_false(call.next_deadline().has_value());
  g_assert_false(call.connected_since().has_value());
  call.peer_state(rtc::PeerState::Connected, t0 + 1s);
  g_assert_true(call.state() == State::Connected);
  g_assert_true(call.connected_since() == t0 + 1s);
}

void ends_when_the_answer_is_an_offer() {
  PeerCall call = invited();
  g_assert_true((call.receive(Answer{offer, {}}, t0) ==
                 CallEffects{Signal{Hangup{"unknown_error"}}, ClosePeer{peer}}));
  g_assert_true(call.ending()->cause == Cause::AnswerIsOffer);
}

void answers_an_invite_and_sends_candidates_after_it() {
  PeerCall call = make();
  g_assert_true((call.receive(invite(), t0) ==
                 CallEffects{OpenPeer{peer, "our-stream"}, ApplyRemote{peer, offer}}));
  g_assert_true((call.receive(Candidates{{b}}, t0) == CallEffects{AddCandidate{peer, b}}));
  g_assert_true(call.local_candidate(a, t0).empty());
  g_assert_true((call.local_description(our_answer, t0) ==
                 CallEffects{Signal{Answer{our_answer, our_streams}}, Signal{Candidates{{a}}}}));
  g_assert_true(call.state() == State::Connecting);
  g_assert_true(call.local_candidate(b, t0).empty());
  g_assert_true(call.next_deadline() == t0 + 20ms);
  g_assert_true((call.on_timeout(t0 + 20ms) == CallEffects{Signal{Candidates{{b}}}}));
}

void gives_up_a_call_that_cannot_be_answered_within_its_lifetime() {
  PeerCall call = make();
  Invite brief = invite();
  brief.lifetime = 10s;
  call.receive(brief, t0);
  g_assert_true((call.on_timeout(t0 + 10s) == CallEffects{ClosePeer{peer}}));
  PeerCall endless = make();
  brief.lifetime = 1000h;
  endless.receive(brief, t0);
  g_assert_true(endless.next_deadline() == t0 + 60s);
}

void prepares_without_a_word_and_without_the_peers_addresses() {
  PeerCall call = make();
  Invite with_candidate = invite();
  with_candidate.offer.sdp = "m=audio\r\na=mid:0\r\na=candidate:1\r\n";
  g_assert_true((call.prepare(with_candidate, t0) ==
                 CallEffects{OpenPeer{peer, "our-stream"},
                             ApplyRemote{peer, {offer.type, "m=audio\r\na=mid:0\r\n"}}}));
  g_assert_true(call.local_description(our_answer, t0).empty());
  g_assert_true(call.local_candidate(b, t0).empty());
  g_assert_true(call.receive(Candidates{{b}}, t0).empty());
  g_assert_true((call.receive(with_candidate, t0 + 1s) ==
                 CallEffects{AddCandidate{peer, a}, AddCandidate{peer, b},
                             Signal{Answer{our_answer, our_streams}}, Signal{Candidates{{b}}}}));
}

void answers_when_ready_if_the_preparation_is_not_over() {
  PeerCall call = make();
  call.prepare(invite(), t0);
  g_assert_true(call.receive(invite(), t0).empty());
  g_assert_true(call.state() == State::Answering);
  g_assert_true((call.local_description(our_answer, t0) ==
                 CallEffects{Signal{Answer{our_answer, our_streams}}}));
}

void ends_a_preparation_silently() {
  PeerCall late = make();
  late.prepare(invite(), t0);
  g_assert_true((late.on_timeout(t0 + 60s) == CallEffects{ClosePeer{peer}}));
  PeerCall failed = make();
  failed.prepare(invite(), t0);
  g_assert_true((failed.peer_failed(PeerFailure::Description, "") == CallEffects{ClosePeer{peer}}));
  PeerCall ended = make();
  ended.prepare(invite(), t0);
  g_assert_true((ended.hang_up("user_hangup") == CallEffects{ClosePeer{peer}}));
}

void answers_each_later_offer() {
  PeerCall call = connected();
  for (int i = 0; i < 2; i++) {
    g_assert_true(
        (call.receive(Negotiate{offer, 60s, {}}, t0) == CallEffects{ApplyRemote{peer, offer}}));
    g_assert_true(call.next_deadline() == t0 + 60s);
    g_assert_true((call.local_description(our_answer, t0) ==
                   CallEffects{Signal{Negotiate{our_answer, 60s, our_streams}}}));
    g_assert_false(call.next_deadline().has_value());
  }
  g_assert_true(call.local_description(our_answer, t0).empty()); /* to no offer */
  g_assert_true(call.receive(Negotiate{answer, 60s, {}}, t0).empty());
}

void ends_if_a_later_offer_is_not_answered() {
  PeerCall call = connected();
  call.receive(Negotiate{offer, 60s, {}}, t0);
  g_assert_true((call.on_timeout(t0 + 60s) ==
                 CallEffects{Signal{Hangup{"signalling_timeout"}}, ClosePeer{peer}}));
}

void does_not_take_an_offer_while_its_own_is_open() {
  PeerCall call = invited();
  g_assert_true(call.receive(Negotiate{offer, 60s, {}}, t0).empty());
  g_assert_true(call.next_deadline() == t0 + 60s);
}

/* A second screenshare of matrix-js-sdk: its SDP goes on naming the first. */
void never_forgets_a_stream() {
  PeerCall call = make();
  g_assert_false(call.remote_streams().has_value());
  call.receive(invite({{"camera", {}}}), t0);
  call.local_description(our_answer, t0);
  call.receive(Negotiate{offer, 60s, {{{"camera", {}}, {"screen-1", {Purpose::Screenshare}}}}}, t0);
  call.receive(MetadataChanged{{{"camera", {Purpose::Usermedia, true, false}},
                                {"screen-2", {Purpose::Screenshare}}}},
               t0);
  g_assert_true(
      (*call.remote_streams() == StreamMetadataMap{{"camera", {Purpose::Usermedia, true, false}},
                                                   {"screen-1", {Purpose::Screenshare}},
                                                   {"screen-2", {Purpose::Screenshare}}}));
}

void remembers_a_bounded_number_of_streams_and_candidates() {
  PeerCall call = connected();
  size_t added = 0;
  for (int i = 0; i < 5000; i++) {
    call.receive(MetadataChanged{{{std::to_string(i), {}}}}, t0);
    added += call.receive(Candidates{{a}}, t0).size();
  }
  g_assert_cmpuint(call.remote_streams()->size(), ==, 256);
  g_assert_cmpuint(added, ==, 1024);
  call.receive(MetadataChanged{{{"0", {Purpose::Usermedia, true, true}}}}, t0);
  g_assert_true(call.remote_streams()->at("0").audio_muted);
}

void ends_without_a_word_when_the_peer_ends_it() {
  for (const Signal& signal : {Signal(Hangup{"user_busy"}), Signal(Reject{})}) {
    PeerCall call = connected();
    g_assert_true((call.receive(signal, t0) == CallEffects{ClosePeer{peer}}));
    g_assert_true(call.ending()->cause == Cause::HungUpByPeer);
    g_assert_true(call.ending()->reason == "user_busy");
  }
}

void ends_when_another_device_was_selected() {
  PeerCall call = make();
  call.receive(invite(), t0);
  g_assert_true(call.receive(SelectAnswer{"US"}, t0).empty());
  g_assert_true((call.receive(SelectAnswer{"THEM"}, t0) == CallEffects{ClosePeer{peer}}));
}

void says_nothing_to_a_peer_that_has_never_heard_of_it() {
  PeerCall call = make();
  g_assert_true(call.hang_up("user_hangup").empty());
  PeerCall offering = make();
  offering.start({}, t0);
  g_assert_true((offering.hang_up("user_hangup") == CallEffects{ClosePeer{peer}}));
}

void tells_the_peer_why_the_connection_failed() {
  constexpr std::pair<PeerFailure, const char*> reasons[] = {
      {PeerFailure::Description, "unknown_error"}, {PeerFailure::Fingerprint, "unknown_error"},
      {PeerFailure::IceRestart, "ice_failed"},     {PeerFailure::Ice, "ice_failed"},
      {PeerFailure::Dead, "ice_failed"},           {PeerFailure::Internal, "unknown_error"}};
  for (const auto& [failure, reason] : reasons) {
    PeerCall call = connected();
    g_assert_true((call.peer_failed(failure, "because") ==
                   CallEffects{Signal{Hangup{reason}}, ClosePeer{peer}}));
    g_assert_true(call.ending()->failure == failure);
    g_assert_true(call.ending()->message == "because");
  }
}

void is_done_once_it_has_ended() {
  PeerCall call = connected();
  call.receive(Negotiate{offer, 60s, {}}, t0);
  call.local_candidate(a, t0);
  call.drop();
  g_assert_false(call.next_deadline().has_value());
  g_assert_true(call.receive(invite(), t0).empty());
  g_assert_true(call.receive(Hangup{}, t0).empty());
  g_assert_true(call.local_description(our_answer, t0).empty());
  g_assert_true(call.local_candidate(a, t0).empty());
  g_assert_true(call.peer_state(rtc::PeerState::Connected, t0).empty());
  g_assert_true(call.peer_failed(PeerFailure::Ice, "").empty());
  g_assert_true(call.on_timeout(t0 + 1h).empty());
  g_assert_true(call.hang_up("user_hangup").empty());
  g_assert_true(call.start({}, t0).empty());
  g_assert_true(call.prepare(invite(), t0).empty());
  g_assert_true(call.state() == State::Ended);
}

void ignores_what_comes_at_the_wrong_time() {
  PeerCall fresh = make();
  g_assert_true(fresh.receive(Answer{answer, {}}, t0).empty());
  g_assert_true(fresh.receive(Candidates{{a}}, t0).empty());
  g_assert_true(fresh.local_description(our_offer, t0).empty());
  PeerCall offering = make();
  offering.start({}, t0);
  g_assert_true(offering.local_description(our_answer, t0).empty());
  g_assert_true(offering.receive(invite(), t0).empty());
  g_assert_true(offering.state() == State::Offering);
  PeerCall answering = make();
  answering.receive(invite(), t0);
  g_assert_true(answering.local_description(our_offer, t0).empty());
  g_assert_true(answering.state() == State::Answering);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/peer_call/" #name, name)
  TEST(invites_with_our_stream_announced_as_muted);
  TEST(hangs_up_when_nobody_answers);
  TEST(takes_the_first_answer_only);
  TEST(ends_when_the_answer_is_an_offer);
  TEST(answers_an_invite_and_sends_candidates_after_it);
  TEST(gives_up_a_call_that_cannot_be_answered_within_its_lifetime);
  TEST(prepares_without_a_word_and_without_the_peers_addresses);
  TEST(answers_when_ready_if_the_preparation_is_not_over);
  TEST(ends_a_preparation_silently);
  TEST(answers_each_later_offer);
  TEST(ends_if_a_later_offer_is_not_answered);
  TEST(does_not_take_an_offer_while_its_own_is_open);
  TEST(never_forgets_a_stream);
  TEST(remembers_a_bounded_number_of_streams_and_candidates);
  TEST(ends_without_a_word_when_the_peer_ends_it);
  TEST(ends_when_another_device_was_selected);
  TEST(says_nothing_to_a_peer_that_has_never_heard_of_it);
  TEST(tells_the_peer_why_the_connection_failed);
  TEST(is_done_once_it_has_ended);
  TEST(ignores_what_comes_at_the_wrong_time);
  return g_test_run();
}
