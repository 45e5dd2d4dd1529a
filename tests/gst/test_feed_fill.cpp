/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/feed_fixture.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <thread>

#include <gst/check/gstcheck.h>

/* What a feed sends while it is muted or nothing comes. */
namespace {

using media::Activity;
using media::MutedOutput;
using test::audio;
using test::make_caps;
using test::Receiver;
using test::Stage;
using test::video;

const char* const raw_sound = "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1";
const char* const raw_picture = "video/x-raw,format=I420,width=32,height=16,framerate=0/1";

struct Running {
  Running(media::Feed::Settings settings, const char* caps,
          MutedOutput output = MutedOutput::Fill) {
    settings.muted_output = output;
    stage = std::make_unique<Stage>(std::move(settings), caps);
    stage->feed->set_latency(240 * GST_MSECOND);
    stage->link(receiver);
    stage->feed->start();
    stage->feed->set_caps(make_caps(caps).get());
    if (!receiver.wait_for("segment")) g_error("the feed did not start");
  }
  ~Running() { gst_pad_set_active(stage->pad.get(), FALSE); }

  void push_sound(unsigned ms, unsigned duration_ms = 20) {
    auto buffer =
        test::Buffer::adopt(gst_buffer_new_allocate(nullptr, gsize{duration_ms} * 48 * 2, nullptr));
    gst_buffer_memset(buffer.get(), 0, 1, -1);
    stage->feed->note_packet();
    stage->feed->push(buffer, (ms + 2000) * GST_MSECOND);
  }
  void mute() {
    stage->feed->set_muted(true);
    if (!stage->wait_for(Activity::Muted)) g_error("not muted");
  }
  /* Notes on buffers and gaps. */
  std::string flow() {
    std::string text;
    for (const auto& note : receiver.notes())
      if (note.starts_with("buffer") || note.starts_with("gap")) text += note + ";";
    return text;
  }
  void expect(const char* expected) {
    const std::string got = flow();
    assert_equals_string(got.c_str(), expected);
  }
  bool wait_for_flow(const std::string& end) {
    return test::eventually([&] { return flow().ends_with(end); });
  }

