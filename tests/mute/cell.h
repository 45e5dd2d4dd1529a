/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>

#include "tests/mute/consumer.h"
#include "tests/mute/scenario.h"
#include "tests/mute/scripted_call.h"
#include "tests/mute/sighting.h"

namespace test {

/* What became of one consumer. */
struct Outcome {
  ScriptedCall::End end = ScriptedCall::End::Never;
  std::string error{};           /* of the pipeline */
  GstClockTime longest_rest = 0; /* in which nothing came out while the call went on */
  GstClockTime length = 0;       /* of the call */
  GstClockTime latency = 0;      /* of the pipeline */
  bool can_be_played = true;
  Sighting seen{};
};

/* One call in virtual time, with @consumer downstream. */
Outcome run_cell(const Consumer& consumer, media::MutedOutput output, const Scenario& scenario);

/* In a few words, of which those in the documentation are made: "whole", "waits, whole", "short",
 * ... @details gets numbers, one thing a line. */
std::string judge(const Outcome& outcome, const Consumer& consumer, const Scenario& scenario,
                  std::string& details);

}  // namespace test
