/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sound_fill.h"

#include <algorithm>
#include <utility>

namespace media {

using glib::Ref;

namespace {

constexpr GstClockTime unit = Silence::packet_duration;
/* Nobody hears it, and a jitter buffer is no more exact. */
constexpr GstClockTime tolerance = unit / 2;
/* After more than that nobody waits for what was missed. */
constexpr GstClockTime longest_hole = 60 * GST_SECOND;

}  // namespace

void SoundFill::begin(GstClockTime time) {
  if (end_) return;
  end_ = counted_ = time;
}

std::optional<Filler> SoundFill::due(MutedOutput mode, GstClockTime edge) {
  if (!end_ || mode == MutedOutput::None) return std::nullopt;
  if (*end_ + longest_hole < edge) end_ = counted_ = edge;
  while (*end_ <= edge)
    if (auto piece = fill(mode, *end_ + unit)) return piece;
  return std::nullopt;
}

std::optional<Filler> SoundFill::before(MutedOutput mode, GstClockTime time) {
  if (!end_ || mode == MutedOutput::None || *end_ + longest_hole < time) return std::nullopt;
  while (*end_ + tolerance < time) {
    const GstClockTime until = silence_.is_raw() ? std::min(*end_ + unit, time) : *end_ + unit;
    if (auto piece = fill(mode, until)) return piece;
  }
  return std::nullopt;
}

/* Goes on to @until; there may be enough sound for that already. */
std::optional<Filler> SoundFill::fill(MutedOutput mode, GstClockTime until) {
  const GstClockTime start = std::exchange(end_, until).value();
  Filler piece{.buffer = {}, .time = start, .duration = until - start};
  if (mode == MutedOutput::Gap || !silence_.can_be_made()) {
    counted_ = until;
    return piece;
  }
  const GstClockTime missing = until > counted_ ? until - counted_ : 0;
  if (missing < (silence_.is_raw() ? GST_USECOND : tolerance)) return std::nullopt;
  piece.buffer = silence_.make(std::min(missing, 2 * unit));
  GST_BUFFER_PTS(piece.buffer.get()) = start;
  counted_ += GST_BUFFER_DURATION(piece.buffer.get());
  return piece;
}

bool SoundFill::goes_on_at(GstClockTime time) const {
  return end_ && time <= *end_ + tolerance;
}

Ref<GstBuffer> SoundFill::fit(Ref<GstBuffer> buffer, GstClockTime& time) {
  if (!goes_on_at(time)) end_ = counted_ = time;
  if (time + tolerance < *end_) {
    if (!silence_.is_raw()) return {};
    const GstClockTime until = std::max(counted_, time);
    buffer = silence_.without_start(std::move(buffer), until - time);
    if (!buffer) return {};
    time = *end_;
  }
  const GstClockTime duration = silence_.duration_of(buffer.get()).value_or(0);
  end_ = time + duration;
  counted_ += duration;
  return buffer;
}

}  // namespace media
