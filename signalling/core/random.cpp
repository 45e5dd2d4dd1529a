/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/random.h"

#include <string_view>

namespace matrix {

namespace {

std::mt19937_64 seeded(const std::array<std::uint32_t, 8>& seed) {
  std::seed_seq sequence(seed.begin(), seed.end());
  return std::mt19937_64(sequence);
}

}  // namespace

Random::Random(const std::array<std::uint32_t, 8>& seed) : engine_(seeded(seed)) {}

std::string Random::id(size_t length) {
  constexpr std::string_view alphabet =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::uniform_int_distribution<size_t> index(0, alphabet.size() - 1);
  std::string id(length, '0');
  for (char& character : id) character = alphabet[index(engine_)];
  return id;
}

Time Random::between(Time low, Time high) {
  return Time(std::uniform_int_distribution<Time::rep>(low.count(), high.count())(engine_));
}

}  // namespace matrix
