/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "gst/activity.h"
#include "gst/gst_ptr.h"
#include "gst/send_hold.h"
#include "gst/sender.h"
#include "gst/timeline.h"

namespace media {

/* What is behind one of our sink pads: takes what the user's pipeline pushes, at its time, and
 * hands it to the sender with times as the connections count. Upstream sees GST_FLOW_OK,
 * whatever becomes of it, but for a pad that is being flushed.
 *
 * What is live goes on at once. What is not waits in the pushing thread, for the hold and then
 * for its running time, as at a sink. */
class SendInput : public std::enable_shared_from_this<SendInput> {
 public:
  /* What a pad sends into while the element runs. */
  struct Target {
    std::shared_ptr<Sender> sender;
    std::shared_ptr<SendHold> hold;
    Timeline::Target time; /* of the connections */
    /* On the thread that pushes. */
    std::function<void()> on_media; /* a buffer, after set_idle() */
    std::function<void()> on_eos;   /* the stream has ended, or begun again: has_ended() */
    std::function<void(const ActivityNews&)> on_activity; /* of the feed that is sent on */
  };

  /* Takes over @pad's functions; @pad is inactive. */
  static std::shared_ptr<SendInput> create(GstPad* pad);
  SendInput(const SendInput&) = delete;
  SendInput& operator=(const SendInput&) = delete;

  /* Before the pad is active. */
  void attach(Target target);
  /* After it is not any more. */
  void detach();

  /* When the last buffer came, monotonic, us; of attach() if none has. Any thread. */
  gint64 last_media() const { return waits_ ? g_get_monotonic_time() : last_media_.load(); }
  /* on_media is called for the next buffer. Any thread. */
  void set_idle() { idle_ = true; }
  bool has_ended() const { return ended_; }
  /* Asks upstream. The thread that pushes. */
  void ask_for_key_frame();

 private:
  explicit SendInput(GstPad* pad) : pad_(pad) {}
  static GstFlowReturn handle_buffer(GstPad* pad, GstObject* parent, GstBuffer* buffer);
  static gboolean handle_event(GstPad* pad, GstObject* parent, GstEvent* event);
  static gboolean handle_query(GstPad* pad, GstObject* parent, GstQuery* query);
  static gboolean activate(GstPad* pad, GstObject* parent, GstPadMode mode, gboolean active);

  GstFlowReturn take(glib::Ref<GstBuffer> buffer);
  void take(GstEvent* event);
  void ask_what_comes() const;
  void set_ended(bool ended);
  void set_flushing(bool flushing);
  bool ask_whether_live() const;
  std::optional<GstClockTime> running_time_of(GstBuffer* buffer) const;
  bool wait_for(GstClockTime running_time);
  bool wait_until(GstClockTime running_time);
  void deliver(glib::Ref<GstBuffer> buffer, GstClockTime running_time);
  std::shared_ptr<const Target> target() const;

  GstPad* const pad_; /* owns this */
  std::atomic<gint64> last_media_ = 0;
  std::atomic<bool> waits_ = false; /* a buffer is here, before its time */
  std::atomic<bool> idle_ = false;
  std::atomic<bool> ended_ = false;

  mutable std::mutex lock_; /* held shortly; never while calling out */
  std::shared_ptr<const Target> target_;
  GstClockID waiting_ = nullptr;
  std::atomic<bool> flushing_ = true; /* changed with the lock of the hold */

  /* Of the thread that pushes. */
  GstSegment segment_;
  std::optional<bool> live_;
  GstClockTime shift_ = 0;          /* of what is not live */
  std::optional<GstClockTime> end_; /* running time, of the last buffer */
  std::optional<Timeline> timeline_;
  glib::Ref<GstClock> clock_; /* that timeline_ is of */
  GstClockTime base_time_ = 0;
};

}  // namespace media
