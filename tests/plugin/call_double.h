/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gst/activity.h"
#include "gst/gst_ptr.h"

/* The element "calldouble", which stands in for matrixcall: its pads are driven by the test. Each
 * feed has a thread, pushes what a call would as it would, and follows the clock. */
class CallDouble {
 public:
  struct Feed;

  static void register_element();
  /* @pipeline has a calldouble named "call". */
  explicit CallDouble(GstElement* pipeline);
  CallDouble(const CallDouble&) = delete;
  CallDouble& operator=(const CallDouble&) = delete;
  ~CallDouble();

  /* A camera or screen of one colour (0xRRGGBB), VP8 of 320x180 at 15 pictures per second; a
   * microphone with a tone of @what Hz. A number for the others. */
  unsigned add(const std::string& user, media::FeedKind kind, std::uint32_t what);
  void mute(unsigned feed, bool muted);
  /* Nothing comes any more, for no reason. */
  void stall(unsigned feed);
  /* Sends EOS, and removes the pad. */
  void remove(unsigned feed, const std::string& reason = "left");
  /* Ends every feed as the end of the call does, with a last pad of each kind. */
  void end_call();
  /* How often somebody asked for a key frame. */
  unsigned key_frames_asked(unsigned feed) const;

 private:
  void begin(const std::shared_ptr<Feed>& feed);

  GstElement* element_;
  std::vector<std::shared_ptr<Feed>> feeds_;
};

/* Whether there is a tone of @frequency in interleaved stereo samples at 48 kHz. */
bool has_tone(const std::vector<std::int16_t>& samples, double frequency);
