/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "signalling/crypto/crypto_state.h"
#include "signalling/crypto/olm_session.h"

namespace matrix {

/* All our Olm sessions, up to eight with each device: more than one comes about when both ends
 * open one at once, or lose theirs. Messages are encrypted with the one that was made or has
 * decrypted something last. Pure. */
class SessionPool {
 public:
  /* All are borrowed. */
  SessionPool(Account& account, const Secret& pickle_key, const Entropy& entropy)
      : account_(account), pickle_key_(pickle_key), entropy_(entropy) {}

  void restore(SavedSession session);
  bool has(const std::string& their_key) const { return sessions_.contains(their_key); }
  /* Opens one with a key that was claimed. False: it is none. */
  bool open(const std::string& their_key, const std::string& one_time_key);
  /* Nothing if there is no session. */
  std::optional<OlmMessage> encrypt(const std::string& their_key, std::string_view plaintext);
  /* Nothing if no session can, and none can be opened. */
  std::optional<Secret> decrypt(const std::string& their_key, const OlmMessage& message);
  /* Whether decrypt() has used up a one-time key since the last call. */
  bool take_account_changed() { return std::exchange(account_changed_, false); }
  void take_changes(CryptoChanges& changes);

 private:
  /* Unpickled when it is needed. */
  struct Entry {
    std::string id;
    std::int64_t rank = 0;
    std::string pickle;
    std::optional<OlmSession> session;
    bool changed = false;
  };
  using Entries = std::list<Entry>; /* the latest first */

  OlmSession* wake(const std::string& their_key, Entries& entries, Entries::iterator entry);
  void add(const std::string& their_key, OlmSession session);
  void touch(const std::string& their_key, Entries& entries, Entries::iterator entry);
  std::optional<Secret> open_and_decrypt(const std::string& their_key, const OlmMessage& message);

  Account& account_;
  const Secret& pickle_key_;
  const Entropy& entropy_;
  std::map<std::string, Entries> sessions_; /* by the other's Curve25519 key */
  std::int64_t last_rank_ = 0;
  bool account_changed_ = false;
  std::set<std::string> changed_; /* devices with changed sessions */
  std::vector<std::pair<std::string, std::string>> dropped_;
};

}  // namespace matrix
