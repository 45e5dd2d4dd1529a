/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/alarm.h"

#include <utility>

namespace media {
namespace {

using Ring = std::shared_ptr<const std::function<void()>>;

gboolean on_time(GstClock*, GstClockTime, GstClockID, gpointer data) {
  (**static_cast<Ring*>(data))();
  return TRUE;
}

}  // namespace

Alarm::Alarm(std::function<void()> ring)
    : ring_(std::make_shared<const std::function<void()>>(std::move(ring))) {}

void Alarm::Unschedule::operator()(void* id) const {
  gst_clock_id_unschedule(id);
  gst_clock_id_unref(id);
}

void Alarm::set(GstClock* clock, GstClockTime time) {
  clear();
  id_.reset(gst_clock_new_single_shot_id(clock, time));
  gst_clock_id_wait_async(id_.get(), on_time, new Ring(ring_),
                          [](gpointer data) { delete static_cast<Ring*>(data); });
}

void Alarm::clear() {
  id_.reset();
}

}  // namespace media
