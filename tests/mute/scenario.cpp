/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/mute/scenario.h"

#include <random>

namespace test {
namespace {

constexpr GstClockTime operator""_ms(unsigned long long ms) {
  return ms * GST_MSECOND;
}

constexpr GstClockTime for_ever = 3600 * GST_SECOND;

/* Five of each, of random length, after random times. The same ones each time. */
Scenario ten_mutes() {
  std::minstd_rand random(5);
  const auto next = [&random](unsigned least, unsigned most) {
    return GstClockTime{least + random() % (most - least)} * 10_ms;
  };
  Scenario scenario{"ten random mutes", {}, {}, 0};
  for (Script* script : {&scenario.audio, &scenario.video}) {
    GstClockTime time = 500_ms;
    for (int i = 0; i < 5; i++) {
      const GstClockTime from = time + next(40, 120);
      time = from + next(20, 150);
      script->muted.push_back({from, time});
    }
    scenario.length = std::max(scenario.length, time + 1500_ms);
  }
  return scenario;
}

std::vector<Scenario> make_scenarios() {
  return {
      {"muted from the start", {.muted = {{0, 4000_ms}}}, {.muted = {{0, 5000_ms}}}, 8000_ms},
      {"muted in the middle",
       {.muted = {{3000_ms, 8000_ms}}},
       {.muted = {{2120_ms, 7500_ms}}},
       10000_ms},
      ten_mutes(),
      {"stalled", {.lost = {{2000_ms, 8000_ms}}}, {.lost = {{2000_ms, 8000_ms}}}, 10500_ms},
      {"muted at the end",
       {.muted = {{3500_ms, for_ever}}},
       {.muted = {{2620_ms, for_ever}}},
       9000_ms},
      {"never any video", {}, {.lost = {{0, for_ever}}}, 8000_ms},
      {"never any sound", {.lost = {{0, for_ever}}}, {}, 8000_ms},
  };
}

}  // namespace

const std::vector<Scenario>& scenarios() {
  static const auto all = make_scenarios();
  return all;
}

}  // namespace test
