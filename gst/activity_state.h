/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>

#include "gst/activity.h"

namespace media {

/* What becomes of a feed, from what the signalling says and from whether packets come.
 *
 *   Idle --packet--> Active --none for stall_timeout--> Stalled --packet--> Active
 *     \--none for stall_timeout--> Stalled
 *   any --muted--> Muted --unmuted--> Idle, or Active if a packet ever came
 *   any --end--> Ended
 *
 * Times are of any clock that only goes on. Pure. */
class ActivityState {
 public:
  explicit ActivityState(GstClockTime stall_timeout) : stall_timeout_(stall_timeout) {}

  void set_stall_timeout(GstClockTime timeout) { stall_timeout_ = timeout; }
  void set_muted(bool muted);
  /* @arrived: packets came since the last time. To be called often enough while watching(). */
  void tick(bool arrived, GstClockTime now);
  void end() { ended_ = true; }

  Activity activity() const;
  bool is_muted() const { return muted_; }
  /* Whether time alone can change it. */
  bool watching() const { return !ended_ && !muted_ && !stalled_; }
  /* Packets came in the last @window, as far as tick() was told. */
  bool is_flowing(GstClockTime now, GstClockTime window) const;

 private:
  GstClockTime stall_timeout_;
  bool muted_ = false;
  bool ended_ = false;
  bool stalled_ = false;
  bool ever_ = false; /* a packet came */
  std::optional<GstClockTime> silent_since_;
  std::optional<GstClockTime> last_packet_;
};

}  // namespace media
