/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gst/gst_ptr.h"

namespace test {

/* Media that tell when they were made. Twice a second there is a mark: one white picture, where
 * the others are blue, and a loud tone of two packets, where the others are quiet. */
constexpr GstClockTime mark_interval = 500 * GST_MSECOND;
constexpr GstClockTime picture_interval = 50 * GST_MSECOND;
constexpr GstClockTime packet_interval = 20 * GST_MSECOND;
constexpr GstClockTime mark_tone = 40 * GST_MSECOND;
constexpr unsigned pictures_per_mark = 10;
constexpr unsigned packets_per_mark = 25;
constexpr int picture_width = 160;
constexpr int picture_height = 90;
constexpr int sound_rate = 48000;

/* One time from mark to mark in one form, encoded as browsers do it and taken out of RTP as feeds
 * are. A caller plays it round and round. Read only, any thread. */
class Reel {
 public:
  /* @caps: raw, or audio/x-opus, video/x-vp8, video/x-vp9, or one form of video/x-h264. */
  static std::shared_ptr<const Reel> of(GstCaps* caps);

  const glib::Ref<GstCaps>& caps() const { return caps_; }
  /* Pictures from @phase (of pictures_per_mark) on to the next mark, the first a key frame; sound
   * from the mark on. */
  const std::vector<glib::Ref<GstBuffer>>& from(unsigned phase) const { return runs_.at(phase); }
  /* Of silence, for sound. */
  const glib::Ref<GstBuffer>& silence() const { return silence_; }

 private:
  void make_pictures(const std::string& row);
  void make_sound(const std::string& row);

  glib::Ref<GstCaps> caps_;
  std::map<unsigned, std::vector<glib::Ref<GstBuffer>>> runs_;
  glib::Ref<GstBuffer> silence_;
};

}  // namespace test
