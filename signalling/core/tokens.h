/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>

namespace matrix {

/* Names what a call sends (SendToDevice, SendState): never 0, none twice. Its machines
 * share one. Pure. */
class Tokens {
 public:
  std::uint64_t next() { return ++last_; }

 private:
  std::uint64_t last_ = 0;
};

}  // namespace matrix
