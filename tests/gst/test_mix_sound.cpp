/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_sound.h"

#include <gst/check/gstcheck.h>

#include <algorithm>

namespace {

using namespace media;

constexpr GstClockTime block = 20 * GST_MSECOND;
constexpr std::int64_t block_frames = mix_rate / 50;

std::vector<std::int16_t> samples_of(std::int16_t value, std::int64_t frames = block_frames) {
  std::vector<std::int16_t> samples(static_cast<size_t>(frames * mix_channels));
  std::ranges::fill(samples, value);
  return samples;
}

/* What there is from @position on. */
std::vector<std::int32_t> take(MixSound& sound, std::int64_t position,
                               std::int64_t frames = block_frames) {
  std::vector<std::int32_t> sum(static_cast<size_t>(frames * mix_channels));
  sound.add_to(position, sum);
  return sum;
}

bool all(const std::vector<std::int32_t>& sum, std::int32_t value) {
  return std::ranges::all_of(sum, [&](std::int32_t sample) { return sample == value; });
}

GST_START_TEST(sound_is_where_its_time_says) {
  MixSound sound;
  sound.push(block, samples_of(7));
  fail_unless(all(take(sound, 0), 0));
  fail_unless(all(take(sound, block_frames), 7));
  fail_unless(all(take(sound, 2 * block_frames), 0));
}
GST_END_TEST;

GST_START_TEST(it_is_there_once) {
  MixSound sound;
  sound.push(0, samples_of(7));
  fail_unless(all(take(sound, 0), 7));
  /* A ring's length later the same place is used again. */
  fail_unless(all(take(sound, 2L * mix_rate), 0));
}
GST_END_TEST;

GST_START_TEST(timestamps_that_jitter_leave_no_gap) {
  MixSound sound;
  for (GstClockTime i = 0; i < 10; i++)
    sound.push(i * block + (i % 3) * 3 * GST_MSECOND, samples_of(7));
  for (unsigned i = 0; i < 10; i++) fail_unless(all(take(sound, i * block_frames), 7));
}
GST_END_TEST;

GST_START_TEST(a_jump_is_followed) {
  MixSound sound;
  sound.push(0, samples_of(7));
  sound.push(200 * GST_MSECOND, samples_of(9));
  fail_unless(all(take(sound, 0), 7));
  fail_unless(all(take(sound, block_frames, 9 * block_frames), 0));
  fail_unless(all(take(sound, 10 * block_frames), 9));
}
GST_END_TEST;

GST_START_TEST(what_is_too_late_or_much_too_early_is_dropped) {
  MixSound sound;
  take(sound, 0, 10 * block_frames);
  sound.push(0, samples_of(7));
  sound.push(60 * GST_SECOND, samples_of(8));
  fail_unless(all(take(sound, 10 * block_frames, mix_rate), 0));
}
GST_END_TEST;

GST_START_TEST(what_is_too_loud_is_clipped) {
  const std::vector<std::int32_t> sum{40000, -40000, 12};
  std::vector<std::int16_t> samples(3);
  clip(sum, samples);
  fail_unless(samples == std::vector<std::int16_t>({32767, -32768, 12}));
}
GST_END_TEST;

Suite* mix_sound_suite() {
  Suite* suite = suite_create("mix_sound");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, sound_is_where_its_time_says);
  tcase_add_test(tcase, it_is_there_once);
  tcase_add_test(tcase, timestamps_that_jitter_leave_no_gap);
  tcase_add_test(tcase, a_jump_is_followed);
  tcase_add_test(tcase, what_is_too_late_or_much_too_early_is_dropped);
  tcase_add_test(tcase, what_is_too_loud_is_clipped);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(mix_sound);
