/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

/* Bounds for what others name things. */
namespace matrix {

inline constexpr size_t max_id_bytes = 255;
/* The largest integer that all writers of JSON can express: 2^53 - 1. */
inline constexpr std::int64_t max_safe_integer = 9007199254740991;

/* At most @max_bytes, on one line: nothing that could forge a log line or an SDP line. */
inline bool is_line(std::string_view text, size_t max_bytes) {
  return text.size() <= max_bytes && std::none_of(text.begin(), text.end(), [](unsigned char c) {
           return c < 0x20 || c == 0x7f;
         });
}
/* What can be the id of a user, device, session, call or stream. Pure. */
inline bool is_identifier(std::string_view text) {
  return !text.empty() && is_line(text, max_id_bytes);
}

}  // namespace matrix
