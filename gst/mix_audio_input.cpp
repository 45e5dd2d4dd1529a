/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_audio_input.h"

#include <utility>

#include "gst/buffer_map.h"
#include "gst/mix_sound.h"

namespace media {

MixAudioInput::MixAudioInput(Exit exit) : exit_(std::move(exit)) {}

void MixAudioInput::set_caps(GstCaps* caps) {
  clear();
  if (gst_structure_has_name(gst_caps_get_structure(caps, 0), "audio/x-opus")) {
    opus_ = std::make_unique<OpusToSamples>(mix_rate, mix_channels);
    return;
  }
  if (!gst_audio_info_from_caps(&info_, caps)) return;
  GstAudioInfo out;
  gst_audio_info_set_format(&out, GST_AUDIO_FORMAT_S16, mix_rate, mix_channels, nullptr);
  converter_.reset(gst_audio_converter_new(GST_AUDIO_CONVERTER_FLAG_NONE, &info_, &out, nullptr));
}

void MixAudioInput::push(GstBuffer* buffer, GstClockTime running_time) {
  /* What says of itself that it is silence. */
  if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_GAP)) return;
  const BufferMap map(buffer);
  if (opus_)
    exit_(running_time, opus_->decode(map.bytes()));
  else if (converter_)
    convert(map.bytes(), running_time);
}

void MixAudioInput::convert(std::span<const std::uint8_t> bytes, GstClockTime running_time) {
  const auto in_frames = bytes.size() / static_cast<size_t>(GST_AUDIO_INFO_BPF(&info_));
  const auto out_frames = gst_audio_converter_get_out_frames(converter_.get(), in_frames);
  samples_.resize(out_frames * mix_channels);
  gpointer in[] = {const_cast<std::uint8_t*>(bytes.data())};
  gpointer out[] = {samples_.data()};
  if (gst_audio_converter_samples(converter_.get(), GST_AUDIO_CONVERTER_FLAG_NONE, in, in_frames,
                                  out, out_frames))
    exit_(running_time, samples_);
}

void MixAudioInput::clear() {
  opus_.reset();
  converter_.reset();
}

}  // namespace media
