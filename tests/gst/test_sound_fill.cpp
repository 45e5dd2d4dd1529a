/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sound_fill.h"

#include <random>

#include <gst/check/gstcheck.h>

namespace {

using media::MutedOutput;
using media::SoundFill;

constexpr GstClockTime ms = GST_MSECOND;

/* A track of raw sound of 48 bytes per millisecond, and what went out of it. */
struct Track {
  Track() {
    const auto caps = glib::Ref<GstCaps>::adopt(
        gst_caps_from_string("audio/x-raw,format=S8,rate=48000,channels=1,layout=interleaved"));
    fill.set_caps(caps.get());
  }
  void sound(GstClockTime time, GstClockTime duration = 20 * ms) {
    while (auto piece = fill.before(MutedOutput::Fill, time)) count(piece->buffer);
    auto buffer =
        glib::Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, duration * 48 / ms, nullptr));
    buffer = fill.fit(buffer, time);
    if (buffer) count(buffer);
    last = time;
  }
  void silence_until(GstClockTime edge) {
    while (auto piece = fill.due(MutedOutput::Fill, edge)) count(piece->buffer);
  }
  void count(const glib::Ref<GstBuffer>& buffer) { bytes += gst_buffer_get_size(buffer.get()); }
  gint64 length_ms() const { return static_cast<gint64>(bytes / 48); }

  SoundFill fill;
  gsize bytes = 0;
  GstClockTime last = 0;
};

GST_START_TEST(begins_with_what_comes_first) {
  Track track;
  fail_if(track.fill.due(MutedOutput::Fill, GST_SECOND));
  track.sound(500 * ms);
  assert_equals_uint64(track.last, 500 * ms);
  assert_equals_int(track.length_ms(), 20);
  fail_unless(track.fill.end() == 520 * ms);
}
GST_END_TEST;

GST_START_TEST(leaves_alone_what_follows_nearly) {
  Track track;
  GstClockTime time = 0;
  for (int i = 0; i < 100; i++, time += 21 * ms) track.sound(time);
  assert_equals_int(track.length_ms(), 2000);
}
GST_END_TEST;

GST_START_TEST(makes_up_in_silence_for_what_the_clocks_parted) {
  Track track;
  GstClockTime time = 0;
  for (int i = 0; i < 100; i++, time += 21 * ms) track.sound(time);
  track.silence_until(3000 * ms);
  const auto end = static_cast<gint64>(*track.fill.end() / ms);
  fail_unless(std::abs(track.length_ms() - end) <= 1);
}
GST_END_TEST;

GST_START_TEST(is_as_long_as_the_time_that_went_by_however_often_it_pauses) {
  std::mt19937 random(7);
  Track track;
  GstClockTime time = 0;
  for (int round = 0; round < 200; round++) {
    for (unsigned i = 0; i < 1 + random() % 20; i++, time += 20 * ms) track.sound(time);
    time += random() % 3000 * ms / 2;
    track.silence_until(time > 300 * ms ? time - random() % 300 * ms : 0);
  }
  const auto end = static_cast<gint64>(*track.fill.end() / ms);
  fail_unless(std::abs(track.length_ms() - end) <= 20, "%d of %d ms",
              static_cast<int>(track.length_ms()), static_cast<int>(end));
}
GST_END_TEST;

GST_START_TEST(does_not_fill_more_than_anybody_waits_for) {
  Track track;
  track.sound(0);
  track.sound(3600 * GST_SECOND);
  assert_equals_int(track.length_ms(), 40);
  track.silence_until(7200 * GST_SECOND);
  assert_equals_int(track.length_ms(), 60);
}
GST_END_TEST;

Suite* sound_fill_suite() {
  Suite* suite = suite_create("sound_fill");
  TCase* general = tcase_create("general");
  suite_add_tcase(suite, general);
  tcase_add_test(general, begins_with_what_comes_first);
  tcase_add_test(general, leaves_alone_what_follows_nearly);
  tcase_add_test(general, makes_up_in_silence_for_what_the_clocks_parted);
  tcase_add_test(general, is_as_long_as_the_time_that_went_by_however_often_it_pauses);
  tcase_add_test(general, does_not_fill_more_than_anybody_waits_for);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(sound_fill)
