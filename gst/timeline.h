/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/gst_ptr.h"

namespace media {

/* Translates running times of one pipeline into those of another, which has its own base
 * time and perhaps its own clock.
 *
 * One clock for both: an exact constant difference. Two: the distance between them is
 * measured now and then, and followed so slowly (1 ms per second) that media never jumps;
 * only an error above one second, a clock that was set, is corrected at once. Not
 * thread-safe. */
class Timeline {
 public:
  /* Where running times are wanted. */
  struct Target {
    glib::Ref<GstClock> clock;
    GstClockTime base_time = 0;
  };

  Timeline(glib::Ref<GstClock> source_clock, GstClockTime source_base_time);

  /* @running_time of the source, as the target counts: ns, negative before the target's
   * zero. */
  GstClockTimeDiff map(GstClockTime running_time, const Target& target);

 private:
  struct Reading {
    GstClockTimeDiff distance; /* target clock less source clock */
    GstClockTime took;
  };
  Reading read() const;
  void start_following();
  void follow(GstClockTime running_time);

  const glib::Ref<GstClock> source_clock_;
  const GstClockTime source_base_time_;
  glib::Ref<GstClock> target_clock_;
  GstClockTimeDiff distance_ = 0; /* as applied */
  GstClockTime read_at_ = 0;      /* running time of the source */
};

}  // namespace media
