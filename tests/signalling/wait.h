/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>
#include <functional>

#include "signalling/base/loop.h"

namespace fake {

/* Whether @condition, asked on the loop again and again, became true in time. */
inline bool eventually(rtc::Loop& loop, const std::function<bool()>& condition,
                       std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
  const gint64 end = g_get_monotonic_time() + deadline.count() * 1000;
  for (;;) {
    bool met = false;
    loop.run_sync([&] { met = condition(); });
    if (met || g_get_monotonic_time() > end) return met;
    g_usleep(1000);
  }
}

}  // namespace fake
