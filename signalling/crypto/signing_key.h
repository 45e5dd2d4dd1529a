/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <olm/pk.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "signalling/core/json.h"
#include "signalling/crypto/secret.h"

namespace matrix {

/* The private half of a cross-signing key: a libolm signing context, which is wiped in the end.
 * Moved only. Pure. */
class SigningKey {
 public:
  /* @seed: unpadded base64 of 32 bytes, as it is kept as a secret. Nothing if it is none. */
  static std::optional<SigningKey> create(std::string_view seed);

  /* In unpadded base64. */
  const std::string& public_key() const { return public_key_; }
  /* @object with its signature, for @user_id, added; nothing if it cannot be signed. */
  std::optional<Json> sign(const Json& object, const std::string& user_id) const;

 private:
  struct Wipe {
    void operator()(::OlmPkSigning* signing) const;
  };
  SigningKey();

  std::unique_ptr<::OlmPkSigning, Wipe> signing_;
  std::string public_key_;
};

}  // namespace matrix
