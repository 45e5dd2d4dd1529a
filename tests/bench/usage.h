/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>

namespace bench {

/* What this process has cost and holds. */
struct Usage {
  std::int64_t cpu_us; /* user and system, of all threads that ever were */
  std::int64_t private_kb;
  std::int64_t peak_kb; /* resident, since reset_peak() */
  std::int64_t threads;
  std::int64_t descriptors;
};
/* Memory that malloc() keeps for later is given back first, so that it is not counted. */
Usage usage();
void reset_peak();

}  // namespace bench
