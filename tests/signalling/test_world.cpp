/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include <cstring>

#include "tests/long_run.h"
#include "tests/signalling/world.h"

/* test_world            a hundred seeds; with LONG in the environment 2,500, or 300 where
 *                       sanitizers make each last ten times as long
 * test_world --seed N   that one alone, with its log */
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr unsigned long many_seeds = 300;
#else
constexpr unsigned long many_seeds = 2500;
#endif
unsigned long seeds = 100;
unsigned long only_seed = 0;
bool whole_log = false;

bool run(unsigned long seed, std::map<std::string, unsigned>& totals) {
  world::World world(seed);
  const bool good = world.run();
  world.count(totals);
  if (!good || whole_log)
    for (const auto& line : world.log()) g_test_message("%s", line.c_str());
  for (const auto& what : world.violations()) g_test_message("seed %lu: %s", seed, what.c_str());
  return good;
}

void everybody_who_should_be_connected_is_connected_once() {
  std::map<std::string, unsigned> totals;
  unsigned failed = 0;
  const unsigned long first = only_seed ? only_seed : 1;
  const unsigned long last = only_seed ? only_seed : seeds;
  for (unsigned long seed = first; seed <= last && failed < 3; seed++)
    failed += run(seed, totals) ? 0 : 1;
  for (const auto& [what, number] : totals) g_test_message("%s: %u", what.c_str(), number);
  g_assert_cmpuint(failed, ==, 0);
}

/* Takes ours out of the arguments; g_test has a --seed of its own. */
void read_arguments(int& argc, char** argv) {
  int kept = 1;
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--seed") && i + 1 < argc && g_ascii_isdigit(*argv[i + 1])) {
      only_seed = g_ascii_strtoull(argv[++i], nullptr, 10);
      whole_log = true;
    } else {
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
  argv[argc] = nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  if (test::is_long_run()) seeds = many_seeds;
  read_arguments(argc, argv);
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/world/" #name, name)
  TEST(everybody_who_should_be_connected_is_connected_once);
  return g_test_run();
}
