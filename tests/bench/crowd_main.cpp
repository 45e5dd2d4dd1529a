/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench_crowd FOLDER: callers with the reel of that folder. Says URL, token and room for the one
 * that is to receive them, and reads how many there are to be, a number a line, until the end. */
#include <iostream>

#include "tests/bench/reel.h"
#include "tests/plugin/crowd.h"

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 2) return 2;
  party::Crowd crowd(bench::reel(argv[1]));
  std::cout << crowd.url() << ' ' << crowd.token() << ' ' << crowd.room() << std::endl;
  for (std::size_t size = 0; std::cin >> size;) crowd.resize(size);
}
