/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_sound.h"

#include <algorithm>
#include <cstdlib>

namespace media {
namespace {

constexpr std::int64_t ring_frames = 2L * mix_rate;
constexpr std::int64_t tolerance = mix_rate * 40 / 1000;

size_t ring_index(std::int64_t position) {
  return static_cast<size_t>(position % ring_frames * mix_channels);
}

}  // namespace

std::int64_t mix_position(GstClockTime running_time) {
  return static_cast<std::int64_t>(gst_util_uint64_scale_round(running_time, mix_rate, GST_SECOND));
}

MixSound::MixSound() : ring_(static_cast<size_t>(ring_frames) * mix_channels) {}

void MixSound::push(GstClockTime running_time, std::span<const std::int16_t> samples) {
  std::int64_t position = mix_position(running_time);
  if (end_ && std::abs(position - *end_) <= tolerance) position = *end_;
  const auto frames = static_cast<std::int64_t>(samples.size()) / mix_channels;
  end_ = position + frames;
  for (std::int64_t i = 0; i < frames; i++) {
    const std::int64_t at = position + i;
    if (at < taken_ || at >= taken_ + ring_frames) continue;
    for (size_t channel = 0; channel < mix_channels; channel++)
      ring_[ring_index(at) + channel] = samples[static_cast<size_t>(i) * mix_channels + channel];
  }
}

void MixSound::add_to(std::int64_t position, std::span<std::int32_t> sum) {
  /* What was jumped over is as gone as what is taken. */
  const auto frames = static_cast<std::int64_t>(sum.size()) / mix_channels;
  if (position - taken_ >= ring_frames)
    std::ranges::fill(ring_, std::int16_t{0});
  else
    for (; taken_ < position; taken_++)
      for (size_t channel = 0; channel < mix_channels; channel++)
        ring_[ring_index(taken_) + channel] = 0;
  taken_ = std::max(taken_, position);
  for (std::int64_t i = 0; i < frames; i++) {
    for (size_t channel = 0; channel < mix_channels; channel++) {
      auto& sample = ring_[ring_index(position + i) + channel];
      sum[static_cast<size_t>(i) * mix_channels + channel] += sample;
      sample = 0;
    }
  }
  taken_ = position + frames;
}

void clip(std::span<const std::int32_t> sum, std::span<std::int16_t> samples) {
  for (size_t i = 0; i < samples.size(); i++)
    samples[i] = static_cast<std::int16_t>(std::clamp(sum[i], -32768, 32767));
}

}  // namespace media
