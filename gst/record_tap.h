/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <memory>

#include "gst/gst_ptr.h"
#include "gst/recorder.h"

namespace media {

/* One feed on its way through a recorder: from a sink pad into the Recorder and on to a source
 * pad, if that is linked. Neither what is behind the source pad nor the disk can fail the feed;
 * what is behind the source pad can hold it up.
 *
 * Any thread. */
class RecordTap {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /* EOS has passed. Streaming thread. @call_ended: the feed said that the call is over. */
    virtual void on_tap_ended(bool call_ended) = 0;
    /* A tap that has ended was unlinked: nobody needs it any more. */
    virtual void on_tap_unused(unsigned feed) = 0;
  };

  struct Place {
    GstPad* sink; /* borrowed, as is src: these keep the tap */
    GstPad* src;
    unsigned feed = 0;
  };
  /* Sets the functions of the pads. @owner outlives their being active. */
  static std::shared_ptr<RecordTap> create(Place place, std::shared_ptr<Recorder> recorder,
                                           Owner& owner);

  unsigned feed() const { return place_.feed; }
  GstPad* sink() const { return place_.sink; }
  GstPad* src() const { return place_.src; }
  bool ended() const { return ended_; }
  /* The feed says whose it is. */
  bool identified() const { return identified_; }
  void ask_for_key_frame();

 private:
  RecordTap(Place place, std::shared_ptr<Recorder> recorder, Owner& owner);
  static RecordTap& of(GstPad* pad);
  static GstFlowReturn chain(GstPad* pad, GstObject* parent, GstBuffer* buffer);
  static gboolean sink_event(GstPad* pad, GstObject* parent, GstEvent* event);
  static gboolean sink_query(GstPad* pad, GstObject* parent, GstQuery* query);
  static gboolean src_event(GstPad* pad, GstObject* parent, GstEvent* event);
  static gboolean src_query(GstPad* pad, GstObject* parent, GstQuery* query);
  void listen(GstEvent* event);
  void record(GstBuffer* buffer);

  const Place place_;
  const std::shared_ptr<Recorder> recorder_;
  Owner& owner_;
  GstSegment segment_; /* streaming thread */
  std::atomic<bool> ended_ = false;
  std::atomic<bool> identified_ = false;
  std::atomic<bool> call_ended_ = false;
};

}  // namespace media
