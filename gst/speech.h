/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <map>
#include <optional>
#include <span>

namespace media {

/* Loudness of 16 bit samples, dB below full scale: 0 is a full square wave, -100 silence. Pure. */
double level_of(std::span<const std::int16_t> samples);

struct SpeechInterval {
  GstClockTime from = 0;
  GstClockTime to = 0;
  bool operator==(const SpeechInterval&) const = default;
};

/* When one microphone speaks: from the first of several loud blocks until the last one before
 * a pause. Pauses between words do not end it. Pure.
 *
 *   Silent --60 ms of the last 100 loud--> Speaking --500 ms quiet--> Silent */
class SpeechDetector {
 public:
  /* A block of sound of @duration that begins at @time. An interval that ended by it, if one
   * did. */
  std::optional<SpeechInterval> push(GstClockTime time, GstClockTime duration, double level);
  /* Nothing comes any more. */
  std::optional<SpeechInterval> finish();

  bool speaking() const { return speaking_; }

 private:
  std::optional<SpeechInterval> stop();

  bool speaking_ = false;
  GstClockTime loud_ = 0; /* of the latest blocks, ns */
  GstClockTime from_ = 0;
  GstClockTime last_loud_ = 0; /* end of the last loud block */
};

/* Who of several is shown as the speaker. A change takes that somebody else is clearly louder
 * for a while, and that the present speaker had their moment; silence changes nothing. Pure. */
class ActiveSpeaker {
 public:
  /* A block of sound of @id. */
  void push(unsigned id, GstClockTime time, GstClockTime duration, double level);
  void remove(unsigned id);
  /* The one at @time; repeatable. Empty until somebody has spoken. */
  std::optional<unsigned> at(GstClockTime time);
  /* Heard within the last half second before @time. */
  bool speaks(unsigned id, GstClockTime time) const;

 private:
  struct Voice {
    double level = -100;                      /* dB, at its peak, sinking since it was heard */
    GstClockTime heard = GST_CLOCK_TIME_NONE; /* end of the last loud block */
    GstClockTime leads_since = GST_CLOCK_TIME_NONE;
  };
  double smoothed(const Voice& voice, GstClockTime time) const;

  std::map<unsigned, Voice> voices_;
  std::optional<unsigned> current_;
  GstClockTime since_ = 0;
};

}  // namespace media
