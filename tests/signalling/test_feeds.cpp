/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/feeds.h"

#include <glib.h>

#include "tests/signalling/pick.h"

using namespace matrix;
using namespace std::chrono_literals;
using rtc::MediaKind;
using rtc::RemoteTrack;

namespace {

constexpr Time t0 = 1'700'000'000'000ms;
const Participant alice{"@alice:hs", "A", "s1", "Alice"};
const RemoteTrack microphone{"0", MediaKind::Audio, "cam", true};
const RemoteTrack camera{"1", MediaKind::Video, "cam", true};
const RemoteTrack screen{"2", MediaKind::Video, "scr", true};
const RemoteTrack screen_audio{"3", MediaKind::Audio, "scr", true};
const StreamMetadataMap streams{{"cam", {Purpose::Usermedia}}, {"scr", {Purpose::Screenshare}}};

constexpr FeedId audio0{0, FeedKind::Audio};
constexpr FeedId video0{0, FeedKind::Video};
constexpr FeedId screen0{0, FeedKind::Screen};
constexpr FeedId screen_audio0{0, FeedKind::ScreenAudio};

RemoteTrack stopped(RemoteTrack track) {
  track.sending = false;
  return track;
}

void tells_streams_by_what_they_are_for() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  const auto effects = feeds.update(alice, 9, {microphone, camera, screen, screen_audio}, streams);
  g_assert_true((effects == Effects{FeedAdded{audio0, alice, {9, "0"}, "cam", false},
                                    FeedAdded{video0, alice, {9, "1"}, "cam", false},
                                    FeedAdded{screen0, alice, {9, "2"}, "scr", false},
                                    FeedAdded{screen_audio0, alice, {9, "3"}, "scr", false}}));
  g_assert_true(
      feeds.update(alice, 9, {microphone, camera, screen, screen_audio}, streams).empty());
}

void passes_over_what_is_not_wanted() {
  FeedNumbers numbers;
  Feeds feeds(numbers, {FeedKind::Screen});
  g_assert_true(feeds.update(alice, 9, {microphone, camera}, streams).empty());
  g_assert_true((feeds.update(alice, 9, {microphone, camera, screen, screen_audio}, streams) ==
                 Effects{FeedAdded{screen0, alice, {9, "2"}, "scr", false}}));
}

void ignores_a_stream_until_it_is_named_and_one_for_something_else() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  g_assert_true(feeds.update(alice, 9, {microphone}, StreamMetadataMap{}).empty());
  g_assert_true(feeds.update(alice, 9, {microphone}, {{{"cam", {Purpose::Other}}}}).empty());
  g_assert_true((feeds.update(alice, 9, {microphone}, streams) ==
                 Effects{FeedAdded{audio0, alice, {9, "0"}, "cam", false}}));
}

void tells_how_well_the_sender_is_known_and_when_that_changes() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  g_assert_true(feeds.set_trust(Trust::Unsigned).empty());
  g_assert_true((feeds.update(alice, 9, {microphone}, streams) ==
                 Effects{FeedAdded{audio0, alice, {9, "0"}, "cam", false, Trust::Unsigned}}));
  g_assert_true(feeds.set_trust(Trust::Unsigned).empty());
  g_assert_true((feeds.set_trust(Trust::Signed) == Effects{FeedTrusted{audio0, Trust::Signed}}));
}

void takes_the_first_stream_of_a_peer_that_names_none() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  g_assert_true((feeds.update(alice, 9, {microphone, screen, camera}, std::nullopt) ==
                 Effects{FeedAdded{audio0, alice, {9, "0"}, "cam", false},
                         FeedAdded{video0, alice, {9, "1"}, "cam", false}}));
}

void takes_the_first_of_two_sections_for_one_purpose() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  RemoteTrack second = camera;
  second.mid = "5";
  g_assert_true((feeds.update(alice, 9, {camera, second}, streams) ==
                 Effects{FeedAdded{video0, alice, {9, "1"}, "cam", false}}));
}

void says_what_is_muted_for_each_kind() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  StreamMetadataMap muted{{"cam", {Purpose::Usermedia, true, false}}};
  g_assert_true((feeds.update(alice, 9, {microphone, camera}, muted) ==
                 Effects{FeedAdded{audio0, alice, {9, "0"}, "cam", true},
                         FeedAdded{video0, alice, {9, "1"}, "cam", false}}));
  muted = {{"cam", {Purpose::Usermedia, false, true}}};
  g_assert_true((feeds.update(alice, 9, {microphone, camera}, muted) ==
                 Effects{FeedMuted{audio0, false}, FeedMuted{video0, true}}));
}

