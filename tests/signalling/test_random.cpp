/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/random.h"

#include <glib.h>

#include <algorithm>
#include <set>

using matrix::Random;
using matrix::Time;

namespace {

void repeats_itself_for_the_same_seed_only() {
  Random first({1, 2, 3, 4, 5, 6, 7, 8});
  Random same({1, 2, 3, 4, 5, 6, 7, 8});
  Random other({1, 2, 3, 4, 5, 6, 7, 9});
  const auto id = first.id(16);
  g_assert_true(id == same.id(16));
  g_assert_true(id != other.id(16));
  g_assert_true(id != first.id(16));
}

void makes_ids_of_digits_and_letters() {
  Random random({});
  std::set<char> seen;
  for (int i = 0; i < 1000; i++) {
    const auto id = random.id(16);
    g_assert_cmpuint(id.size(), ==, 16);
    g_assert_true(std::all_of(id.begin(), id.end(), [](char c) { return g_ascii_isalnum(c); }));
    seen.insert(id.begin(), id.end());
  }
  g_assert_cmpuint(seen.size(), ==, 62);
  g_assert_true(random.id(0).empty());
}

void stays_between_both_bounds() {
  Random random({7});
  std::set<Time> seen;
  for (int i = 0; i < 1000; i++) seen.insert(random.between(Time(10), Time(13)));
  g_assert_true((seen == std::set<Time>{Time(10), Time(11), Time(12), Time(13)}));
  g_assert_true(random.between(Time(5), Time(5)) == Time(5));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/random/" #name, name)
  TEST(repeats_itself_for_the_same_seed_only);
  TEST(makes_ids_of_digits_and_letters);
  TEST(stays_between_both_bounds);
  return g_test_run();
}
