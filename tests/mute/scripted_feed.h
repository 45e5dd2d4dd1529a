/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "gst/codecs.h"
#include "gst/feed.h"
#include "tests/mute/marked_media.h"

namespace test {

/* Times of a call, from its start. */
struct Span {
  GstClockTime from = 0;
  GstClockTime to = 0;
  bool holds(GstClockTime time) const { return time >= from && time < to; }
};

/* What somebody's camera or microphone does: at all other times it is on and arrives. */
struct Script {
  std::vector<Span> muted{};
  std::vector<Span> lost{}; /* nothing arrives, and nobody says why */

  bool is_muted(GstClockTime time) const;
  bool is_lost(GstClockTime time) const;
  /* Whether what is made at @time is meant to be seen or heard. */
  bool is_on(GstClockTime time) const { return !is_muted(time) && !is_lost(time); }
};

/* A camera or microphone, the network, and the branch that a connection has for it, down to a real
 * feed. A muted camera goes on sending pictures, as a browser's does, and a muted microphone sends
 * a packet of silence now and then. What is captured arrives after the network's delay, in the
 * branch's own thread, which a feed may hold up. Times are from the start of the call. */
class ScriptedFeed {
 public:
  static constexpr GstClockTime delay = 200 * GST_MSECOND; /* of media */
  static constexpr GstClockTime signalling_delay = 30 * GST_MSECOND;

  /* @codec: as it is sent. @start: of the call, as the feed's source counts. */
  ScriptedFeed(std::shared_ptr<media::Feed> feed, const media::Codec& codec, Script script,
               GstClockTime start);
  ~ScriptedFeed();
  ScriptedFeed(const ScriptedFeed&) = delete;
  ScriptedFeed& operator=(const ScriptedFeed&) = delete;

  /* All that happens at @time; the test's thread, for each multiple of 10 ms. */
  void take_step(GstClockTime time);
  /* Nothing arrives any more. */
  void cut();
  void end(const std::string& reason);

 private:
  struct Item {
    GstClockTime time; /* of the capture */
    unsigned run;      /* of the reel */
    size_t index;      /* in it */
    bool is_silence;
  };

  bool is_video() const { return codec_.kind == rtc::MediaKind::Video; }
  std::optional<Item> capture(GstClockTime time);
  void arrive(const Item& item);
  void run();
  void deliver(const Item& item);
  void prepare();

  const std::shared_ptr<media::Feed> feed_;
  const media::Codec& codec_;
  const Script script_;
  const GstClockTime start_;

  /* The test's thread. */
  std::deque<Item> underway_;
  unsigned run_ = 0;
  size_t index_ = 0;

  std::atomic<bool> key_frame_wanted_ = false;
  std::atomic<bool> reconsider_ = true;
  std::shared_ptr<const Reel> reel_; /* the branch's thread */

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> arrived_;
  bool is_cut_ = false;
  std::thread branch_;
};

}  // namespace test
