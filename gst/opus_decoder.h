/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <opus/opus.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "signalling/base/glib_ptr.h"

GLIB_FREE(OpusDecoder, opus_decoder_destroy);

namespace media {

/* Opus packets to 16 bit samples, in the thread that asks: for the price of a function call
 * where an element would cost pads, events and a buffer. Not thread-safe. */
class OpusToSamples {
 public:
  /* @rate: 8000, 12000, 16000, 24000 or 48000. @channels: 1 or 2, whatever the packets have. */
  OpusToSamples(int rate, int channels);

  /* The samples of @packet, interleaved, until the next call; empty for what cannot be decoded. */
  std::span<const std::int16_t> decode(std::span<const std::uint8_t> packet);

 private:
  const int channels_;
  glib::Unique<OpusDecoder> decoder_;
  std::vector<std::int16_t> samples_;
};

}  // namespace media
