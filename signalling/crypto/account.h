/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <olm/olm.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "signalling/crypto/secret.h"

namespace matrix {

/* A device's public keys, in unpadded base64. */
struct IdentityKeys {
  std::string curve25519;
  std::string ed25519;
  bool operator==(const IdentityKeys&) const = default;
};

/* Whether @text has the form of a public key: 32 bytes in unpadded base64. */
bool is_public_key(std::string_view text);

/* Our device's keys: a libolm account, which is wiped in the end. Moved only. Pure but for
 * the entropy that it is given. */
class Account {
 public:
  /* A public key under the id that it has on the server. */
  using Key = std::pair<std::string, std::string>;

  static Account create(const Entropy& entropy);
  /* Nothing if the pickle is not one, or of another key. */
  static std::optional<Account> unpickle(const Secret& key, std::string pickle);
  Account(Account&&) noexcept = default;
  Account& operator=(Account&&) noexcept = default;
  ~Account() = default;

  std::string pickle(const Secret& key) const;
  const IdentityKeys& identity() const { return identity_; }
  /* An Ed25519 signature in unpadded base64. */
  std::string sign(std::string_view text) const;

  void generate_one_time_keys(size_t number, const Entropy& entropy);
  void generate_fallback_key(const Entropy& entropy);
  /* Those that mark_published() was not called for. */
  std::vector<Key> one_time_keys() const;
  std::optional<Key> fallback_key() const;
  void mark_published();
  /* The fallback key before the present one opens no session any more. */
  void forget_old_fallback_key();

  /* For sessions that are made with it. */
  ::OlmAccount* raw() const { return account_.get(); }

 private:
  struct Wipe {
    void operator()(::OlmAccount* account) const;
  };
  Account();
  void read_identity();

  std::unique_ptr<::OlmAccount, Wipe> account_;
  IdentityKeys identity_;
};

}  // namespace matrix
