/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <vector>

#include "tests/mute/scripted_feed.h"

namespace test {

/* What a participant does during a short call. */
struct Scenario {
  const char* name;
  Script audio;
  Script video;
  GstClockTime length;
};

/* The last two are of one kind of media only: without video, without sound. */
const std::vector<Scenario>& scenarios();

}  // namespace test
