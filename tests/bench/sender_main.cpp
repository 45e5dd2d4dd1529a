/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench_sender element|bare|each FOLDER URL TOKEN ROOM: sends the reel of that folder to the call's
 * participants. For each line that it reads it says what it has cost. */
#include <iostream>
#include <string>
#include <string_view>

#include "gst/gst_ptr.h"
#include "tests/bench/sender.h"
#include "tests/bench/usage.h"

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 6) return 2;
  const std::string_view kind = argv[1];
  const bench::Account account{argv[3], argv[4], argv[5]};
  const auto sender = kind == "element" ? bench::make_call_sender(account, argv[2])
                                        : bench::make_bare_sender(account, argv[2], kind == "each");
  for (std::string line; std::getline(std::cin, line);)
    std::cout << "{\"cpu\":" << bench::usage().cpu_us << "}" << std::endl;
  /* What is still sent to somebody is not taken apart. */
  std::quick_exit(0);
}
