/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <vector>

namespace media {

/* Writes the syntax elements of ITU-T H.264 (7.2, 9.1) into bytes. Pure. */
class BitWriter {
 public:
  /* The @count low bits of @value. */
  void bits(std::uint32_t value, unsigned count) {
    for (unsigned i = count; i > 0; i--) bit((value >> (i - 1)) & 1);
  }
  void bit(unsigned value) {
    if (used_ % 8 == 0) bytes_.push_back(0);
    if (value) bytes_.back() |= 0x80 >> (used_ % 8);
    used_++;
  }
  /* ue(v) */
  void unsigned_golomb(std::uint32_t value) {
    unsigned length = 0;
    while ((value + 1) >> (length + 1)) length++;
    bits(0, length);
    bits(value + 1, length + 1);
  }
  /* se(v) */
  void signed_golomb(std::int32_t value) {
    unsigned_golomb(value > 0 ? 2 * value - 1 : -2 * value);
  }
  /* rbsp_trailing_bits() */
  void end() {
    bit(1);
    while (used_ % 8 != 0) bit(0);
  }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
  unsigned used_ = 0;
};

}  // namespace media
