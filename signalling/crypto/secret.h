/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace matrix {

/* Fills bytes with random ones that nobody can guess. */
using Entropy = std::function<void(std::span<std::uint8_t> bytes)>;

/* Bytes that are wiped when they are given up, and can be moved only. */
class Secret {
 public:
  Secret() = default;
  explicit Secret(size_t size) : bytes_(size) {}
  explicit Secret(std::string_view text) : bytes_(text.begin(), text.end()) {}
  Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }
  static Secret random(size_t size, const Entropy& entropy);
  /* What @text, padded or not, stands for; other characters than base64's are skipped. */
  static Secret from_base64(std::string_view text);

  std::uint8_t* data() { return bytes_.data(); }
  const std::uint8_t* data() const { return bytes_.data(); }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  /* Wipes what is after @size; which is at most size(). */
  void shorten(size_t size);
  std::string_view text() const { return {reinterpret_cast<const char*>(data()), size()}; }
  Secret copy() const { return Secret(text()); }

 private:
  void wipe();
  std::vector<std::uint8_t> bytes_;
};

/* Overwrites @text, which then is empty. */
void wipe(std::string& text);

}  // namespace matrix
