/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>

#include "gst/mix_output.h"
#include "gst/mixer.h"

GLIB_OBJECT(GstBufferPool);

/* What a mixer's outputs push. */
namespace media {

/* What the pictures are like, as far as what is linked leaves the choice. */
struct MixVideoSettings {
  int width = 1280;
  int height = 720;
  int fps_n = 30;
  int fps_d = 1;
  bool operator==(const MixVideoSettings&) const = default;
};

/* The latency that the element tells and keeps: what was asked for, but not less than its feeds
 * have, with time to decode. It never falls while playing. */
class MixLatency {
 public:
  static constexpr GstClockTime to_decode = 40 * GST_MSECOND;
  void set(GstClockTime wanted) { wanted_ = wanted; }
  GstClockTime wanted() const { return wanted_; }
  /* True if it grew. */
  bool include(GstClockTime of_feed) {
    const GstClockTime before = total();
    const GstClockTime needed = of_feed == 0 ? 0 : of_feed + to_decode;
    GstClockTime known = needed_;
    while (known < needed && !needed_.compare_exchange_weak(known, needed)) {
    }
    return total() > before;
  }
  GstClockTime total() const { return std::max(wanted_.load(), needed_.load()); }
  void forget_feeds() { needed_ = 0; }

 private:
  std::atomic<GstClockTime> wanted_ = 300 * GST_MSECOND;
  std::atomic<GstClockTime> needed_ = 0;
};

class MixVideoMaker final : public MixOutput::Maker {
 public:
  MixVideoMaker(Mixer& mixer, const MixLatency& latency) : mixer_(mixer), latency_(latency) {}

  void set(const MixVideoSettings& settings) {
    std::lock_guard lock(lock_);
    settings_ = settings;
    fps_n_ = settings.fps_n;
    fps_d_ = settings.fps_d;
  }
  MixVideoSettings settings() const {
    std::lock_guard lock(lock_);
    return settings_;
  }

  MixOutput::Rate rate() const override { return {fps_n_, fps_d_}; }
  GstClockTime latency() const override { return latency_.total(); }
  bool wants_new_caps() override { return !(settings() == negotiated_); }
  glib::Ref<GstCaps> negotiate(GstPad* pad) override;
  glib::Ref<GstBuffer> make(GstClockTime running_time, GstClockTime duration) override;
  void idle() override { mixer_.hide(); }

 private:
  Mixer& mixer_;
  const MixLatency& latency_;
  mutable std::mutex lock_;
  MixVideoSettings settings_;   /* lock */
  std::atomic<int> fps_n_ = 30; /* as negotiated */
  std::atomic<int> fps_d_ = 1;
  MixVideoSettings negotiated_{0, 0, 0, 1}; /* pad's thread */
  GstVideoInfo info_{};                     /* pad's thread */
  glib::Ref<GstBufferPool> pool_;           /* pad's thread */
};

class MixAudioMaker final : public MixOutput::Maker {
 public:
  MixAudioMaker(Mixer& mixer, const MixLatency& latency) : mixer_(mixer), latency_(latency) {}
  MixOutput::Rate rate() const override { return {50, 1}; }
  GstClockTime latency() const override { return latency_.total(); }
  bool wants_new_caps() override { return false; }
  glib::Ref<GstCaps> negotiate(GstPad* pad) override {
    return glib::Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(pad));
  }
  glib::Ref<GstBuffer> make(GstClockTime running_time, GstClockTime duration) override;
  void idle() override {}

 private:
  Mixer& mixer_;
  const MixLatency& latency_;
};

}  // namespace media
