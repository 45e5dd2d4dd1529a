/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/opus_decoder.h"

namespace media {

OpusToSamples::OpusToSamples(int rate, int channels) : channels_(channels) {
  int error = OPUS_OK;
  decoder_.reset(opus_decoder_create(rate, channels, &error));
  /* The longest packet has 120 ms. */
  samples_.resize(static_cast<size_t>(rate) * 120 / 1000 * static_cast<size_t>(channels));
}

std::span<const std::int16_t> OpusToSamples::decode(std::span<const std::uint8_t> packet) {
  /* Without bytes libopus would invent what was lost. */
  if (!decoder_ || packet.empty()) return {};
  const int frames = opus_decode(decoder_.get(), packet.data(), static_cast<int>(packet.size()),
                                 samples_.data(), static_cast<int>(samples_.size()) / channels_, 0);
  if (frames <= 0) return {};
  return {samples_.data(), static_cast<size_t>(frames) * static_cast<size_t>(channels_)};
}

}  // namespace media
