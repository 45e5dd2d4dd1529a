/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/transport_fixture.h"

#include <dirent.h>

#include <thread>

#include <gst/check/gstcheck.h>

/* What one track, one peer or one call must not do to another, and what is left of it. */
namespace {

using rtc::PeerFailure;
using test::Call;
using test::eventually;
using test::RecordingFeed;
using namespace std::chrono_literals;
using Form = media::FeedInput::Form;

struct Stage {
  explicit Stage(media::Transport::Settings settings = {})
      : transport(std::make_unique<media::Transport>(loop, settings)) {}

  rtc::Loop loop;
  std::unique_ptr<media::Transport> transport;
};

std::shared_ptr<RecordingFeed> make_feed() {
  return std::make_shared<RecordingFeed>(Form::Encoded);
}

bool goes_on(const RecordingFeed& feed, size_t count = 50) {
  const size_t before = feed.count();
  return eventually([&] { return feed.count() >= before + count; });
}

unsigned entries(const char* folder) {
  unsigned count = 0;
  DIR* dir = opendir(folder);
  while (readdir(dir)) count++;
  closedir(dir);
  return count;
}

unsigned descriptors() {
  return entries("/proc/self/fd");
}
unsigned threads() {
  return entries("/proc/self/task");
}

}  // namespace

GST_START_TEST(lets_other_tracks_and_peers_go_on_while_a_feed_blocks) {
  Stage stage;
  auto audio = make_feed();
  auto video = make_feed();
  auto other_audio = make_feed();
  video->block();
  Call call(stage.loop, *stage.transport, 1,
            {.caller = Call::Caller::Peer, .audio = audio, .video = video});
  Call other(stage.loop, *stage.transport, 2, {.caller = Call::Caller::We, .audio = other_audio});
  fail_unless(eventually([&] { return video->holds(); }));
  fail_unless(goes_on(*audio));
  fail_unless(goes_on(*other_audio));
  /* RTCP goes on as well. */
  const unsigned received = call.peer().received();
  fail_unless(eventually([&] { return call.peer().received() >= received + 2; }));
  video->release();
  fail_unless(goes_on(*video, 30));
  fail_if(call.failure());
}
GST_END_TEST

GST_START_TEST(closes_a_peer_at_once_while_a_feed_of_it_blocks) {
  Stage stage;
  auto video = make_feed();
  auto other_audio = make_feed();
  video->block();
  {
    Call call(stage.loop, *stage.transport, 1, {.caller = Call::Caller::Peer, .video = video});
    Call other(stage.loop, *stage.transport, 2,
               {.caller = Call::Caller::Peer, .audio = other_audio});
    fail_unless(eventually([&] { return video->holds(); }));
    const gint64 before = g_get_monotonic_time();
    call.close_ours();
    fail_unless(g_get_monotonic_time() - before < G_TIME_SPAN_SECOND);
    fail_if(video->is_connected());
    fail_unless(goes_on(*other_audio));
    /* The peer heard nothing since, while the other one got its reports. */
    const unsigned received = call.peer().received();
    const unsigned other_received = other.peer().received();
    fail_unless(eventually([&] { return other.peer().received() >= other_received + 2; }));
    fail_unless_equals_int(call.peer().received(), received);
  }
  /* The transport waits for the feed, and for nothing else. */
  std::atomic<bool> gone = false;
  std::thread destroyer([&] {
    stage.transport.reset();
    gone = true;
  });
  fail_unless(video->holds());
  fail_if(gone);
  const size_t count = video->count();
  video->release();
  fail_unless(eventually([&] { return gone.load(); }));
  destroyer.join();
  fail_unless(video->count() <= count + 1);
}
GST_END_TEST

GST_START_TEST(notices_a_peer_that_falls_silent) {
  Stage stage({.dead_after = 1500ms});
  auto audio = make_feed();
  Call call(stage.loop, *stage.transport, 1, {.caller = Call::Caller::Peer, .audio = audio});
  fail_unless(goes_on(*audio, 100));
  fail_if(call.failure());
  call.peer().vanish();
  fail_unless(eventually([&] { return call.failure() == PeerFailure::Dead; }, 5s));
}
GST_END_TEST

GST_START_TEST(forgives_silence_while_it_is_suspended) {
  Stage stage({.dead_after = 1000ms});
  auto audio = make_feed();
  auto other_audio = make_feed();
  stage.loop.run_sync([&] { stage.transport->set_watchdog_suspended(true); });
  Call call(stage.loop, *stage.transport, 1, {.caller = Call::Caller::Peer, .audio = audio});
  Call other(stage.loop, *stage.transport, 2, {.caller = Call::Caller::Peer, .audio = other_audio});
  fail_unless(goes_on(*audio, 20));
  call.peer().vanish();
  fail_unless(goes_on(*other_audio, 150)); /* 3 s */
  fail_if(call.failure());
  stage.loop.run_sync([&] { stage.transport->set_watchdog_suspended(false); });
  fail_unless(eventually([&] { return call.failure() == PeerFailure::Dead; }, 5s));
}
GST_END_TEST

GST_START_TEST(leaves_nothing_behind_whenever_a_peer_is_removed) {
  Stage stage;
  g_autoptr(GRand) random = g_rand_new_with_seed(7);
  unsigned before_descriptors = 0;
  unsigned before_threads = 0;
  constexpr unsigned rounds = 50;
  constexpr unsigned warm_up = 10;
  for (unsigned i = 0; i < warm_up + rounds; ++i) {
    if (i == warm_up) {
      before_descriptors = descriptors();
      before_threads = threads();
    }
    auto audio = make_feed();
    Call call(stage.loop, *stage.transport, i,
              {.caller = i % 2 ? Call::Caller::We : Call::Caller::Peer,
               .media = {.video = i % 3 == 0},
               .bind = Call::Options::Bind::WhenDescribed,
               .audio = audio});
    /* Some moment of 0 to 400 ms. */
    const gint64 end = g_get_monotonic_time() + g_rand_int_range(random, 0, 400000);
    eventually([&] { return g_get_monotonic_time() >= end; });
  }
  fail_unless(eventually([&] { return threads() <= before_threads; }), "%u threads, then %u",
              before_threads, threads());
  fail_unless(eventually([&] { return descriptors() <= before_descriptors; }),
              "%u descriptors, then %u", before_descriptors, descriptors());
}
GST_END_TEST

static Suite* transport_isolation_suite() {
  Suite* suite = suite_create("transport_isolation");
  TCase* tests = tcase_create("transport_isolation");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, lets_other_tracks_and_peers_go_on_while_a_feed_blocks);
  tcase_add_test(tests, closes_a_peer_at_once_while_a_feed_of_it_blocks);
  tcase_add_test(tests, notices_a_peer_that_falls_silent);
  tcase_add_test(tests, forgives_silence_while_it_is_suspended);
  tcase_add_test(tests, leaves_nothing_behind_whenever_a_peer_is_removed);
  return suite;
}

GST_CHECK_MAIN(transport_isolation)
