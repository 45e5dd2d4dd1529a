/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>

namespace matrix {

/* Since the Unix epoch. Made once, by the session, as its start on the wall clock
 * plus what has passed since then: one kind of time for expires_ts and timers that
 * never jumps. */
using Time = std::chrono::milliseconds;

}  // namespace matrix
