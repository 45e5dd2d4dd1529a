/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/speech.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace media {
namespace {

constexpr double loud_level = -45;
constexpr GstClockTime window = 100 * GST_MSECOND;
constexpr GstClockTime loud_of_window = 60 * GST_MSECOND;
constexpr GstClockTime pause = 500 * GST_MSECOND;

constexpr double lead = 6; /* dB */
constexpr GstClockTime lead_time = 400 * GST_MSECOND;
constexpr GstClockTime least_turn = 1500 * GST_MSECOND;
constexpr double release = 60; /* dB per second */

}  // namespace

double level_of(std::span<const std::int16_t> samples) {
  std::int64_t sum = 0;
  for (const std::int64_t sample : samples) sum += sample * sample;
  if (sum == 0) return -100;
  const double mean = static_cast<double>(sum) / static_cast<double>(samples.size());
  return std::max(-100.0, 10 * std::log10(mean / (32768.0 * 32768.0)));
}

std::optional<SpeechInterval> SpeechDetector::push(GstClockTime time, GstClockTime duration,
                                                   double level) {
  std::optional<SpeechInterval> ended;
  if (speaking_ && time > last_loud_ + pause) ended = stop();
  if (level >= loud_level) {
    if (!speaking_ && (loud_ == 0 || time > last_loud_ + window)) {
      loud_ = 0;
      from_ = time;
    }
    loud_ += duration;
    last_loud_ = time + duration;
    if (loud_ >= loud_of_window) speaking_ = true;
  } else if (speaking_ && time + duration >= last_loud_ + pause) {
    ended = stop();
  }
  return ended;
}

std::optional<SpeechInterval> SpeechDetector::finish() {
  return speaking_ ? std::optional(*stop()) : std::nullopt;
}

std::optional<SpeechInterval> SpeechDetector::stop() {
  speaking_ = false;
  loud_ = 0;
  return SpeechInterval{from_, last_loud_};
}

void ActiveSpeaker::push(unsigned id, GstClockTime time, GstClockTime duration, double level) {
  auto& voice = voices_[id];
  if (level < loud_level) return;
  voice.level = std::max(level, smoothed(voice, time));
  voice.heard = time + duration;
}

double ActiveSpeaker::smoothed(const Voice& voice, GstClockTime time) const {
  if (voice.heard == GST_CLOCK_TIME_NONE) return -100;
  const GstClockTime quiet = time > voice.heard ? time - voice.heard : 0;
  return voice.level - release * static_cast<double>(quiet) / GST_SECOND;
}

void ActiveSpeaker::remove(unsigned id) {
  voices_.erase(id);
  if (current_ == id) current_.reset();
}

bool ActiveSpeaker::speaks(unsigned id, GstClockTime time) const {
  const auto voice = voices_.find(id);
  return voice != voices_.end() && voice->second.heard != GST_CLOCK_TIME_NONE &&
         voice->second.heard + pause > time;
}

std::optional<unsigned> ActiveSpeaker::at(GstClockTime time) {
  const double present = current_ ? smoothed(voices_[*current_], time) : -100;
  const bool silent = !current_ || !speaks(*current_, time);
  std::optional<unsigned> next;
  for (auto& [id, voice] : voices_) {
    const bool leads = id != current_ && speaks(id, time) && smoothed(voice, time) > loud_level &&
                       (silent || smoothed(voice, time) >= present + lead);
    if (!leads)
      voice.leads_since = GST_CLOCK_TIME_NONE;
    else if (voice.leads_since == GST_CLOCK_TIME_NONE)
      voice.leads_since = time;
    if (leads && time >= voice.leads_since + lead_time &&
        (!next || smoothed(voice, time) > smoothed(voices_[*next], time)))
      next = id;
  }
  if (next && (!current_ || time >= since_ + least_turn)) {
    current_ = next;
    since_ = time;
  }
  return current_;
}

}  // namespace media
