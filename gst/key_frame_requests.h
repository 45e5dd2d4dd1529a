/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>

namespace media {

/* The requests for a key frame that the peers of one encoder make: whoever asks gets one, and
 * all who ask within one interval get the same. Pure. */
class KeyFrameRequests {
 public:
  using Time = std::chrono::microseconds;
  static constexpr std::chrono::milliseconds interval{500};

  void ask() { asked_ = true; }
  /* Whether the next frame is to be a key frame: somebody asked, and the last one is at
   * least the interval ago. */
  bool take(Time now) {
    if (!asked_ || (known_ && now - last_ < interval)) return false;
    note(now);
    return true;
  }
  /* A key frame comes, asked for or not. */
  void note(Time now) {
    asked_ = false;
    known_ = true;
    last_ = now;
  }

 private:
  bool asked_ = false;
  bool known_ = false;
  Time last_{};
};

}  // namespace media
