/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/feed_fixture.h"

#include <gst/check/gstcheck.h>

/* What a feed says of itself, and when. */
namespace {

using media::Activity;
using test::audio;
using test::make_caps;
using test::Receiver;
using test::Stage;
using test::video;

media::Feed::Settings of_alice(media::Feed::Settings settings) {
  settings.news.user_id = "@alice:x";
  settings.news.display_name = "Alice";
  return settings;
}

struct Running {
  explicit Running(media::Feed::Settings settings) : stage(of_alice(std::move(settings))) {
    receiver.note_activities();
    stage.link(receiver);
    stage.feed->start();
  }
  ~Running() { gst_pad_set_active(stage.pad.get(), FALSE); }
  Receiver receiver;
  Stage stage;
};

void expect(Receiver& receiver, const char* expected) {
  const std::string text = receiver.text();
  assert_equals_string(text.c_str(), expected);
}

GST_START_TEST(announces_between_the_last_buffer_before_and_the_first_after) {
  Running run(audio());
  run.stage.feed->set_caps(make_caps("audio/x-opus").get());
  run.stage.feed->note_packet();
  run.stage.push(0);
  fail_unless(run.stage.wait_for(Activity::Active));
  run.stage.feed->set_muted(true);
  run.stage.push(20);
  fail_unless(run.stage.wait_for(Activity::Muted));
  run.stage.feed->end("left");
  fail_unless(run.stage.wait_until_ended());
  const std::string text = run.receiver.text();
  fail_unless(text.starts_with("stream-start, caps audio/x-opus, segment, activity "), "%s",
              text.c_str());
  fail_unless(text.ends_with("activity active, buffer! 0, activity muted, buffer 20, "
                             "activity ended, eos"),
              "%s", text.c_str());
}
GST_END_TEST;

GST_START_TEST(says_whose_feed_it_is_and_when_it_changed) {
  Running run(video());
  fail_unless(run.stage.wait_for(Activity::Idle));
  run.stage.advance(500);
  run.stage.feed->note_packet();
  fail_unless(run.stage.wait_for(Activity::Active));
  run.stage.feed->end("new-session");
  fail_unless(run.stage.wait_until_ended());
  const auto news = run.stage.news();
  assert_equals_int(news.size(), 3);
  for (const auto& each : news) {
    fail_unless(each.user_id == "@alice:x" && each.display_name == "Alice");
    fail_unless(each.utc > 0);
  }
  assert_equals_uint64(news[0].running_time, 0);
  assert_equals_uint64(news[1].running_time, 500 * GST_MSECOND);
  fail_unless(news[1].reason.empty() && news[2].reason == "new-session");
  fail_unless(news[2].activity == Activity::Ended);
}
GST_END_TEST;

GST_START_TEST(stalls_after_a_while_without_packets) {
  auto settings = audio();
  settings.stall_timeout = GST_SECOND;
  Running run(std::move(settings));
  run.stage.feed->note_packet();
  fail_unless(run.stage.wait_for(Activity::Active));
  run.stage.advance(900);
  fail_unless(run.stage.news().back().activity == Activity::Active);
  run.stage.advance(1300);
  fail_unless(run.stage.wait_for(Activity::Stalled));
  run.stage.feed->note_packet();
  fail_unless(run.stage.wait_for(Activity::Active));
}
GST_END_TEST;

GST_START_TEST(says_what_is_new_of_the_participant) {
  Running run(audio());
  fail_unless(run.stage.wait_for(Activity::Idle));
  media::ActivityNews renamed;
  renamed.display_name = "Alice B.";
  renamed.muted = true; /* is not asked here */
  run.stage.feed->describe(renamed);
  fail_unless(test::eventually([&] { return run.stage.news().size() == 2; }));
  fail_unless(run.stage.news().back().display_name == "Alice B.");
  fail_if(run.stage.news().back().muted);
  run.stage.feed->describe(renamed);
  run.stage.feed->set_muted(false);
  run.stage.feed->end("left");
  fail_unless(run.stage.wait_until_ended());
  assert_equals_int(run.stage.news().size(), 3);
}
GST_END_TEST;

GST_START_TEST(is_muted_from_the_start) {
  auto settings = video();
  settings.news.muted = true;
  Running run(std::move(settings));
  fail_unless(run.stage.wait_for(Activity::Muted));
  assert_equals_int(run.stage.news().size(), 1);
  fail_if(run.stage.feed->wanted());
  run.stage.feed->set_muted(false);
  fail_unless(run.stage.wait_for(Activity::Idle));
  fail_unless(run.stage.feed->wanted());
}
GST_END_TEST;

GST_START_TEST(speaks_also_while_nobody_is_linked) {
  Stage stage(of_alice(audio()));
  stage.feed->start();
  stage.feed->set_muted(true);
  fail_unless(stage.wait_for(Activity::Muted));
  Receiver receiver;
  receiver.note_activities();
  stage.link(receiver);
  stage.feed->set_caps(make_caps("audio/x-opus").get());
  fail_unless(receiver.wait_for("activity muted"));
  expect(receiver, "stream-start, caps audio/x-opus, segment, activity muted");
}
GST_END_TEST;

Suite* feed_news_suite() {
  Suite* suite = suite_create("feed_news");
  TCase* general = tcase_create("general");
  suite_add_tcase(suite, general);
  tcase_add_test(general, announces_between_the_last_buffer_before_and_the_first_after);
  tcase_add_test(general, says_whose_feed_it_is_and_when_it_changed);
  tcase_add_test(general, stalls_after_a_while_without_packets);
  tcase_add_test(general, says_what_is_new_of_the_participant);
  tcase_add_test(general, is_muted_from_the_start);
  tcase_add_test(general, speaks_also_while_nobody_is_linked);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(feed_news)
