/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/picture_fill.h"

#include <algorithm>
#include <utility>

#include "gst/black_picture.h"
#include "gst/downstream_caps.h"

namespace media {

using glib::Ref;

namespace {

constexpr GstClockTime raw_interval = 200 * GST_MSECOND;
constexpr GstClockTime encoded_interval = GST_SECOND;

/* A transport stream takes its clock from how often pictures come: with a second in between
 * demuxers believe that time jumped (ISO/IEC 13818-1, 2.7.2 has 100 ms). */
bool is_for_transport_stream(const GstCaps* caps) {
  const char* format = gst_structure_get_string(gst_caps_get_structure(caps, 0), "stream-format");
  return g_strcmp0(format, "byte-stream") == 0;
}

}  // namespace

void PictureFill::set_caps(GstCaps* caps) {
  caps_ = Ref<GstCaps>::share(caps);
  is_raw_ = is_raw(caps);
  last_ = {};
  black_ = {};
  black_is_made_ = false;
}

void PictureFill::begin(GstClockTime time) {
  if (next_) return;
  next_ = time;
  is_first_ = true;
}

std::optional<Filler> PictureFill::due(MutedOutput mode, GstClockTime edge) {
  if (!next_ || *next_ > edge || !caps_) return std::nullopt;
  const GstClockTime interval = interval_of(mode);
  /* What is late by more than one picture is left out. */
  const bool is_late = *next_ + 2 * interval < edge && !std::exchange(is_first_, false);
  const GstClockTime time = is_late ? edge : *next_;
  next_ = time + interval;
  if (mode == MutedOutput::None) return std::nullopt;
  Filler filler{.buffer = {}, .time = time, .duration = interval};
  if (mode == MutedOutput::Gap) return filler;
  const auto shown = picture(mode);
  if (!shown) return filler;
  filler.buffer = Ref<GstBuffer>::adopt(gst_buffer_copy(shown.get()));
  GST_BUFFER_PTS(filler.buffer.get()) = time;
  GST_BUFFER_DTS(filler.buffer.get()) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION(filler.buffer.get()) = interval;
  GST_BUFFER_FLAG_UNSET(filler.buffer.get(), GST_BUFFER_FLAG_DISCONT);
  return filler;
}

GstClockTime PictureFill::interval_of(MutedOutput mode) const {
  if (is_raw_ || mode == MutedOutput::Gap) return raw_interval;
  /* The last key frame is too much to be sent more often. */
  const bool is_small = mode == MutedOutput::Fill && is_for_transport_stream(caps_.get());
  return is_small ? raw_interval : encoded_interval;
}

Ref<GstBuffer> PictureFill::picture(MutedOutput mode) {
  if (mode == MutedOutput::Freeze && last_) return last_;
  if (!std::exchange(black_is_made_, true)) black_ = black_picture(caps_.get(), last_.get());
  return black_;
}

void PictureFill::passed(const Ref<GstBuffer>& picture, MutedOutput mode) {
  next_.reset();
  if (!is_raw_) {
    if (GST_BUFFER_FLAG_IS_SET(picture.get(), GST_BUFFER_FLAG_DELTA_UNIT)) return;
    last_ = picture;
    black_is_made_ = false; /* it may have other parameter sets */
  } else {
    /* Nobody downstream can write to a picture that is held here. */
    last_ = mode == MutedOutput::Freeze ? picture : Ref<GstBuffer>();
  }
}

}  // namespace media
