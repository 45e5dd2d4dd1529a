/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <memory>

#include "gst/gst_ptr.h"

namespace media {

/* Rings once when a clock reaches a time. One thread at a time; it rings on a thread of the
 * clock, where @ring must not wait, and may be ringing still when it has been cleared or
 * destroyed. */
class Alarm {
 public:
  explicit Alarm(std::function<void()> ring);
  ~Alarm() { clear(); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /* Instead of what was set before. */
  void set(GstClock* clock, GstClockTime time);
  void clear();

 private:
  struct Unschedule {
    void operator()(void* id) const;
  };
  const std::shared_ptr<const std::function<void()>> ring_;
  std::unique_ptr<void, Unschedule> id_;
};

}  // namespace media
