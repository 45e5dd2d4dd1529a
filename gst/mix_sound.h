/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace media {

/* Everything is mixed as interleaved stereo of 16 bit at this rate. */
constexpr int mix_rate = 48000;
constexpr int mix_channels = 2;

/* Sample of the mix at @running_time. */
std::int64_t mix_position(GstClockTime running_time);

/* One feed's sound, by its place in the mix. What comes too late, or a second too early, is
 * dropped; where nothing came there is silence. Pure. */
class MixSound {
 public:
  MixSound();
  /* @samples begin at @running_time. Timestamps that are a little off are taken as continuous,
   * as long as they are not further off than 40 ms. */
  void push(GstClockTime running_time, std::span<const std::int16_t> samples);
  /* Adds what there is from @position on, which never falls; it is gone then. */
  void add_to(std::int64_t position, std::span<std::int32_t> sum);

 private:
  std::vector<std::int16_t> ring_;
  std::int64_t taken_ = 0;          /* frames before it are gone */
  std::optional<std::int64_t> end_; /* of what came last */
};

/* @sum, where it is too loud as loud as it gets. */
void clip(std::span<const std::int32_t> sum, std::span<std::int16_t> samples);

}  // namespace media
