/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include <string>

namespace fake {

/* g_assert_cmpstr() for strings that do not outlive the expression. */
inline void equal(const std::string& a, const std::string& b) {
  g_assert_cmpstr(a.c_str(), ==, b.c_str());
}

}  // namespace fake
