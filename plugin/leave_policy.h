/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "plugin/settings.h"
#include "signalling/base/loop.h"

namespace matrixcall {

/* When to leave without being asked: leave-when-empty and max-duration. Loop only. */
class LeavePolicy {
 public:
  /* @loop is borrowed. @leave gets the reason, "empty" or "max-duration", perhaps twice. */
  LeavePolicy(rtc::Loop& loop, const Settings& settings,
              std::function<void(const std::string& reason)> leave);

  /* We are in the call. */
  void joined();
  /* So many others are in the call from now on. */
  void set_participants(std::size_t count);

 private:
  rtc::Loop& loop_;
  bool leave_when_empty_;
  std::chrono::seconds empty_timeout_;
  std::chrono::seconds max_duration_;
  std::function<void(const std::string&)> leave_;

  bool occupied_ = false;
  rtc::Loop::Timer empty_timer_;
  rtc::Loop::Timer duration_timer_;
};

}  // namespace matrixcall
