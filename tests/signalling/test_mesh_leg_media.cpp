/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "tests/signalling/leg_fixture.h"

/* Tracks that come and go in a running call, ours and theirs. */
using namespace leg;

namespace {

const std::vector<LocalSource> camera{{TrackSource::Camera, false}};
const std::vector<LocalSource> camera_and_screen{{TrackSource::Camera, false},
                                                 {TrackSource::Screen, false}};

std::vector<rtc::RemoteTrack> with(std::vector<rtc::RemoteTrack> more) {
  auto all = tracks;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Negotiate negotiate(StreamMetadataMap streams) {
  return {offer, 60s, std::move(streams)};
}

std::vector<FeedKind> added(const Effects& effects) {
  std::vector<FeedKind> kinds;
  for (const auto& feed : reports<FeedAdded>(effects)) kinds.push_back(feed.id.kind);
  return kinds;
}

void offers_a_new_track_and_tells_of_mutes() {
  Callee they;
  they.connected();
  they.media.set_tracks(camera);
  const auto effects = they.leg.media_changed(t0);
  g_assert_true(pick<SetLocalTracks>(effects).size() == 1);
  g_assert_true(pick<CreateOffer>(effects).size() == 1);
  const auto negotiates = sent<Negotiate>(they.leg.local_description(offer, t0));
  g_assert_true(negotiates.size() == 1);
  g_assert_false(negotiates[0].streams->begin()->second.video_muted);
  g_assert_true(they.leg.announce().empty());
  they.media.set_muted(TrackSource::Camera, true);
  g_assert_true(sent<MetadataChanged>(they.leg.announce()).size() == 1);
}

/* Fails twice to renegotiate with somebody of whom we are the caller. */
void calls_anew_whoever_does_not_answer_later_offers() {
  Callee they;
  Time now = t0;
  they.connected(now);
  for (int i = 0; i < 2; i++) {
    they.media.set_tracks(i == 0 ? camera : camera_and_screen);
    g_assert_true(pick<CreateOffer>(they.leg.media_changed(now)).size() == 1);
    they.leg.local_description(offer, now);
    now += 60s;
    g_assert_true(
        (sent<Hangup>(they.leg.on_timeout(now)) == std::vector<Hangup>{{"signalling_timeout"}}));
    now = *they.leg.next_deadline();
    they.leg.on_timeout(now);
    they.receive(they.answer_offer(now), 0, Answer{answer, {}}, now);
    they.connect(now);
    now += 10s;
  }
  they.media.set_tracks(camera); /* what is less needs no call */
  g_assert_true(they.leg.media_changed(now).empty());
  they.media.set_tracks(camera_and_screen);
  they.leg.media_changed(now);
  they.media.set_tracks({{TrackSource::Microphone, false}});
  const auto effects = they.leg.media_changed(now);
  g_assert_true((sent<Hangup>(effects) == std::vector<Hangup>{{"unknown_error"}}));
  g_assert_true(pick<CreateOffer>(they.leg.on_timeout(*they.leg.next_deadline())).size() == 1);
}

void says_once_that_a_caller_does_not_answer_later_offers() {
  Caller they;
  Time now = t0;
  they.media.set_tracks(camera);
  for (const char* call_id : {"one", "two"}) {
    they.leg.listed(entry, "Ann", now);
    they.invite(call_id, now);
    they.leg.local_description(answer, now);
    g_assert_true(pick<CreateOffer>(they.connect(now)).size() == 1);
    they.leg.local_description(offer, now);
    now += 60s;
    they.leg.on_timeout(now);
  }
  for (const unsigned expected : {1U, 0U}) {
    they.invite(expected ? "three" : "four", now);
    they.leg.local_description(answer, now);
    const auto effects = they.connect(now);
    g_assert_true(pick<CreateOffer>(effects).empty());
    g_assert_cmpuint(reports<ParticipantTrouble>(effects).size(), ==, expected);
  }
}

/* Its SDP goes on naming the first share's stream, its metadata name the new one. */
void shows_the_second_screenshare_of_matrix_js_sdk() {
  Caller they;
  they.connected();
  const StreamMetadata usermedia{Purpose::Usermedia, false, false};
  const StreamMetadata share{Purpose::Screenshare, true, false};
  they.receive("call", 1, MetadataChanged{{{"stream", usermedia}}});
  std::int64_t seq = 2;
  for (const char* id : {"share-1", "share-2"}) {
    they.receive("call", seq++, negotiate({{"stream", usermedia}, {id, share}}));
    const auto starts =
        they.leg.remote_tracks(with({{"2", rtc::MediaKind::Video, "share-1", true}}), t0);
    g_assert_true(added(starts) == std::vector<FeedKind>{FeedKind::Screen});
    g_assert_false(reports<FeedAdded>(starts)[0].muted);
    they.leg.local_description(answer, t0);
    they.receive("call", seq++, negotiate({{"stream", usermedia}}));
    const auto stops =
        they.leg.remote_tracks(with({{"2", rtc::MediaKind::Video, "share-1", false}}), t0);
    g_assert_true(reports<FeedRemoved>(stops).size() == 1);
    they.leg.local_description(answer, t0);
  }
}

/* The stream keeps its id; the metadata come before the SDP or after it. */
void follows_hydrogen_removing_a_track_and_adding_it_again() {
  Caller they;
  they.connected();
  const StreamMetadataMap off{{"stream", {Purpose::Usermedia, false, true}}};
  const StreamMetadataMap on{{"stream", {Purpose::Usermedia, false, false}}};
  auto without = tracks;
  without[1].sending = false;
  std::int64_t seq = 1;
  for (const bool metadata_first : {true, false}) {
    const auto change = [&](const StreamMetadataMap& streams, const auto& sections) {
      Effects effects;
      if (metadata_first) effects = they.receive("call", seq++, MetadataChanged{streams});
      append(effects, they.receive("call", seq++, negotiate(streams)));
      append(effects, they.leg.remote_tracks(sections, t0));
      they.leg.local_description(answer, t0);
      if (!metadata_first) append(effects, they.receive("call", seq++, MetadataChanged{streams}));
      return effects;
    };
    const auto goes = reports<FeedRemoved>(change(off, without));
    g_assert_true(goes.size() == 1 && goes[0].id.kind == FeedKind::Video);
    const auto comes = reports<FeedAdded>(change(on, tracks));
    g_assert_true(comes.size() == 1 && comes[0].id == goes[0].id && !comes[0].muted);
  }
}

/* Hydrogen never lists a share that it starts in a running call. */
void answers_an_offer_with_a_stream_that_is_not_listed() {
  Caller they;
  they.connected();
  they.receive("call", 1, negotiate({{"stream", {}}}));
  const auto effects =
      they.leg.remote_tracks(with({{"2", rtc::MediaKind::Video, "unlisted", true}}), t0);
  g_assert_true(added(effects).empty());
  g_assert_true(sent<Negotiate>(they.leg.local_description(answer, t0)).size() == 1);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/mesh_leg_media/" #name, name)
  TEST(offers_a_new_track_and_tells_of_mutes);
  TEST(calls_anew_whoever_does_not_answer_later_offers);
  TEST(says_once_that_a_caller_does_not_answer_later_offers);
  TEST(shows_the_second_screenshare_of_matrix_js_sdk);
  TEST(follows_hydrogen_removing_a_track_and_adding_it_again);
  TEST(answers_an_offer_with_a_stream_that_is_not_listed);
  return g_test_run();
}