void ends_the_feed_of_a_track_that_stops_and_reuses_the_participants_number() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  feeds.update(alice, 9, {microphone, camera, screen}, streams);
  g_assert_true((feeds.update(alice, 9, {microphone, camera, stopped(screen)}, streams) ==
                 Effects{FeedRemoved{screen0, "track-removed"}}));
  g_assert_true((feeds.update(alice, 9, {microphone, camera, screen}, streams) ==
                 Effects{FeedAdded{screen0, alice, {9, "2"}, "scr", false}}));
  feeds.update(alice, 9, {}, streams);
  g_assert_true((feeds.update(alice, 9, {camera}, streams) ==
                 Effects{FeedAdded{video0, alice, {9, "1"}, "cam", false}}));
}

void keeps_feeds_over_a_lost_connection() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  feeds.update(alice, 9, {microphone, camera}, streams);
  g_assert_true((feeds.lost(t0) == Effects{FeedMoved{audio0, {}}, FeedMoved{video0, {}}}));
  g_assert_true(feeds.lost(t0 + 5s).empty());
  g_assert_true(feeds.next_deadline() == t0 + 15s);
  RemoteTrack elsewhere = microphone;
  elsewhere.mid = "7";
  g_assert_true(
      (feeds.update(alice, 10, {elsewhere}, streams) == Effects{FeedMoved{audio0, {10, "7"}}}));
  /* What has not come back may still do so by a renegotiation, until the time is over. */
  g_assert_true((feeds.update(alice, 10, {elsewhere, camera}, streams) ==
                 Effects{FeedMoved{video0, {10, "1"}}}));
  g_assert_false(feeds.next_deadline().has_value());
}

void gives_up_what_does_not_come_back() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  feeds.update(alice, 9, {microphone, camera}, streams);
  feeds.lost(t0);
  feeds.update(alice, 10, {microphone}, streams);
  g_assert_true(feeds.on_timeout(t0 + 15s - 1ms).empty());
  g_assert_true((feeds.on_timeout(t0 + 15s) == Effects{FeedRemoved{video0, "track-removed"}}));
  g_assert_true((feeds.update(alice, 10, {microphone, camera}, streams) ==
                 Effects{FeedAdded{video0, alice, {10, "1"}, "cam", false}}));
}

void counts_the_time_from_the_latest_loss() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  feeds.update(alice, 9, {microphone, camera}, streams);
  feeds.lost(t0);
  feeds.update(alice, 10, {microphone}, streams);
  feeds.lost(t0 + 10s);
  g_assert_true(feeds.next_deadline() == t0 + 25s);
}

void takes_a_new_number_after_all_were_lost_or_removed() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  feeds.update(alice, 9, {microphone}, streams);
  feeds.lost(t0);
  g_assert_true((feeds.on_timeout(t0 + 15s) == Effects{FeedRemoved{audio0, "lost"}}));
  const FeedId audio1{1, FeedKind::Audio};
  g_assert_true((feeds.update(alice, 10, {microphone}, streams) ==
                 Effects{FeedAdded{audio1, alice, {10, "0"}, "cam", false}}));
  g_assert_true((feeds.remove("hangup") == Effects{FeedRemoved{audio1, "hangup"}}));
  g_assert_true(feeds.remove("hangup").empty());
  g_assert_cmpuint(numbers.next(), ==, 2);
}

void takes_no_number_before_there_is_a_feed() {
  FeedNumbers numbers;
  Feeds feeds(numbers);
  feeds.update(alice, 9, {stopped(microphone)}, streams);
  g_assert_true(feeds.lost(t0).empty());
  g_assert_cmpuint(numbers.next(), ==, 0);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/feeds/" #name, name)
  TEST(tells_streams_by_what_they_are_for);
  TEST(passes_over_what_is_not_wanted);
  TEST(ignores_a_stream_until_it_is_named_and_one_for_something_else);
  TEST(tells_how_well_the_sender_is_known_and_when_that_changes);
  TEST(takes_the_first_stream_of_a_peer_that_names_none);
  TEST(takes_the_first_of_two_sections_for_one_purpose);
  TEST(says_what_is_muted_for_each_kind);
  TEST(ends_the_feed_of_a_track_that_stops_and_reuses_the_participants_number);
  TEST(keeps_feeds_over_a_lost_connection);
  TEST(gives_up_what_does_not_come_back);
  TEST(counts_the_time_from_the_latest_loss);
  TEST(takes_a_new_number_after_all_were_lost_or_removed);
  TEST(takes_no_number_before_there_is_a_feed);
  return g_test_run();
}
