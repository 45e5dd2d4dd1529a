/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "gst/mix_layout.h"
#include "gst/mix_painter.h"
#include "gst/mix_scene.h"
#include "gst/mix_sound.h"
#include "gst/mix_video_input.h"
#include "gst/speech.h"

namespace media {

struct MixSettings {
  MixLayout layout = MixLayout::Grid;
  bool show_muted = true;
  bool labels = true;
  std::uint32_t background = 0x101418; /* RGB */
};

/* What all feeds of a call look and sound like at a moment. It waits for none of them: what has
 * not come by then is not in it.
 *
 * Any thread; but one only at a time paints, and one mixes. */
class Mixer {
 public:
  /* Feeds have numbers of the caller's, never used again. */
  void add_video(unsigned feed, std::shared_ptr<MixVideoInput> input);
  void add_audio(unsigned feed);
  void remove(unsigned feed);
  void news(unsigned feed, const ActivityNews& news);
  void roster(const Roster& roster);
  /* Stereo at mix_rate. */
  void sound(unsigned feed, GstClockTime running_time, std::span<const std::int16_t> samples);
  void set(const MixSettings& settings);
  /* The call is over: everybody stays where they are, for what is still to be shown and heard. */
  void freeze();
  /* Another call: who is left out of it goes. */
  void thaw();

  /* Draws the picture of @running_time, which never falls, into @frame, I420. Feeds that it does
   * not show decode nothing from then on. */
  void paint(GstVideoFrame& frame, GstClockTime running_time);
  /* Nobody looks: no feed decodes anything. */
  void hide();
  /* Writes the sound from @position on, which never falls. */
  void mix(std::int64_t position, std::span<std::int16_t> samples);

 private:
  struct Plan {
    std::vector<MixPanel> panels;
    std::vector<std::shared_ptr<MixVideoInput>> inputs; /* of each panel; nullptr: none */
    std::vector<unsigned> feeds;                        /* of each input */
    MixSettings settings;
  };
  void erase(unsigned feed);
  Plan plan(MixSize size, GstClockTime running_time);
  void show_only(const Plan& plan);

  std::mutex lock_;
  MixSettings settings_;                                      /* lock */
  MixScene scene_;                                            /* lock */
  bool frozen_ = false;                                       /* lock */
  std::vector<unsigned> gone_;                                /* while frozen; lock */
  ActiveSpeaker speaker_;                                     /* lock */
  std::map<unsigned, std::shared_ptr<MixVideoInput>> videos_; /* lock */
  std::map<unsigned, MixSound> sounds_;                       /* lock */

  MixPainter painter_;                    /* who paints */
  std::map<unsigned, MixScaler> scalers_; /* by feed; who paints */
  std::vector<std::int32_t> sum_;         /* who mixes */
};

}  // namespace media
