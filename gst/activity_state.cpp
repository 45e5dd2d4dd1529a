/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/activity_state.h"

namespace media {

void ActivityState::set_muted(bool muted) {
  if (muted_ == muted) return;
  muted_ = muted;
  stalled_ = false;
  silent_since_.reset();
}

void ActivityState::tick(bool arrived, GstClockTime now) {
  if (arrived) {
    ever_ = true;
    stalled_ = false;
    last_packet_ = now;
  }
  if (muted_) return;
  if (arrived || !silent_since_) silent_since_ = now;
  if (now - *silent_since_ >= stall_timeout_) stalled_ = true;
}

Activity ActivityState::activity() const {
  if (ended_) return Activity::Ended;
  if (muted_) return Activity::Muted;
  if (stalled_) return Activity::Stalled;
  return ever_ ? Activity::Active : Activity::Idle;
}

bool ActivityState::is_flowing(GstClockTime now, GstClockTime window) const {
  return last_packet_ && now - *last_packet_ < window;
}

}  // namespace media