  Receiver receiver;
  std::unique_ptr<Stage> stage;
};

gsize bytes(Receiver& receiver) {
  gsize bytes = 0;
  for (const auto& buffer : receiver.buffers()) bytes += gst_buffer_get_size(buffer.get());
  return bytes;
}

GST_START_TEST(goes_on_with_silence_where_the_sound_ended) {
  Running run(audio(), raw_sound);
  run.push_sound(0);
  run.stage->advance(600);
  run.mute();
  run.stage->advance(800);
  fail_unless(run.wait_for_flow("buffer 560;buffer 580;"), "%s", run.flow().c_str());
  const auto buffers = run.receiver.buffers();
  assert_equals_int(buffers.size(), 30);
  for (size_t i = 0; i < buffers.size(); i++) {
    assert_equals_uint64(GST_BUFFER_PTS(buffers[i].get()), i * 20 * GST_MSECOND);
    assert_equals_int(gst_buffer_get_size(buffers[i].get()), 1920);
    assert_equals_int(GST_BUFFER_FLAG_IS_SET(buffers[i].get(), GST_BUFFER_FLAG_GAP) != 0, i > 0);
  }
}
GST_END_TEST;

GST_START_TEST(a_real_sound_is_cut_and_filled_to_fit) {
  Running run(audio(), raw_sound);
  run.push_sound(0);
  run.mute();
  run.stage->advance(900);
  fail_unless(run.wait_for_flow("buffer 660;buffer 680;"), "%s", run.flow().c_str());
  run.push_sound(665); /* 35 ms of it were covered */
  run.push_sound(685); /* 15 ms of it are */
  run.push_sound(755); /* after a hole of 50, of which 10 stay */
  fail_unless(run.wait_for_flow("buffer 680;buffer 700;buffer 705;buffer 725;buffer 755;"), "%s",
              run.flow().c_str());
  assert_equals_int(bytes(run.receiver), 765 * 48 * 2);
  run.push_sound(855); /* the next one makes up for them */
  assert_equals_int(bytes(run.receiver), 875 * 48 * 2);
}
GST_END_TEST;

GST_START_TEST(fills_holes_of_opus_with_packets) {
  Running run(audio(), "audio/x-opus,channel-mapping-family=0");
  const auto packet = [&](unsigned ms) {
    auto buffer = test::Buffer::adopt(gst_buffer_new_memdup("\xf8\x01", 2));
    run.stage->feed->push(buffer, (ms + 2000) * GST_MSECOND);
  };
  packet(0);
  packet(20);
  packet(80);
  packet(75);
  packet(105);
  run.expect("buffer! 0;buffer 20;buffer 40;buffer 60;buffer 80;buffer 105;");
  const auto filler = run.receiver.buffers().at(2);
  fail_unless(gst_buffer_memcmp(filler.get(), 0, "\xf8\xff\xfe", 3) == 0);
  assert_equals_uint64(GST_BUFFER_DURATION(filler.get()), 20 * GST_MSECOND);
}
GST_END_TEST;

GST_START_TEST(shows_black_pictures_of_the_same_size) {
  Running run(video(), raw_picture);
  run.stage->feed->note_packet();
  auto white = test::Buffer::adopt(gst_buffer_new_allocate(nullptr, 768, nullptr));
  gst_buffer_memset(white.get(), 0, 235, 768);
  run.stage->feed->push(white, 2100 * GST_MSECOND);
  run.stage->advance(300);
  run.mute();
  run.stage->advance(750);
  fail_unless(run.wait_for_flow("buffer 500;"), "%s", run.flow().c_str());
  run.expect("buffer! 100;buffer! 100;buffer 300;buffer 500;");
  const auto black = run.receiver.buffers().at(2);
  assert_equals_int(gst_buffer_get_size(black.get()), 768);
  guint8 luma = 255;
  gst_buffer_extract(black.get(), 0, &luma, 1);
  assert_equals_int(luma, 16);
  assert_equals_uint64(GST_BUFFER_DURATION(black.get()), 200 * GST_MSECOND);
  fail_if(GST_BUFFER_FLAG_IS_SET(black.get(), GST_BUFFER_FLAG_GAP));
}
GST_END_TEST;

GST_START_TEST(video_stops_at_once_and_returns_with_what_was_sent_after_the_mute) {
  Running run(video(), raw_picture);
  run.stage->feed->note_packet();
  run.stage->push(0);
  run.mute();
  fail_if(run.stage->feed->wanted());
  run.stage->push(33);
  run.stage->advance(1000);
  const int rebuilds = run.stage->rebuilds;
  run.stage->feed->set_muted(false);
  fail_unless(run.stage->feed->wanted());
  assert_equals_int(run.stage->rebuilds, rebuilds + 1);
  run.stage->push(900);
  run.stage->push(1000);
  run.stage->push(1033);
  const std::string flow = run.flow();
  fail_unless(flow.find("buffer 33;") == std::string::npos &&
                  flow.find("900;") == std::string::npos &&
                  flow.ends_with("buffer! 1000;buffer 1033;"),
              "%s", flow.c_str());
}
GST_END_TEST;

GST_START_TEST(encoded_video_returns_with_a_key_frame) {
  Running run(video(), "video/x-vp8,width=32,height=16");
  run.stage->feed->note_packet();
  run.stage->push(0);
  run.stage->advance(400);
  run.mute();
  run.stage->advance(2450);
  fail_unless(run.wait_for_flow("buffer 2180;"), "%s", run.flow().c_str());
  run.expect("buffer! 0;buffer! 180;buffer 1180;buffer 2180;");
  const auto black = run.receiver.buffers().at(1);
  fail_if(GST_BUFFER_FLAG_IS_SET(black.get(), GST_BUFFER_FLAG_DELTA_UNIT));
  run.stage->feed->set_muted(false);
  assert_equals_int(run.stage->key_frames_asked, 1);
  run.stage->push(2466, false);
  run.stage->push(2500);
  run.stage->push(2533, false);
  fail_unless(run.wait_for_flow("buffer 2180;buffer! 2500;buffer 2533;"), "%s", run.flow().c_str());
}
GST_END_TEST;

GST_START_TEST(sends_gaps_or_nothing_if_so_told_and_changes_while_it_runs) {
  Running run(audio(), raw_sound, MutedOutput::Gap);
  run.push_sound(0);
  run.mute();
  run.stage->advance(700);
  fail_unless(run.wait_for_flow("gap 440;gap 460;gap 480;"), "%s", run.flow().c_str());
  run.stage->feed->set_muted_output(MutedOutput::Fill);
  run.stage->advance(720);
  fail_unless(run.wait_for_flow("gap 480;buffer 500;"), "%s", run.flow().c_str());
  run.stage->feed->set_muted_output(MutedOutput::None);
  run.push_sound(800);
  fail_unless(run.wait_for_flow("buffer 500;buffer 800;"), "%s", run.flow().c_str());
}
GST_END_TEST;

GST_START_TEST(freezes_the_last_picture) {
  Running run(video(), raw_picture, MutedOutput::Freeze);
  run.stage->feed->note_packet();
  auto white = test::Buffer::adopt(gst_buffer_new_allocate(nullptr, 768, nullptr));
  gst_buffer_memset(white.get(), 0, 235, 768);
  run.stage->feed->push(white, 2000 * GST_MSECOND);
  run.stage->advance(300);
  run.mute();
  run.stage->advance(500);
  fail_unless(run.wait_for_flow("buffer! 80;buffer 280;"), "%s", run.flow().c_str());
  guint8 luma = 0;
  gst_buffer_extract(run.receiver.buffers().back().get(), 0, &luma, 1);
  assert_equals_int(luma, 235);
}
GST_END_TEST;

GST_START_TEST(has_caps_and_fillers_from_the_first_moment_if_muted) {
  for (const bool is_video : {true, false}) {
    Receiver receiver;
    auto settings = is_video ? video() : audio();
    settings.news.muted = true;
    settings.idle_caps = make_caps("video/x-raw,width=320,height=180,framerate=10/1");
    Stage stage(std::move(settings), is_video ? "video/x-raw" : "audio/x-opus");
    stage.feed->set_latency(240 * GST_MSECOND);
    stage.link(receiver);
    stage.feed->start();
    stage.advance(300);
    fail_unless(receiver.wait_for(is_video ? "buffer! 0" : "buffer 60"));
    const auto caps = test::Caps::adopt(gst_pad_get_current_caps(stage.pad.get()));
    const auto expected =
        make_caps(is_video ? "video/x-raw,format=I420,width=320,height=180,framerate=10/1"
                           : "audio/x-opus,rate=48000,channels=2,channel-mapping-family=0");
    fail_unless(gst_caps_is_equal(caps.get(), expected.get()), "%" GST_PTR_FORMAT, caps.get());
    gst_pad_set_active(stage.pad.get(), FALSE);
  }
}
GST_END_TEST;

GST_START_TEST(fills_a_stall) {
  Running run(video(), raw_picture);
  run.stage->feed->note_packet();
  run.stage->push(0);
  fail_unless(run.stage->wait_for(Activity::Active));
  run.stage->advance(1900);
  run.expect("buffer! 0;");
  run.stage->advance(2700);
  fail_unless(run.stage->wait_for(Activity::Stalled));
  fail_unless(test::eventually([&] { return run.receiver.buffers().size() >= 3; }));
}
GST_END_TEST;

GST_START_TEST(says_nothing_while_paused) {
  Running run(audio(), raw_sound);
  run.push_sound(0);
  run.mute();
  run.stage->feed->set_paused(true);
  gst_test_clock_advance_time(GST_TEST_CLOCK(run.stage->clock.get()), GST_SECOND);
  run.stage->feed->send_sticky(test::make_sticky("news"));
  fail_unless(run.receiver.wait_for("news"));
  run.expect("buffer! 0;");
  run.stage->feed->set_paused(false);
  fail_unless(run.wait_for_flow("buffer 780;"));
}
GST_END_TEST;

GST_START_TEST(media_that_was_held_up_goes_before_fillers) {
  Running run(audio(), raw_sound);
  auto* clock = GST_TEST_CLOCK(run.stage->clock.get());
  /* The feed has set its alarm: it cannot while the branch is in its pad. */
  GstClockID id = nullptr;
  gst_test_clock_wait_for_next_pending_id(clock, &id);
  gst_clock_id_unref(id);
  run.receiver.block();
  std::thread branch([&] {
    for (unsigned ms = 0; ms < 3000; ms += 20) run.push_sound(ms);
  });
  fail_unless(run.receiver.wait_until_blocked());
  gst_test_clock_advance_time(clock, 3 * GST_SECOND);
  gst_clock_id_unref(gst_test_clock_process_next_clock_id(clock));
  run.receiver.release();
  branch.join();
  for (const auto& buffer : run.receiver.buffers())
    fail_if(GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_GAP));
  assert_equals_int(bytes(run.receiver), 3000 * 48 * 2);
}
GST_END_TEST;

