/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <sys/random.h>

#include <algorithm>

#include "signalling/crypto/secret.h"

namespace matrix {

/* The kernel's random bytes. Any thread. */
inline void system_entropy(std::span<std::uint8_t> bytes) {
  constexpr size_t at_once = 256;
  while (!bytes.empty()) {
    const size_t size = std::min(bytes.size(), at_once);
    const int result = getentropy(bytes.data(), size);
    g_assert(result == 0); /* fails for more at once only */
    bytes = bytes.subspan(size);
  }
}

}  // namespace matrix
