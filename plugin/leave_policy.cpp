/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/leave_policy.h"

#include <utility>

namespace matrixcall {

LeavePolicy::LeavePolicy(rtc::Loop& loop, const Settings& settings,
                         std::function<void(const std::string& reason)> leave)
    : loop_(loop),
      leave_when_empty_(settings.leave_when_empty),
      empty_timeout_(settings.empty_timeout_s),
      max_duration_(settings.max_duration_s),
      leave_(std::move(leave)) {}

void LeavePolicy::joined() {
  if (max_duration_.count() > 0)
    duration_timer_ = loop_.after(max_duration_, [this] { leave_("max-duration"); });
}

void LeavePolicy::set_participants(std::size_t count) {
  const bool was_occupied = std::exchange(occupied_, count > 0);
  if (occupied_)
    empty_timer_ = {};
  else if (was_occupied && leave_when_empty_)
    empty_timer_ = loop_.after(empty_timeout_, [this] { leave_("empty"); });
}

}  // namespace matrixcall
