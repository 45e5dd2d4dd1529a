/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <memory>

#include "gst/mix_audio_input.h"
#include "gst/mixer.h"

namespace media {

/* How far what comes out of @pad's peer is behind the clock; 0 if it does not say. */
GstClockTime latency_of(GstPad* pad);

/* One feed on its way into a Mixer, from a sink pad on. Whatever is wrong with it costs that feed
 * only; the feed's thread never waits for the mixer.
 *
 * Any thread. */
class MixFeed {
 public:
  enum class Kind { Audio, Video };
  class Owner {
   public:
    virtual ~Owner() = default;
    /* EOS has come. Streaming thread. @call_ended: the feed said that the call is over. */
    virtual void on_feed_ended(bool call_ended) = 0;
    /* A feed that has ended was unlinked: nobody needs it any more. */
    virtual void on_feed_unused(unsigned number) = 0;
    /* Its sender may be further behind the clock than we know. Streaming thread. */
    virtual void on_feed_latency(GstClockTime latency) = 0;
  };

  /* Sets the functions of @sink, which keeps the feed. @bin: where decoders go. @owner and @mixer
   * outlive the pad's being active. */
  static std::shared_ptr<MixFeed> create(GstPad* sink, Kind kind, unsigned number, GstBin* bin,
                                         Mixer& mixer, Owner& owner);

  GstPad* sink() const { return sink_; }
  bool ended() const { return ended_; }
  /* The feed says whose it is. */
  bool identified() const { return identified_; }
  /* Lets go of decoders; while the pad is not active. */
  void clear();

 private:
  MixFeed(GstPad* sink, Kind kind, unsigned number, GstBin* bin, Mixer& mixer, Owner& owner);
  static MixFeed& of(GstPad* pad);
  static GstFlowReturn chain(GstPad* pad, GstObject* parent, GstBuffer* buffer);
  static gboolean event(GstPad* pad, GstObject* parent, GstEvent* event);
  void on_event(GstEvent* event);
  void listen(GstEvent* event);
  void end();

  GstPad* const sink_; /* borrowed: it keeps this */
  const unsigned number_;
  Mixer& mixer_;
  Owner& owner_;
  std::shared_ptr<MixVideoInput> video_;
  std::unique_ptr<MixAudioInput> audio_;
  GstSegment segment_; /* streaming thread */
  std::atomic<bool> ended_ = false;
  std::atomic<bool> identified_ = false;
  bool call_ended_ = false; /* streaming thread */
};

}  // namespace media
