/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "gst/gst_ptr.h"

namespace media {

/* Holds back what is not live until somebody can see it, and then shifts it, on all pads by the
 * same time: nothing of a file is missed, and its sound stays with its picture.
 *
 * Open while the pipeline plays and after ready(). Any thread. */
class SendHold {
 public:
  void set_playing(bool playing);
  /* We are in the call, and connected to those who were there; for good. */
  void ready();
  bool is_open() const;

  /* Waits until it is open. False: @cancelled became true and wake() was called. */
  bool wait(const std::atomic<bool>& cancelled);
  /* After @cancelled was changed by @change. */
  template <typename F>
  void wake(F change) {
    {
      const std::lock_guard lock(lock_);
      change();
    }
    changed_.notify_all();
  }
  /* What is added to running times, so that the first that asks is on time. @running_time:
   * of its buffer; @now: of the pipeline. */
  GstClockTime offset(GstClockTime running_time, GstClockTime now);

 private:
  mutable std::mutex lock_;
  std::condition_variable changed_;
  bool playing_ = false;
  bool ready_ = false;
  std::optional<GstClockTime> offset_;
};

}  // namespace media
