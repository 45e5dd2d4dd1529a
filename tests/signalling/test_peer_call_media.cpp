/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "signalling/core/peer_call.h"
#include "tests/signalling/pick.h"

/* What a call makes of our tracks. */
using namespace matrix;
using namespace std::chrono_literals;
using Cause = PeerCall::Cause;
using Type = SessionDescription::Type;

namespace {

constexpr Time t0 = 1'700'000'000'000ms;
constexpr rtc::PeerId peer = 7;
const SessionDescription offer{Type::Offer, "v=0 offer"};
const SessionDescription answer{Type::Answer, "v=0 answer"};
const SessionDescription our_offer{Type::Offer, "v=0 our offer"};
const LocalSource microphone{TrackSource::Microphone, false};
const LocalSource camera{TrackSource::Camera, false};
const LocalSource screen{TrackSource::Screen, false};
const std::vector<rtc::LocalTrack> microphone_track{{TrackSource::Microphone, "s"}};
const std::vector<rtc::LocalTrack> both_tracks{{TrackSource::Microphone, "s"},
                                               {TrackSource::Screen, "s-screen"}};

/* Of ours: a microphone, and whatever else is said. */
SessionDescription our_answer(const std::string& more = "") {
  return {Type::Answer, "m=audio 9 x 0\r\na=sendrecv\r\na=msid:s mic\r\n" + more};
}
const char* const screen_section = "m=video 9 x 0\r\na=sendrecv\r\na=msid:s-screen v\r\n";

/* A call in which we send our microphone. */
struct Fixture {
  Fixture() { media.set_tracks({microphone}); }
  CallEffects set_tracks(const std::vector<LocalSource>& tracks) {
    media.set_tracks(tracks);
    return call.media_changed(t0);
  }
  CallEffects negotiate(const SessionDescription& description) {
    return call.receive(Negotiate{description, 60s, {}}, t0);
  }
  LocalMedia media;
  PeerCall call{peer, "s", "US", media};
};
struct Caller : Fixture {
  void connect() {
    call.start({1, 2}, t0);
    call.local_description(our_offer, t0);
    call.receive(Answer{answer, {}}, t0);
    call.peer_state(rtc::PeerState::Connected, t0);
  }
};
struct Callee : Fixture {
  CallEffects connect() {
    call.receive(Invite{offer, 60s, "", {}}, t0);
    call.local_description(our_answer(), t0);
    return call.peer_state(rtc::PeerState::Connected, t0);
  }
};

void describes_its_tracks_from_the_first_description_on() {
  Caller us;
  g_assert_true((us.call.start({1, 1}, t0) == CallEffects{OpenPeer{peer, "s"},
                                                          SetLocalTracks{peer, microphone_track},
                                                          CreateOffer{peer, {1, 1}}}));
  const auto invite = pick<Invite>(pick<Signal>(us.call.local_description(our_offer, t0)));
  g_assert_true(
      (invite.at(0).streams == StreamMetadataMap{{"s", {Purpose::Usermedia, false, true}}}));
  Callee they;
  g_assert_true((they.call.receive(Invite{offer, 60s, "", {}}, t0) ==
                 CallEffects{OpenPeer{peer, "s"}, SetLocalTracks{peer, microphone_track},
                             ApplyRemote{peer, offer}}));
}

void offers_anew_when_a_track_comes_or_goes() {
  Caller us;
  us.connect();
  g_assert_true(us.call.media_changed(t0).empty());
  g_assert_true((us.set_tracks({microphone, screen}) ==
                 CallEffects{SetLocalTracks{peer, both_tracks}, CreateOffer{peer, {1, 2}}}));
  const StreamMetadataMap streams{{"s", {Purpose::Usermedia, false, true}},
                                  {"s-screen", {Purpose::Screenshare, true, false}}};
  g_assert_true((us.call.local_description(our_offer, t0) ==
                 CallEffects{Signal{Negotiate{our_offer, 60s, streams}}}));
  g_assert_true((us.negotiate(answer) == CallEffects{ApplyRemote{peer, answer}}));
  g_assert_true(us.call.has_renegotiated());

  us.set_tracks({microphone});
  const auto effects = us.call.local_description(our_offer, t0);
  const auto goes = pick<Negotiate>(pick<Signal>(effects));
  g_assert_true(
      (goes.at(0).streams->at("s-screen") == StreamMetadata{Purpose::Screenshare, true, true}));
}

void waits_with_changes_until_its_offer_is_answered() {
  Caller us;
  us.connect();
  us.set_tracks({microphone, screen});
  g_assert_true(us.set_tracks({microphone, camera}).empty());
  us.call.local_description(our_offer, t0);
  g_assert_true(us.set_tracks({microphone}).empty());
  g_assert_true((us.negotiate(answer) == CallEffects{ApplyRemote{peer, answer},
                                                     SetLocalTracks{peer, microphone_track},
                                                     CreateOffer{peer, {1, 2}}}));
}

void offers_nothing_before_it_is_connected() {
  Caller us;
  us.call.start({}, t0);
  us.call.local_description(our_offer, t0);
  g_assert_true(us.set_tracks({microphone, screen}).empty());
  us.call.receive(Answer{answer, {}}, t0);
  g_assert_true(us.call.media_changed(t0).empty());
  g_assert_true(pick<CreateOffer>(us.call.peer_state(rtc::PeerState::Connected, t0)).size() == 1);
}

void offers_what_its_answer_had_no_section_for() {
  Callee us;
  us.media.set_tracks({microphone, screen});
  g_assert_true(pick<CreateOffer>(us.connect()).size() == 1);
  Callee fits;
  fits.media.set_tracks({microphone, screen});
  fits.call.receive(Invite{offer, 60s, "", {}}, t0);
  fits.call.local_description(our_answer(screen_section), t0);
  g_assert_true(fits.call.peer_state(rtc::PeerState::Connected, t0).empty());
}

/* A section names our stream, so that clients find one, though nothing is sent in it. */
void takes_no_section_that_only_names_its_stream_for_a_track() {
  Callee us;
  us.media.set_tracks({});
  g_assert_true(pick<CreateOffer>(us.connect()).empty());
  us.negotiate(offer);
  g_assert_true(pick<CreateOffer>(us.call.local_description(our_answer(), t0)).empty());
}

void insists_on_its_offer_as_the_caller() {
  Caller us;
  us.connect();
  us.set_tracks({microphone, screen});
  us.call.local_description(our_offer, t0);
  g_assert_true(us.negotiate(offer).empty());
  g_assert_true((us.negotiate(answer) == CallEffects{ApplyRemote{peer, answer}}));
}

void gives_way_as_the_callee_and_offers_again_what_is_left() {
  Callee us;
  us.connect();
  us.set_tracks({microphone, screen});
  us.call.local_description(our_offer, t0);
  g_assert_true((us.negotiate(offer) == CallEffects{ApplyRemote{peer, offer}}));
  g_assert_true(us.negotiate(answer).empty()); /* to an offer that is void */
  const auto effects = us.call.local_description(our_answer(), t0);
  g_assert_true(pick<Signal>(effects).size() == 1);
  g_assert_true(pick<CreateOffer>(effects).size() == 1);

  Callee fits; /* theirs had a section for it */
  fits.connect();
  fits.set_tracks({microphone, screen});
  fits.call.local_description(our_offer, t0);
  fits.negotiate(offer);
  g_assert_true(
      pick<CreateOffer>(fits.call.local_description(our_answer(screen_section), t0)).empty());
}

void answers_an_offer_that_came_before_its_first_answer() {
  Callee us;
  us.call.receive(Invite{offer, 60s, "", {}}, t0);
  const SessionDescription early{Type::Offer, "v=0 early"};
  g_assert_true(us.negotiate(early).empty());
  const auto effects = us.call.local_description(our_answer(), t0);
  g_assert_true(pick<Answer>(pick<Signal>(effects)).size() == 1);
  g_assert_true((pick<ApplyRemote>(effects) == std::vector<ApplyRemote>{{peer, early}}));
  g_assert_true(pick<Negotiate>(pick<Signal>(us.call.local_description(our_answer(), t0))).size() ==
                1);
}

void ends_when_an_offer_is_not_answered() {
  Caller us;
  us.connect();
  us.set_tracks({});
  us.call.local_description(our_offer, t0);
  g_assert_true(us.call.next_deadline() == t0 + 60s);
  g_assert_true((us.call.on_timeout(t0 + 60s) ==
                 CallEffects{Signal{Hangup{"signalling_timeout"}}, ClosePeer{peer}}));
  g_assert_true(us.call.ending()->cause == Cause::OfferUnanswered);
}

void only_answers_a_peer_that_cannot_do_more() {
  Caller us;
  us.call.only_answer();
  us.connect();
  g_assert_false(us.call.lacks_tracks());
  g_assert_true(us.set_tracks({microphone, screen}).empty());
  g_assert_true(us.call.lacks_tracks());
  g_assert_true(pick<ApplyRemote>(us.negotiate(offer)).size() == 1);
}

void tells_of_a_mute_once() {
  Caller us;
  g_assert_true(us.call.announce().empty());
  us.connect();
  g_assert_true(us.call.announce().empty());
  us.media.set_muted(TrackSource::Microphone, true);
  const Signal muted = MetadataChanged{{{"s", {Purpose::Usermedia, true, true}}}};
  g_assert_true((us.call.announce() == CallEffects{muted}));
  g_assert_true(us.call.announce().empty());
  us.media.set_muted(TrackSource::Microphone, false);
  us.media.set_muted(TrackSource::Microphone, true);
  g_assert_true(us.call.announce().empty());
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/peer_call_media/" #name, name)
  TEST(describes_its_tracks_from_the_first_description_on);
  TEST(offers_anew_when_a_track_comes_or_goes);
  TEST(waits_with_changes_until_its_offer_is_answered);
  TEST(offers_nothing_before_it_is_connected);
  TEST(offers_what_its_answer_had_no_section_for);
  TEST(takes_no_section_that_only_names_its_stream_for_a_track);
  TEST(insists_on_its_offer_as_the_caller);
  TEST(gives_way_as_the_callee_and_offers_again_what_is_left);
  TEST(answers_an_offer_that_came_before_its_first_answer);
  TEST(ends_when_an_offer_is_not_answered);
  TEST(only_answers_a_peer_that_cannot_do_more);
  TEST(tells_of_a_mute_once);
  return g_test_run();
}
