/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/send_hold.h"

namespace media {

void SendHold::set_playing(bool playing) {
  wake([&] { playing_ = playing; });
}

void SendHold::ready() {
  wake([&] { ready_ = true; });
}

bool SendHold::is_open() const {
  const std::lock_guard lock(lock_);
  return playing_ && ready_;
}

bool SendHold::wait(const std::atomic<bool>& cancelled) {
  std::unique_lock lock(lock_);
  changed_.wait(lock, [&] { return cancelled || (playing_ && ready_); });
  return !cancelled;
}

GstClockTime SendHold::offset(GstClockTime running_time, GstClockTime now) {
  const std::lock_guard lock(lock_);
  if (!offset_) offset_ = now > running_time ? now - running_time : 0;
  return *offset_;
}

}  // namespace media
