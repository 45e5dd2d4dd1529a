/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/speech.h"

#include <gst/check/gstcheck.h>

#include <vector>

namespace {

using namespace media;

constexpr GstClockTime block = 20 * GST_MSECOND;
constexpr double loud = -20;
constexpr double quiet = -70;

/* Pushes blocks at @level from @from until @to; the intervals that ended. */
std::vector<SpeechInterval> push(SpeechDetector& detector, GstClockTime from, GstClockTime to,
                                 double level) {
  std::vector<SpeechInterval> ended;
  for (GstClockTime time = from; time < to; time += block)
    if (const auto interval = detector.push(time, block, level)) ended.push_back(*interval);
  return ended;
}

GST_START_TEST(levels_are_decibels_below_full_scale) {
  const std::vector<std::int16_t> silence(100, 0);
  const std::vector<std::int16_t> full(100, -32768);
  const std::vector<std::int16_t> half(100, 16384);
  fail_unless(level_of(silence) == -100);
  fail_unless(level_of({}) == -100);
  fail_unless(std::abs(level_of(full)) < 0.01);
  fail_unless(std::abs(level_of(half) + 6.02) < 0.01);
}
GST_END_TEST;

GST_START_TEST(speech_is_from_the_first_to_the_last_loud_block) {
  SpeechDetector detector;
  fail_unless(push(detector, 0, 1 * GST_SECOND, quiet).empty());
  fail_unless(push(detector, 1 * GST_SECOND, 3 * GST_SECOND, loud).empty());
  const auto ended = push(detector, 3 * GST_SECOND, 5 * GST_SECOND, quiet);
  assert_equals_int(ended.size(), 1);
  fail_unless((ended[0] == SpeechInterval{1 * GST_SECOND, 3 * GST_SECOND}));
}
GST_END_TEST;

GST_START_TEST(a_click_is_no_speech) {
  SpeechDetector detector;
  push(detector, 0, 2 * block, loud);
  push(detector, 2 * block, 1 * GST_SECOND, quiet);
  push(detector, 1 * GST_SECOND, 1 * GST_SECOND + 2 * block, loud);
  fail_if(detector.speaking());
}
GST_END_TEST;

GST_START_TEST(pauses_between_words_do_not_end_it) {
  SpeechDetector detector;
  push(detector, 0, 400 * GST_MSECOND, loud);
  fail_unless(push(detector, 400 * GST_MSECOND, 800 * GST_MSECOND, quiet).empty());
  push(detector, 800 * GST_MSECOND, 1200 * GST_MSECOND, loud);
  const auto interval = detector.finish();
  fail_unless((interval == SpeechInterval{0, 1200 * GST_MSECOND}));
  fail_unless(detector.finish() == std::nullopt);
}
GST_END_TEST;

GST_START_TEST(a_gap_in_the_data_ends_it_too) {
  SpeechDetector detector;
  push(detector, 0, 400 * GST_MSECOND, loud);
  const auto ended = push(detector, 5 * GST_SECOND, 5 * GST_SECOND + block, loud);
  assert_equals_int(ended.size(), 1);
  fail_unless(ended[0].to == 400 * GST_MSECOND);
}
GST_END_TEST;

void talk(ActiveSpeaker& speaker, unsigned id, GstClockTime from, GstClockTime to, double level) {
  for (GstClockTime time = from; time < to; time += block) {
    speaker.push(id, time, block, level);
    speaker.at(time);
  }
}

GST_START_TEST(who_speaks_first_is_the_speaker_soon) {
  ActiveSpeaker speaker;
  fail_if(speaker.at(0).has_value());
  talk(speaker, 7, 0, 400 * GST_MSECOND, loud);
  fail_unless(speaker.at(400 * GST_MSECOND) == 7U);
  fail_unless(speaker.speaks(7, 400 * GST_MSECOND));
  fail_if(speaker.speaks(7, 2 * GST_SECOND));
}
GST_END_TEST;

GST_START_TEST(silence_keeps_the_last_speaker) {
  ActiveSpeaker speaker;
  talk(speaker, 7, 0, 1 * GST_SECOND, loud);
  fail_unless(speaker.at(60 * GST_SECOND) == 7U);
}
GST_END_TEST;

GST_START_TEST(a_short_word_of_somebody_else_changes_nothing) {
  ActiveSpeaker speaker;
  talk(speaker, 1, 0, 3 * GST_SECOND, loud);
  talk(speaker, 2, 3 * GST_SECOND, 3200 * GST_MSECOND, loud + 10);
  talk(speaker, 1, 3200 * GST_MSECOND, 4 * GST_SECOND, loud);
  fail_unless(speaker.at(4 * GST_SECOND) == 1U);
}
GST_END_TEST;

GST_START_TEST(somebody_else_who_goes_on_becomes_the_speaker) {
  ActiveSpeaker speaker;
  talk(speaker, 1, 0, 3 * GST_SECOND, loud);
  talk(speaker, 2, 3 * GST_SECOND, 5 * GST_SECOND, loud);
  fail_unless(speaker.at(5 * GST_SECOND) == 2U);
}
GST_END_TEST;

GST_START_TEST(two_who_talk_at_once_do_not_flap) {
  ActiveSpeaker speaker;
  talk(speaker, 1, 0, 2 * GST_SECOND, loud);
  unsigned changes = 0;
  auto last = speaker.at(2 * GST_SECOND);
  for (GstClockTime time = 2 * GST_SECOND; time < 12 * GST_SECOND; time += block) {
    const bool even = time / (100 * GST_MSECOND) % 2 == 0;
    speaker.push(1, time, block, even ? loud : loud + 3);
    speaker.push(2, time, block, even ? loud + 3 : loud);
    changes += speaker.at(time) != last;
    last = speaker.at(time);
  }
  assert_equals_int(changes, 0);
}
GST_END_TEST;

GST_START_TEST(who_left_is_no_speaker) {
  ActiveSpeaker speaker;
  talk(speaker, 1, 0, 1 * GST_SECOND, loud);
  speaker.remove(1);
  fail_if(speaker.at(1 * GST_SECOND).has_value());
}
GST_END_TEST;

Suite* speech_suite() {
  Suite* suite = suite_create("speech");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, levels_are_decibels_below_full_scale);
  tcase_add_test(tcase, speech_is_from_the_first_to_the_last_loud_block);
  tcase_add_test(tcase, a_click_is_no_speech);
  tcase_add_test(tcase, pauses_between_words_do_not_end_it);
  tcase_add_test(tcase, a_gap_in_the_data_ends_it_too);
  tcase_add_test(tcase, who_speaks_first_is_the_speaker_soon);
  tcase_add_test(tcase, silence_keeps_the_last_speaker);
  tcase_add_test(tcase, a_short_word_of_somebody_else_changes_nothing);
  tcase_add_test(tcase, somebody_else_who_goes_on_becomes_the_speaker);
  tcase_add_test(tcase, two_who_talk_at_once_do_not_flap);
  tcase_add_test(tcase, who_left_is_no_speaker);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(speech);
