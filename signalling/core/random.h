/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>

#include "signalling/core/time.h"

namespace matrix {

/* Ids and jitter. The same seed gives the same sequence, so that a run can be repeated;
 * for ids that nobody can guess the seed must be 256 random bits. Pure. */
class Random {
 public:
  explicit Random(const std::array<std::uint32_t, 8>& seed);

  /* @length characters of [0-9a-zA-Z], each as likely as the others. */
  std::string id(size_t length);
  /* Evenly within both bounds, which belong to it. @low is at most @high. */
  Time between(Time low, Time high);

 private:
  std::mt19937_64 engine_;
};

}  // namespace matrix
