/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/check/gsttestclock.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gst/feed.h"

namespace test {

using Buffer = glib::Ref<GstBuffer>;
using Caps = glib::Ref<GstCaps>;
using Event = glib::Ref<GstEvent>;

Caps make_caps(const char* text);
/* Of one byte. */
Buffer make_buffer(bool is_key_frame = true);
Event make_sticky(const char* name);

/* A sink pad that writes down what comes: "stream-start", "caps video/x-vp8", "segment",
 * the names of custom events (of activities, "activity muted", if told to), "buffer 120" (ms;
 * "buffer! 120" with DISCONT), "gap 120", "eos". It takes @caps only, or everything. */
class Receiver {
 public:
  explicit Receiver(const char* caps = nullptr);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  GstPad* pad() const { return pad_.get(); }
  /* Of buffers from now on. */
  void answer(GstFlowReturn result);
  /* Holds on to each buffer until release(). */
  void block();
  void release();
  void note_activities() { notes_activities_ = true; }
  /* Whether a buffer is being held. */
  bool wait_until_blocked();
  /* Within the deadline of a test. */
  bool wait_for(const std::string& note);
  std::vector<std::string> notes();
  /* Joined by ", ". */
  std::string text();
  std::vector<Buffer> buffers();

 private:
  static GstFlowReturn chain(GstPad* pad, GstObject* parent, GstBuffer* buffer);
  static gboolean event(GstPad* pad, GstObject* parent, GstEvent* event);
  static gboolean query(GstPad* pad, GstObject* parent, GstQuery* query);
  void note(std::string text);
  bool wait(const std::function<bool()>& condition);

  glib::Ref<GstPad> pad_;
  Caps caps_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> notes_;
  std::vector<Buffer> buffers_;
  GstFlowReturn result_ = GST_FLOW_OK;
  bool blocking_ = false;
  bool is_blocked_ = false;
  std::atomic<bool> notes_activities_ = false;
};

/* A live source element: NO_PREROLL when paused. Floating. */
GstElement* make_live_source(const char* name);

/* A playing element with one pad and its feed. Source and element count by @clock, with the
 * base times 5 s and 7 s: 3 s of the source are 1 s here. */
class Stage {
 public:
  explicit Stage(media::Feed::Settings settings, const char* pad_template_caps = nullptr);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void link(Receiver& receiver);
  void unlink(Receiver& receiver);
  void push(unsigned ms, bool is_key_frame = true);
  bool wait_until_ended();
  /* Lets time go on to @ms of running time, with all that is to happen until then. */
  void advance(unsigned ms);
  /* What the feed said of itself so far. */
  std::vector<media::ActivityNews> news();
  bool wait_for(media::Activity activity);

  glib::Ref<GstClock> clock;
  glib::Ref<GstElement> element;
  glib::Ref<GstPad> pad;
  std::shared_ptr<media::Feed> feed;
  std::atomic<int> ended = 0;
  std::atomic<int> key_frames_asked = 0;
  std::atomic<int> rebuilds = 0;

 private:
  std::mutex mutex_;
  std::vector<media::ActivityNews> news_;
};

media::Feed::Settings audio();
media::Feed::Settings video();

/* Polls @condition until the deadline of a test. */
bool eventually(const std::function<bool()>& condition, unsigned limit_ms = 10000);

}  // namespace test
