/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>

#include "gst/filler.h"
#include "gst/silence.h"

namespace media {

/* Keeps one track of sound whole: fills its holes, and cuts what comes twice. It knows two
 * ends of what went out: by timestamps, which nothing ever shifts, and by the sound itself,
 * which a file without timestamps counts. Where the peer's clock drifts they part, unheard;
 * in silence they are brought together again, so that such a file is as long as the time that
 * went by. Times are those of the stream. The caller has the push lock. */
class SoundFill {
 public:
  void set_caps(const GstCaps* caps) { silence_ = Silence(caps); }
  /* What comes next does not go on where the track ended. */
  void restart() { end_.reset(); }
  /* The track begins at @time, if it has not. */
  void begin(GstClockTime time);
  /* By timestamps. */
  std::optional<GstClockTime> end() const { return end_; }

  /* The next piece of silence, if the track ends at @edge or before. */
  std::optional<Filler> due(MutedOutput mode, GstClockTime edge);
  /* The next piece of a hole before the sound at @time. */
  std::optional<Filler> before(MutedOutput mode, GstClockTime time);
  /* What is to go out of the sound @buffer at @time, which may become later; empty if the
   * track has gone past it. */
  glib::Ref<GstBuffer> fit(glib::Ref<GstBuffer> buffer, GstClockTime& time);

 private:
  std::optional<Filler> fill(MutedOutput mode, GstClockTime until);
  bool goes_on_at(GstClockTime time) const;

  Silence silence_;
  std::optional<GstClockTime> end_;
  GstClockTime counted_ = 0; /* the end by the sound itself */
};

}  // namespace media
