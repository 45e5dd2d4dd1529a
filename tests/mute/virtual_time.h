/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>

#include "gst/gst_ptr.h"

namespace test {

/* Time that goes on only when the test says so, and only when every other thread of the process
 * sleeps: what takes seconds in a call takes as long as its work does, and on a machine of any
 * speed the same happens at the same time. Nothing in the process may wait for real time. */
class VirtualTime {
 public:
  VirtualTime();

  GstClock* clock() const { return clock_.get(); }
  GstClockTime now() const { return gst_clock_get_time(clock_.get()); }

  /* Waits until all that has to be done at this time is done. Aborts where that is without end. */
  void settle();
  /* Goes on to @time, with a stop at each moment that somebody waits for. */
  void advance_to(GstClockTime time);
  /* As long as there is somebody who waits for a moment, at most @limit; stops early when @is_done
   * says so. */
  bool advance_until(const std::function<bool()>& is_done, GstClockTime limit);

 private:
  void wait_for_sleep();
  bool wake_who_is_due();

  const glib::Ref<GstClock> clock_;
};

}  // namespace test
