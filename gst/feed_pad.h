/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>

#include "gst/gst_ptr.h"

namespace media {

/* What a feed's pad tells its feed. */
class FeedPadOwner {
 public:
  virtual ~FeedPadOwner() = default;
  /* Linked or unlinked. Any thread. */
  virtual void on_link_changed() = 0;
  /* Downstream wants to be asked for its caps again. Any thread. */
  virtual void on_reconfigure() = 0;
  /* Downstream needs a key frame. Any thread. */
  virtual void on_key_frame_wanted(glib::Ref<GstEvent> event) = 0;
  /* Nothing can be pushed any more; before the pad waits for its streaming threads. */
  virtual void on_deactivate() = 0;
  /* They are gone. */
  virtual void on_deactivated() = 0;
  /* One turn of the pad's own thread, with its stream lock. */
  virtual void on_turn() = 0;
  /* For LATENCY queries, ns. Any thread. */
  virtual GstClockTime latency() const = 0;
};

/* Makes @pad, a source pad without functions, report to @owner and answer for it: a live
 * stream that nobody seeks, without a duration. Events and queries never go on to the pads
 * of its element. */
void install_feed_pad_functions(GstPad* pad, std::weak_ptr<FeedPadOwner> owner);

/* Starts the pad's own thread, or lets it take another turn. */
void wake_feed_pad(GstPad* pad);

/* Whoever pushes into the pad holds its stream lock, so deactivating the pad waits. */
class PushLock {
 public:
  explicit PushLock(GstPad* pad) : pad_(pad) { GST_PAD_STREAM_LOCK(pad_); }
  PushLock(const PushLock&) = delete;
  PushLock& operator=(const PushLock&) = delete;
  ~PushLock() { GST_PAD_STREAM_UNLOCK(pad_); }

 private:
  GstPad* const pad_;
};

}  // namespace media
