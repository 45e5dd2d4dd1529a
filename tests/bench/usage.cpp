/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/usage.h"

#include <malloc.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace bench {
namespace {

/* The sum of the lines of a file of /proc that start with @prefix. */
std::int64_t sum(const char* file, const std::string& prefix) {
  std::ifstream lines(file);
  std::int64_t total = 0;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(prefix)) total += std::stoll(line.substr(line.find(':') + 1));
  return total;
}

std::int64_t entries(const char* folder) {
  const std::filesystem::directory_iterator begin(folder);
  return std::distance(begin, std::filesystem::directory_iterator());
}

}  // namespace

Usage usage() {
  timespec cpu{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  malloc_trim(0);
  return {.cpu_us = std::int64_t{cpu.tv_sec} * 1000000 + cpu.tv_nsec / 1000,
          .private_kb = sum("/proc/self/smaps_rollup", "Private_"),
          .peak_kb = sum("/proc/self/status", "VmHWM"),
          .threads = entries("/proc/self/task"),
          /* One of them is the reading itself. */
          .descriptors = entries("/proc/self/fd") - 1};
}

void reset_peak() {
  std::ofstream("/proc/self/clear_refs") << '5';
}

}  // namespace bench
