/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/pair_fixture.h"

#include <gst/check/gstcheck.h>

namespace {

using rtc::MediaKind;
using rtc::TrackSource;
using test::End;
using test::Playing;

/* Media comes in real time, so a machine that is busy needs longer. */
bool eventually(const std::function<bool()>& condition) {
  return test::eventually(condition, std::chrono::seconds(40));
}

/* Two transports that talk to each other. */
struct Pair {
  Pair() {
    ours.connect_to(theirs);
    theirs.connect_to(ours);
  }
  rtc::Loop loop;
  End ours{loop, 1, "ours"};
  End theirs{loop, 2, "theirs"};
};

bool arrive(const End& end, MediaKind kind, unsigned index, unsigned more) {
  const unsigned before = end.frames(kind, index);
  return eventually([&] { return end.frames(kind, index) >= before + more; });
}

void send_both(End& caller, Pair& pair) {
  const auto camera = pair.ours.add_sender(TrackSource::Camera);
  const auto microphone = pair.ours.add_sender(TrackSource::Microphone);
  const Playing video(pair.ours.transport(), camera, test::test_video);
  const Playing audio(pair.ours.transport(), microphone, test::test_audio);
  pair.ours.set_tracks({TrackSource::Microphone, TrackSource::Camera});
  caller.offer();
  fail_unless(arrive(pair.theirs, MediaKind::Video, 0, 15));
  fail_unless(arrive(pair.theirs, MediaKind::Audio, 0, 25));
  fail_unless_equals_int(pair.theirs.tracks().size(), 2);
  for (const auto& track : pair.theirs.tracks())
    fail_unless_equals_string(track.stream_id.c_str(), "ours");
  fail_if(pair.theirs.feed(MediaKind::Video)->buffers().front().is_delta);
  fail_if(pair.ours.failure() || pair.theirs.failure());
}

}  // namespace

GST_START_TEST(what_it_offers_arrives) {
  Pair pair;
  send_both(pair.ours, pair);
}
GST_END_TEST

GST_START_TEST(what_it_answers_arrives) {
  Pair pair;
  send_both(pair.theirs, pair);
}
GST_END_TEST

GST_START_TEST(what_it_starts_later_arrives_though_it_answered_without) {
  Pair pair;
  const auto their_camera = pair.theirs.add_sender(TrackSource::Camera);
  const auto camera = pair.ours.add_sender(TrackSource::Camera);
  const Playing theirs(pair.theirs.transport(), their_camera, test::test_video);
  const Playing video(pair.ours.transport(), camera, test::test_video);
  pair.theirs.set_tracks({TrackSource::Camera});
  pair.theirs.offer();
  fail_unless(arrive(pair.ours, MediaKind::Video, 0, 10));

  pair.ours.set_tracks({TrackSource::Camera});
  pair.ours.offer();
  fail_unless(arrive(pair.theirs, MediaKind::Video, 1, 10));
  const auto seen = *pair.theirs.track(MediaKind::Video, 1);
  fail_unless_equals_string(seen.stream_id.c_str(), "ours");
  fail_unless(arrive(pair.ours, MediaKind::Video, 0, 10));
  fail_if(pair.ours.failure() || pair.theirs.failure());
}
GST_END_TEST

GST_START_TEST(a_screen_comes_and_goes_and_comes_back_on_its_section) {
  Pair pair;
  const auto camera = pair.ours.add_sender(TrackSource::Camera);
  const auto screen = pair.ours.add_sender(TrackSource::Screen);
  const Playing video(pair.ours.transport(), camera, test::test_video);
  const Playing shared(pair.ours.transport(), screen, test::test_video);
  pair.ours.set_tracks({TrackSource::Camera});
  pair.ours.offer();
  fail_unless(arrive(pair.theirs, MediaKind::Video, 0, 10));

  pair.ours.set_tracks({TrackSource::Camera, TrackSource::Screen});
  pair.ours.offer();
  fail_unless(eventually([&] { return pair.theirs.frames(MediaKind::Video, 1) >= 10; }));
  const auto shown = *pair.theirs.track(MediaKind::Video, 1);
  fail_unless_equals_string(shown.stream_id.c_str(), "ours-screen");

  pair.ours.set_tracks({TrackSource::Camera});
  pair.ours.offer();
  fail_unless(eventually([&] { return !pair.theirs.track(MediaKind::Video, 1)->sending; }));
  fail_unless(arrive(pair.theirs, MediaKind::Video, 0, 10));

  const unsigned before = pair.theirs.frames(MediaKind::Video, 1);
  pair.ours.set_tracks({TrackSource::Camera, TrackSource::Screen});
  pair.ours.offer();
  fail_unless(eventually([&] { return pair.theirs.frames(MediaKind::Video, 1) >= before + 10; }));
  fail_unless(*pair.theirs.track(MediaKind::Video, 1) == shown);
  fail_unless_equals_int(pair.theirs.tracks().size(), 3);
  fail_if(pair.ours.failure() || pair.theirs.failure());
}
GST_END_TEST

GST_START_TEST(an_offer_of_the_peers_takes_the_place_of_ours) {
  Pair pair;
  const auto camera = pair.ours.add_sender(TrackSource::Camera);
  const auto screen = pair.ours.add_sender(TrackSource::Screen);
  const auto their_screen = pair.theirs.add_sender(TrackSource::Screen);
  const Playing video(pair.ours.transport(), camera, test::test_video);
  const Playing shared(pair.ours.transport(), screen, test::test_video);
  const Playing theirs(pair.theirs.transport(), their_screen, test::test_video);
  pair.ours.set_tracks({TrackSource::Camera});
  pair.ours.offer();
  fail_unless(arrive(pair.theirs, MediaKind::Video, 0, 10));

  /* Both share at once; they ignore our offer, we answer theirs. */
  pair.theirs.hold_descriptions();
  pair.ours.hold_descriptions();
  pair.ours.set_tracks({TrackSource::Camera, TrackSource::Screen});
  pair.theirs.set_tracks({TrackSource::Screen});
  const auto described = pair.ours.descriptions().size() + pair.theirs.descriptions().size();
  pair.ours.offer();
  pair.theirs.offer();
  fail_unless(eventually([&] {
    return pair.ours.descriptions().size() + pair.theirs.descriptions().size() == described + 2;
  }));
  pair.theirs.lose_descriptions();
  pair.ours.deliver();
  fail_unless(eventually([&] { return pair.ours.frames(MediaKind::Video, 1) >= 10; }));
  pair.ours.offer();
  fail_unless(eventually([&] { return pair.theirs.frames(MediaKind::Video, 1) >= 10; }));
  fail_unless(arrive(pair.theirs, MediaKind::Video, 0, 10));
  fail_if(pair.ours.failure() || pair.theirs.failure());
}
GST_END_TEST

static Suite* outgoing_suite() {
  Suite* suite = suite_create("outgoing");
  TCase* tests = tcase_create("outgoing");
  tcase_set_timeout(tests, 150);
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, what_it_offers_arrives);
  tcase_add_test(tests, what_it_answers_arrives);
  tcase_add_test(tests, what_it_starts_later_arrives_though_it_answered_without);
  tcase_add_test(tests, a_screen_comes_and_goes_and_comes_back_on_its_section);
  tcase_add_test(tests, an_offer_of_the_peers_takes_the_place_of_ours);
  return suite;
}

GST_CHECK_MAIN(outgoing)