/* The branch is held up for 3 s in its first buffer, and is slow with those that piled up. */
void hold_up(Running& run, const std::function<void(unsigned)>& push) {
  auto* clock = GST_TEST_CLOCK(run.stage->clock.get());
  GstClockID id = nullptr;
  gst_test_clock_wait_for_next_pending_id(clock, &id);
  gst_clock_id_unref(id);
  run.receiver.block();
  std::thread branch([&] { push(0); });
  fail_unless(run.receiver.wait_until_blocked());
  gst_test_clock_advance_time(clock, 3 * GST_SECOND);
  gst_clock_id_unref(gst_test_clock_process_next_clock_id(clock));
  run.receiver.release();
  branch.join();
  for (unsigned ms = 20; ms < 100; ms += 20) {
    run.stage->advance(3000 + ms * 25);
    push(ms);
  }
  run.expect("buffer! 0;buffer 20;buffer 40;buffer 60;buffer 80;");
}

GST_START_TEST(waits_for_what_has_piled_up_however_slowly_it_comes) {
  {
    Running run(audio(), raw_sound);
    hold_up(run, [&](unsigned ms) { run.push_sound(ms); });
    assert_equals_int(bytes(run.receiver), 100 * 48 * 2);
  }
  Running run(video(), raw_picture);
  hold_up(run, [&](unsigned ms) { run.stage->push(ms); });
}
GST_END_TEST;

