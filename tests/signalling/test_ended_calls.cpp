/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/ended_calls.h"

#include <glib.h>

using namespace matrix;

namespace {

const Address alice{"@a:hs", "A"};
const Address mallory{"@m:hs", "A"};

void knows_a_call_by_its_device_and_id() {
  EndedCalls ended;
  ended.add(alice, "one");
  g_assert_true(ended.contains(alice, "one"));
  g_assert_false(ended.contains(alice, "two"));
  g_assert_false(ended.contains(mallory, "one"));
}

void forgets_the_oldest() {
  EndedCalls ended;
  for (int i = 0; i < 2000; i++) {
    ended.add(alice, std::to_string(i));
    ended.add(alice, std::to_string(i));
  }
  g_assert_false(ended.contains(alice, "0"));
  g_assert_true(ended.contains(alice, "976"));
  g_assert_true(ended.contains(alice, "1999"));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/ended_calls/" #name, name)
  TEST(knows_a_call_by_its_device_and_id);
  TEST(forgets_the_oldest);
  return g_test_run();
}
