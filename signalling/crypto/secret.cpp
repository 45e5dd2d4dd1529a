/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/secret.h"

#include <glib.h>

#include <algorithm>
#include <cstring>

namespace matrix {

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  bytes_ = std::exchange(other.bytes_, {});
  return *this;
}

Secret Secret::random(size_t size, const Entropy& entropy) {
  Secret secret(size);
  entropy({secret.data(), size});
  return secret;
}

Secret Secret::from_base64(std::string_view text) {
  constexpr size_t group = 4;
  Secret secret((text.size() + group - 1) / group * group + 1);
  std::fill_n(secret.data(), secret.size() - 1, '=');
  std::copy(text.begin(), text.end(), secret.data());
  gsize size = 0;
  if (!text.empty()) g_base64_decode_inplace(reinterpret_cast<char*>(secret.data()), &size);
  secret.shorten(size);
  return secret;
}

void Secret::shorten(size_t size) {
  explicit_bzero(bytes_.data() + size, bytes_.size() - size);
  bytes_.resize(size);
}

void Secret::wipe() {
  if (!bytes_.empty()) explicit_bzero(bytes_.data(), bytes_.size());
}

void wipe(std::string& text) {
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace matrix