GST_START_TEST(fills_from_the_beginning_what_never_came) {
  for (const bool is_video : {true, false}) {
    Receiver receiver;
    Stage stage(is_video ? video() : audio(), is_video ? raw_picture : raw_sound);
    stage.feed->set_latency(240 * GST_MSECOND);
    stage.link(receiver);
    stage.feed->start();
    stage.advance(3000);
    fail_unless(receiver.wait_for(is_video ? "buffer! 0" : "buffer 0"), "%s",
                receiver.text().c_str());
    gst_pad_set_active(stage.pad.get(), FALSE);
  }
}
GST_END_TEST;

GST_START_TEST(says_nothing_of_parameter_sets_that_are_in_band) {
  Running run(video(), "video/x-h264,stream-format=avc3,alignment=au,width=32,height=16");
  run.stage->feed->set_caps(
      make_caps("video/x-h264,stream-format=avc3,alignment=au,width=64,height=32").get());
  run.stage->push(0);
  const auto notes = run.receiver.notes();
  assert_equals_int(std::ranges::count(notes, "caps video/x-h264"), 1);
}
GST_END_TEST;

Suite* feed_fill_suite() {
  Suite* suite = suite_create("feed_fill");
  TCase* general = tcase_create("general");
  suite_add_tcase(suite, general);
  tcase_add_test(general, goes_on_with_silence_where_the_sound_ended);
  tcase_add_test(general, a_real_sound_is_cut_and_filled_to_fit);
  tcase_add_test(general, fills_holes_of_opus_with_packets);
  tcase_add_test(general, shows_black_pictures_of_the_same_size);
  tcase_add_test(general, video_stops_at_once_and_returns_with_what_was_sent_after_the_mute);
  tcase_add_test(general, encoded_video_returns_with_a_key_frame);
  tcase_add_test(general, sends_gaps_or_nothing_if_so_told_and_changes_while_it_runs);
  tcase_add_test(general, freezes_the_last_picture);
  tcase_add_test(general, has_caps_and_fillers_from_the_first_moment_if_muted);
  tcase_add_test(general, fills_a_stall);
  tcase_add_test(general, says_nothing_while_paused);
  tcase_add_test(general, media_that_was_held_up_goes_before_fillers);
  tcase_add_test(general, waits_for_what_has_piled_up_however_slowly_it_comes);
  tcase_add_test(general, fills_from_the_beginning_what_never_came);
  tcase_add_test(general, says_nothing_of_parameter_sets_that_are_in_band);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(feed_fill)
