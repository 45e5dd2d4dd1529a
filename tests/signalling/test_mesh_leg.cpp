/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "tests/signalling/leg_fixture.h"

using namespace leg;
using State = MeshLeg::State;
using rtc::PeerFailure;

namespace {

void calls_a_device_of_a_higher_id_as_soon_as_it_is_listed() {
  Callee they;
  const auto effects = they.leg.listed(entry, "Zoe", t0);
  g_assert_true(reports<ParticipantJoined>(effects).size() == 1);
  g_assert_true((pick<CreateOffer>(effects) == std::vector<CreateOffer>{{1, {1, 1}}}));
  const auto messages = pick<SendToDevice>(they.leg.local_description(offer, t0));
  g_assert_true(messages.size() == 1);
  g_assert_true((messages[0].to == Address{"@z:hs", "DEV"}));
  const auto& envelope = messages[0].message.envelope;
  g_assert_true((envelope == Envelope{envelope.call_id, "conf", "US", "US", "our-session",
                                      "their-session", 0}));
  g_assert_cmpuint(envelope.call_id.size(), >=, 16);
  g_assert_true(std::get<Invite>(messages[0].message.signal).invitee == "@z:hs");
}

void offers_a_section_more_to_somebody_who_shares_their_screen() {
  Callee they;
  DeviceEntry sharing = entry;
  sharing.screenshare = true;
  const auto offers = pick<CreateOffer>(they.leg.listed(sharing, "Zoe", t0));
  g_assert_cmpuint(offers.at(0).options.video_sections, ==, 2);
}

void waits_for_the_call_of_a_lower_id_and_answers_it() {
  Caller they;
  g_assert_true(pick<OpenPeer>(they.leg.listed(entry, "Ann", t0)).empty());
  const auto effects = they.invite("call");
  g_assert_true(pick<OpenPeer>(effects).size() == 1);
  g_assert_true(pick<SendToDevice>(effects).empty());
  const auto messages = pick<SendToDevice>(they.leg.local_description(answer, t0));
  g_assert_true(messages.size() == 1);
  g_assert_true(messages[0].message.envelope.call_id == "call");
  g_assert_true(messages[0].message.envelope.seq == 0);
  they.leg.local_candidate({"candidate:1", "0", 0}, t0);
  const auto more = pick<SendToDevice>(they.leg.local_candidate({"", "0", 0}, t0));
  g_assert_true(more.at(0).message.envelope.seq == 1);
}

void tells_who_does_not_call_once() {
  Caller they;
  they.leg.listed(entry, "Ann", t0);
  g_assert_true(they.leg.next_deadline() == t0 + 60s);
  g_assert_true(reports<ParticipantTrouble>(they.leg.on_timeout(t0 + 60s)).size() == 1);
  g_assert_true(they.leg.next_deadline() == entry.expires_ts);
}

void prepares_for_a_caller_without_an_entry_and_says_nothing() {
  Caller they;
  Effects early = they.invite("call");
  g_assert_true(pick<ApplyRemote>(early).size() == 1);
  append(early, they.receive("call", 1, Candidates{{{"candidate:1", "0", 0}}}));
  append(early, they.leg.local_description(answer, t0));
  append(early, they.leg.local_candidate({"candidate:2", "0", 0}, t0));
  append(early, they.leg.local_candidate({"", "0", 0}, t0));
  g_assert_true(pick<SendToDevice>(early).empty());
  g_assert_true(pick<AddCandidate>(early).empty());
  g_assert_true(pick<Report>(early).empty());

  const auto effects = they.leg.listed(entry, "Ann", t0 + 1s);
  g_assert_true(sent<Answer>(effects).size() == 1);
  g_assert_true(sent<Candidates>(effects).size() == 1);
  g_assert_true(pick<AddCandidate>(effects).size() == 1);
  g_assert_true(pick<OpenPeer>(effects).empty());
  g_assert_true(they.leg.state() == State::Calling);
}

void forgets_who_never_gets_an_entry() {
  Caller they;
  they.invite("call");
  they.receive("call", 1, Candidates{});
  g_assert_true(they.leg.next_deadline() == t0 + 60s);
  g_assert_true((they.leg.on_timeout(t0 + 60s) == Effects{ClosePeer{1}}));
  g_assert_true(they.leg.state() == State::Closed);
  g_assert_cmpuint(they.dropped["sender has no entry in the call"], ==, 2);
}

void answers_even_if_the_preparation_failed() {
  Caller they;
  they.invite("call");
  they.leg.peer_failed(PeerFailure::Internal, "", t0);
  const auto effects = they.leg.listed(entry, "Ann", t0 + 1s);
  g_assert_true((pick<OpenPeer>(effects).size() == 1));
  g_assert_true((pick<ApplyRemote>(effects) == std::vector<ApplyRemote>{{2, offer}}));
}

void shows_feeds_once_the_connection_is_verified() {
  Callee they;
  they.receive(they.call(), 0, Answer{answer, {{{"stream", {Purpose::Usermedia, true, false}}}}});
  g_assert_true(pick<Report>(they.leg.remote_tracks(tracks, t0)).empty());
  const auto added = reports<FeedAdded>(they.leg.peer_state(rtc::PeerState::Connected, t0));
  g_assert_true(added.size() == 2);
  g_assert_true(added[0].muted);
  g_assert_false(added[1].muted);
  g_assert_true(added[0].participant.display_name == "Zoe");
}

void calls_again_three_times_then_seldom() {
  Callee they;
  they.leg.listed(entry, "Zoe", t0);
  Time now = t0;
  for (const Time base : {1s, 2s, 4s}) {
    they.answer_offer(now);
    const auto effects = they.leg.peer_failed(PeerFailure::Ice, "", now);
    g_assert_true((sent<Hangup>(effects) == std::vector<Hangup>{{"ice_failed"}}));
    g_assert_true(reports<ParticipantTrouble>(effects).empty());
    const Time next = *they.leg.next_deadline();
    g_assert_cmpint((next - now).count(), >=, (base * 3 / 4).count());
    g_assert_cmpint((next - now).count(), <=, (base * 5 / 4).count());
    now = next;
    g_assert_true(pick<CreateOffer>(they.leg.on_timeout(now)).size() == 1);
  }
  they.answer_offer(now);
  g_assert_true(
      reports<ParticipantTrouble>(they.leg.peer_failed(PeerFailure::Ice, "", now)).size() == 1);
  g_assert_true(they.leg.state() == State::GivenUp);
  for (int i = 0; i < 10; i++) {
    const Time next = *they.leg.next_deadline();
    g_assert_cmpint((next - now).count(), >=, 60000);
    now = next;
    if (now >= entry.expires_ts) break;
    g_assert_true(pick<CreateOffer>(they.leg.on_timeout(now)).size() == 1);
    g_assert_true(
        reports<ParticipantTrouble>(they.leg.peer_failed(PeerFailure::Ice, "", now)).empty());
  }
}

void begins_to_count_anew_after_ten_seconds_of_connection() {
  Callee they;
  Time now = t0;
  they.leg.listed(entry, "Zoe", now);
  for (int i = 0; i < 10; i++) {
    they.receive(they.answer_offer(now), 0, Answer{answer, {}}, now);
    they.connect(now);
    now += 10s;
    g_assert_true(
        reports<ParticipantTrouble>(they.leg.peer_failed(PeerFailure::Ice, "", now)).empty());
    now = *they.leg.next_deadline();
    they.leg.on_timeout(now);
  }
}

void calls_again_when_an_entry_that_was_given_up_is_renewed() {
  Callee they;
  Time now = t0;
  they.leg.listed(entry, "Zoe", now);
  while (they.leg.state() != State::GivenUp) {
    they.leg.peer_failed(PeerFailure::Ice, "", now);
    if (they.leg.state() == State::GivenUp) break;
    now = *they.leg.next_deadline();
    they.leg.on_timeout(now);
  }
  g_assert_true(they.leg.listed(entry, "Zoe", now).empty());
  DeviceEntry renewed = entry;
  renewed.expires_ts += 1h;
  g_assert_true(pick<CreateOffer>(they.leg.listed(renewed, "Zoe", now)).size() == 1);
}

void calls_again_at_once_when_new_ice_credentials_were_asked_for() {
  Callee they;
  they.connected();
  const auto effects = they.leg.peer_failed(PeerFailure::IceRestart, "", t0 + 1s);
  g_assert_true((sent<Hangup>(effects) == std::vector<Hangup>{{"ice_failed"}}));
  g_assert_true(they.leg.next_deadline() == t0 + 1s);
  g_assert_true(pick<CreateOffer>(they.leg.on_timeout(t0 + 1s)).size() == 1);
}

void offers_more_sections_after_an_answer_that_was_an_offer() {
  Callee they;
  const auto effects = they.receive(they.call(), 0, Answer{offer, {}});
  g_assert_true((sent<Hangup>(effects) == std::vector<Hangup>{{"unknown_error"}}));
  g_assert_true(they.leg.next_deadline() == t0);
  const auto offers = pick<CreateOffer>(they.leg.on_timeout(t0));
  g_assert_cmpuint(offers.at(0).options.video_sections, ==, 2);
}

void ends_the_call_when_a_message_is_lost_and_leaves_no_hole() {
  Callee they;
  they.leg.listed(entry, "Zoe", t0);
  const auto invite = pick<SendToDevice>(they.leg.local_description(offer, t0));
  const auto batch = pick<SendToDevice>(they.leg.local_candidate({"", "0", 0}, t0));
  g_assert_true(they.leg.sent(invite.at(0).token, true, t0).empty());
  const auto hangup = pick<SendToDevice>(they.leg.sent(batch.at(0).token, false, t0));
  g_assert_true(hangup.at(0).message.signal == Signal(Hangup{"signalling_timeout"}));
  g_assert_true(hangup.at(0).message.envelope.seq == batch.at(0).message.envelope.seq);
  g_assert_true(they.leg.sent(hangup.at(0).token, false, t0).empty());
}

void takes_the_lower_of_two_calls_in_glare() {
  Callee ours_lower;
  const std::string ours = ours_lower.call();
  auto effects = ours_lower.invite(ours + "z");
  g_assert_true((sent<Hangup>(effects) == std::vector<Hangup>{{"replaced"}}));
  g_assert_true(pick<SendToDevice>(effects)[0].message.envelope.call_id == ours + "z");
  g_assert_true(pick<ApplyRemote>(effects).empty());

  Callee theirs_lower;
  const std::string loser = theirs_lower.call();
  effects = theirs_lower.invite("!");
  g_assert_true((sent<Hangup>(effects) == std::vector<Hangup>{{"replaced"}}));
  g_assert_true(pick<SendToDevice>(effects)[0].message.envelope.call_id == loser);
  g_assert_true(pick<ApplyRemote>(effects).size() == 1);
  g_assert_true(pick<ClosePeer>(effects).size() == 1);
  g_assert_true(theirs_lower.receive(loser, 0, Answer{answer, {}}).empty());
}

void follows_a_caller_who_calls_anew_and_keeps_the_feeds() {
  Caller they;
  they.connected("one");
  const auto effects = they.invite("two", t0 + 1s);
  g_assert_true(sent<Hangup>(effects).empty());
  g_assert_true((pick<ClosePeer>(effects) == std::vector<ClosePeer>{{1}}));
  g_assert_true(reports<FeedMoved>(effects).size() == 2);
  they.leg.local_description(answer, t0 + 1s);
  const auto moved = reports<FeedMoved>(they.connect(t0 + 2s));
  g_assert_true(moved.size() == 2);
  g_assert_true(moved[0].source.peer == 2);
  g_assert_true(they.receive("one", 1, Hangup{}, t0 + 3s).empty()); /* of the old call */
  g_assert_true(they.leg.is_connected());
}

void does_not_answer_an_invite_whose_hangup_came_before_it() {
  Caller they;
  they.leg.listed(entry, "Ann", t0);
  CallMessage hangup = they.message("call", 0, Hangup{});
  hangup.envelope.seq.reset();
  they.leg.receive(hangup, false, t0);
  g_assert_true(they.invite("call").empty());
}

void removes_feeds_at_once_after_a_farewell() {
  Caller they;
  they.connected();
  const auto effects = they.receive("call", 1, Hangup{"user_hangup"});
  g_assert_true(reports<FeedRemoved>(effects).size() == 2);
  g_assert_true(sent<Hangup>(effects).empty());
}

void keeps_feeds_for_fifteen_seconds_after_a_loss_but_not_after_silence() {
  Caller lost;
  lost.connected();
  auto effects = lost.leg.peer_failed(PeerFailure::Ice, "", t0);
  g_assert_true(reports<FeedRemoved>(effects).empty());
  g_assert_true(lost.leg.next_deadline() == t0 + 15s);
  g_assert_true(reports<FeedRemoved>(lost.leg.on_timeout(t0 + 15s)).size() == 2);

  Caller hung_up;
  hung_up.connected();
  effects = hung_up.receive("call", 1, Hangup{"ice_failed"});
  g_assert_true(reports<FeedMoved>(effects).size() == 2);

  Caller silent; /* the 15 s have passed already */
  silent.connected();
  effects = silent.leg.peer_failed(PeerFailure::Dead, "", t0);
  g_assert_true(reports<FeedRemoved>(effects).size() == 2);
  g_assert_true(silent.leg.is_listed());
}

void closes_two_seconds_after_the_entry_is_gone() {
  Caller they;
  they.connected();
  they.leg.unlisted(t0);
  they.leg.unlisted(t0 + 1s);
  g_assert_true(they.leg.next_deadline() == t0 + 2s);
  const auto effects = they.leg.on_timeout(t0 + 2s);
  g_assert_true((sent<Hangup>(effects) == std::vector<Hangup>{{"user_hangup"}}));
  g_assert_true(reports<FeedRemoved>(effects).size() == 2);
  g_assert_true(reports<ParticipantLeft>(effects).at(0).reason == "left");
}

void goes_on_if_the_entry_comes_back_in_time() {
  Caller they;
  they.connected();
  they.leg.unlisted(t0);
  g_assert_true(they.leg.listed(entry, "Ann", t0 + 1s).empty());
  g_assert_true(they.leg.on_timeout(t0 + 2s).empty());
  g_assert_true(they.leg.is_connected());
}

void keeps_a_connected_peer_whose_entry_lapses_until_it_is_lost() {
  Caller they;
  they.connected();
  g_assert_true(they.leg.next_deadline() == entry.expires_ts);
  g_assert_true(they.leg.on_timeout(entry.expires_ts).empty());
  g_assert_false(they.leg.next_deadline().has_value());
  const auto effects = they.leg.peer_failed(PeerFailure::Dead, "", entry.expires_ts + 1min);
  g_assert_true(reports<ParticipantLeft>(effects).at(0).reason == "expired");
  g_assert_true(they.leg.state() == State::Closed);

  Caller unconnected;
  unconnected.leg.listed(entry, "Ann", t0);
  unconnected.leg.on_timeout(entry.expires_ts);
  g_assert_true(unconnected.leg.state() == State::Closed);
}

void reports_a_fingerprint_that_does_not_match_at_once() {
  Caller they;
  they.leg.listed(entry, "Ann", t0);
  they.invite("call");
  they.leg.local_description(answer, t0);
  const auto effects = they.leg.peer_failed(PeerFailure::Fingerprint, "", t0);
  g_assert_true(reports<ParticipantTrouble>(effects).size() == 1);
  g_assert_true(reports<FeedAdded>(effects).empty());
}

void reports_a_new_name() {
  Caller they;
  they.leg.listed(entry, "Ann", t0);
  const auto changed = reports<ParticipantChanged>(they.leg.listed(entry, "Anna", t0));
  g_assert_true(changed.at(0).participant.display_name == "Anna");
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/mesh_leg/" #name, name)
  TEST(calls_a_device_of_a_higher_id_as_soon_as_it_is_listed);
  TEST(offers_a_section_more_to_somebody_who_shares_their_screen);
  TEST(waits_for_the_call_of_a_lower_id_and_answers_it);
  TEST(tells_who_does_not_call_once);
  TEST(prepares_for_a_caller_without_an_entry_and_says_nothing);
  TEST(forgets_who_never_gets_an_entry);
  TEST(answers_even_if_the_preparation_failed);
  TEST(shows_feeds_once_the_connection_is_verified);
  TEST(calls_again_three_times_then_seldom);
  TEST(begins_to_count_anew_after_ten_seconds_of_connection);
  TEST(calls_again_when_an_entry_that_was_given_up_is_renewed);
  TEST(calls_again_at_once_when_new_ice_credentials_were_asked_for);
  TEST(offers_more_sections_after_an_answer_that_was_an_offer);
  TEST(ends_the_call_when_a_message_is_lost_and_leaves_no_hole);
  TEST(takes_the_lower_of_two_calls_in_glare);
  TEST(follows_a_caller_who_calls_anew_and_keeps_the_feeds);
  TEST(does_not_answer_an_invite_whose_hangup_came_before_it);
  TEST(removes_feeds_at_once_after_a_farewell);
  TEST(keeps_feeds_for_fifteen_seconds_after_a_loss_but_not_after_silence);
  TEST(closes_two_seconds_after_the_entry_is_gone);
  TEST(goes_on_if_the_entry_comes_back_in_time);
  TEST(keeps_a_connected_peer_whose_entry_lapses_until_it_is_lost);
  TEST(reports_a_fingerprint_that_does_not_match_at_once);
  TEST(reports_a_new_name);
  return g_test_run();
}
