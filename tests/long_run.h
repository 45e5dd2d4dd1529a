/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

namespace test {

/* Whether the full counts are wanted. tests/run exports an empty LONG if they are not. */
inline bool is_long_run() {
  const char* wish = g_getenv("LONG");
  return wish && *wish;
}

}  // namespace test
