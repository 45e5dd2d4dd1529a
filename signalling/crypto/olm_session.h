/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "signalling/crypto/account.h"

namespace matrix {

/* What the field "ciphertext" holds for one recipient. */
struct OlmMessage {
  static constexpr int pre_key = 0; /* opens a session */
  static constexpr int normal = 1;
  int type = normal;
  std::string body; /* base64 */
  bool operator==(const OlmMessage&) const = default;
};

/* A double ratchet between us and one other device: a libolm session, which is wiped in the
 * end. Moved only. A message that cannot be decrypted changes nothing. Pure. */
class OlmSession {
 public:
  /* Nothing if a key is none. */
  static std::optional<OlmSession> outbound(const Account& account, const std::string& their_key,
                                            const std::string& one_time_key,
                                            const Entropy& entropy);
  /* Of a pre-key message by @their_key. Nothing if it is none, or of a one-time key that we do
   * not have (any more). The one-time key stays until use_up() is called. */
  static std::optional<OlmSession> inbound(const Account& account, const std::string& their_key,
                                           const OlmMessage& message);
  static std::optional<OlmSession> unpickle(const Secret& key, std::string pickle);

  std::string pickle(const Secret& key) const;
  const std::string& id() const { return id_; }
  /* Whether a pre-key message by @their_key belongs to it. */
  bool matches(const std::string& their_key, const OlmMessage& message) const;
  /* The one-time key that this was made of makes no other session. */
  void use_up(const Account& account) const;

  OlmMessage encrypt(std::string_view plaintext, const Entropy& entropy);
  std::optional<Secret> decrypt(const OlmMessage& message);

 private:
  struct Wipe {
    void operator()(::OlmSession* session) const;
  };
  OlmSession();
  void read_id();
  ::OlmSession* raw() const { return session_.get(); }

  std::unique_ptr<::OlmSession, Wipe> session_;
  std::string id_;
};

}  // namespace matrix
