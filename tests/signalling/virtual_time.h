/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <map>
#include <random>
#include <utility>

#include "signalling/core/time.h"

namespace world {

using matrix::Time;

/* A clock that goes as far as its next appointment, as fast as it can. */
class VirtualTime {
 public:
  Time now() const { return now_; }
  void at(Time when, std::function<void()> what) {
    appointments_.emplace(std::max(when, now_), std::move(what));
  }
  void after(Time delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }
  /* False if nothing is left to do before @end. */
  bool step(Time end) {
    if (appointments_.empty() || appointments_.begin()->first > end) return false;
    auto next = appointments_.extract(appointments_.begin());
    now_ = next.key();
    next.mapped()();
    return true;
  }

 private:
  Time now_{1'700'000'000'000};
  std::multimap<Time, std::function<void()>> appointments_; /* of one time: in order */
};

/* The dice of one run. */
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  bool chance(double probability) {
    return std::uniform_real_distribution<>(0, 1)(engine_) < probability;
  }
  int between(int low, int high) { return std::uniform_int_distribution<>(low, high)(engine_); }
  Time time(int low_ms, int high_ms) { return Time(between(low_ms, high_ms)); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace world
