/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "gst/gst_ptr.h"

namespace media {

/* A source pad that pushes one buffer after another by the clock, from running time 0 on,
 * whatever comes in. While nothing is linked nothing is made. If what is linked is so slow that
 * a second is lost, that is skipped.
 *
 *   Waiting --PLAYING--> Running --end--> Ended
 *      '-----PAUSED---------'
 *
 * Any thread; a Maker is called on the pad's own. */
class MixOutput {
 public:
  struct Rate {
    int numerator = 0; /* buffers per second */
    int denominator = 1;
    bool operator==(const Rate&) const = default;
  };
  class Maker {
   public:
    virtual ~Maker() = default;
    virtual Rate rate() const = 0;
    /* How far behind the clock buffers leave. */
    virtual GstClockTime latency() const = 0;
    /* Whether the caps have to be asked for anew. */
    virtual bool wants_new_caps() = 0;
    /* Empty if what is linked takes nothing that can be made. */
    virtual glib::Ref<GstCaps> negotiate(GstPad* pad) = 0;
    /* Without timestamps. */
    virtual glib::Ref<GstBuffer> make(GstClockTime running_time, GstClockTime duration) = 0;
    /* Nothing is linked. */
    virtual void idle() = 0;
  };

  /* @pad: a source pad, not active yet, which must not outlive this while active. @maker is
   * borrowed. */
  MixOutput(GstPad* pad, const char* stream_id, Maker& maker);

  void set_playing(bool playing);
  /* EOS follows what is to be seen before @running_time; only the first counts. */
  void end_at(GstClockTime running_time);
  /* As if nothing had happened; while the pad is not active. */
  void reset();

 private:
  static gboolean activate(GstPad* pad, GstObject* parent, GstPadMode mode, gboolean active);
  static void take_turn(gpointer self);

  void turn();
  bool wait_until_playing();
  void begin(GstClockTime now);
  bool wait_for(GstClockTime time);
  void skip(GstClockTime lost);
  void keep_rate();
  GstClockTime time_of(guint64 count) const;
  bool send_caps();
  void push(GstClockTime time, GstClockTime duration);
  void finish();
  void stop_waiting();
  glib::Ref<GstElement> element() const;

  GstPad* const pad_;
  const char* const stream_id_;
  Maker& maker_;

  /* The pad's thread. */
  Rate rate_;
  GstClockTime origin_ = 0; /* since when rate_ holds */
  guint64 count_ = 0;       /* buffers since then */
  bool begun_ = false;
  bool has_caps_ = false;
  bool is_discont_ = true;

  std::atomic<GstClockTime> end_ = GST_CLOCK_TIME_NONE;
  std::mutex lock_;
  std::condition_variable changed_;
  bool playing_ = false;         /* lock */
  bool stopping_ = false;        /* lock */
  GstClockID waiting_ = nullptr; /* lock */
};

}  // namespace media
