/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace matrix {

/* Messages and devices that were dropped, by why. */
using Counters = std::map<std::string, std::uint64_t>;

}  // namespace matrix
