/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/audio/audio.h>

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "gst/gst_ptr.h"
#include "gst/opus_decoder.h"

namespace media {

/* An audio feed of the mix, Opus or raw: makes of it what the mix is made of, 16 bit stereo at
 * 48 kHz. The feed's thread. */
class MixAudioInput {
 public:
  using Exit = std::function<void(GstClockTime running_time, std::span<const std::int16_t>)>;
  explicit MixAudioInput(Exit exit);

  void set_caps(GstCaps* caps);
  void push(GstBuffer* buffer, GstClockTime running_time);
  void clear();

 private:
  struct FreeConverter {
    void operator()(GstAudioConverter* converter) const { gst_audio_converter_free(converter); }
  };
  void convert(std::span<const std::uint8_t> bytes, GstClockTime running_time);

  const Exit exit_;
  std::unique_ptr<OpusToSamples> opus_;                         /* of Opus */
  std::unique_ptr<GstAudioConverter, FreeConverter> converter_; /* of raw */
  GstAudioInfo info_{};
  std::vector<std::int16_t> samples_;
};

}  // namespace media
