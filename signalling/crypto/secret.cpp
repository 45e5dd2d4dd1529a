/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/secret.h"

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
