/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench_receiver element|queues|recorder|bare URL TOKEN ROOM: records the call's participants. For
 * each line that it reads it says as one line of JSON what it has cost. */
#include <iostream>
#include <string>
#include <string_view>

#include "gst/gst_ptr.h"
#include "tests/bench/receiver.h"
#include "tests/bench/usage.h"

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 5) return 2;
  const std::string_view kind = argv[1];
  const bench::Account account{argv[2], argv[3], argv[4]};
  const auto receiver = kind == "bare"       ? bench::make_bare_receiver(account)
                        : kind == "recorder" ? bench::make_recorder_receiver(account)
                                             : bench::make_call_receiver(account, kind == "queues");
  for (std::string line; std::getline(std::cin, line);) {
    std::string bytes;
    for (const auto number : receiver->bytes())
      bytes += (bytes.empty() ? "" : ",") + std::to_string(number);
    const auto usage = bench::usage();
    std::cout << "{\"cpu\":" << usage.cpu_us << ",\"memory\":" << usage.private_kb
              << ",\"threads\":" << usage.threads << ",\"descriptors\":" << usage.descriptors
              << ",\"bytes\":[" << bytes << "]}" << std::endl;
  }
}
