/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gst/gst_ptr.h"

namespace test {

/* What can be seen of marked media: their two kinds of pictures, black, and what a compositor shows
 * where no picture is. */
enum class Look { Blue, Mark, Black, Blank };
enum class Level { Silent, Quiet, Loud };

/* What somebody saw and heard who looked at each picture and listened to each 10 ms of sound. */
struct Sighting {
  static constexpr GstClockTime sound_interval = 10 * GST_MSECOND;
  struct Picture {
    GstClockTime time;
    Look look;
  };
  struct Sound {
    GstClockTime time;
    Level level;
  };
  std::vector<Picture> pictures{};
  std::vector<Sound> sounds{};
  GstClockTimeDiff latest = G_MININT64; /* from the time of a picture or sound to when it came */

  /* When marks began. */
  std::vector<GstClockTime> marks_seen() const;
  std::vector<GstClockTime> marks_heard() const;
  /* When the last one of each ends, as far as one can tell. */
  GstClockTime end() const;
  void append(const Sighting& next);
};

/* Writes down what passes a pad, raw: video in I420, interleaved 16 bit sound of 48 kHz. The pad is
 * gone or at rest when it is read. */
class Witness {
 public:
  Witness() = default;
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  /* Of pictures only the part from @left on, @width pixels wide, is looked at. @now: running time;
   * empty if it does not matter. */
  void watch(GstPad* pad, int left, int width, std::function<GstClockTime()> now = {});
  const Sighting& sighting() const { return sighting_; }

 private:
  void compare(GstClockTime time, GstClockTime now);
  void see(GstPad* pad, GstBuffer* buffer, GstClockTime time);
  void hear(GstPad* pad, GstBuffer* buffer, GstClockTime time);

  std::function<GstClockTime()> now_;
  std::optional<GstClockTime> begun_;
  int left_ = 0;
  int width_ = 0;
  Sighting sighting_;
  std::vector<double> heard_; /* less than one interval */
  GstClockTime heard_at_ = 0;
};

/* Plays the files in @folder that media are in, one after another by their names, as fast as it
 * can. Empty if one cannot be played. */
std::optional<Sighting> play_back(const std::string& folder);

}  // namespace test
