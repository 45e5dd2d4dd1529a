/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/* What outlives a process. Pickles are encrypted under the store's key. */
namespace matrix {

struct SavedAccount {
  std::string pickle;
  bool published = false; /* the server has its device keys */
  bool operator==(const SavedAccount&) const = default;
};
struct SavedSession {
  std::string their_key; /* Curve25519 */
  std::string id;
  std::string pickle;
  std::int64_t rank = 0; /* the higher, the later it was made or decrypted something */
  bool operator==(const SavedSession&) const = default;
};
/* A user's device list. */
struct SavedUser {
  std::string user_id;
  std::string text; /* JSON */
  bool operator==(const SavedUser&) const = default;
};

struct CryptoState {
  std::optional<SavedAccount> account;
  std::vector<SavedSession> sessions;
  std::vector<SavedUser> users;
};

/* To be written in one transaction. */
struct CryptoChanges {
  std::optional<SavedAccount> account;
  std::vector<SavedSession> sessions;
  std::vector<std::pair<std::string, std::string>> dropped_sessions; /* their key and the id */
  std::vector<SavedUser> users;
  bool empty() const {
    return !account && sessions.empty() && dropped_sessions.empty() && users.empty();
  }
};

}  // namespace matrix
