/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "signalling/client/sqlite.h"
#include "signalling/client/store_files.h"
#include "signalling/core/time.h"
#include "signalling/crypto/crypto_state.h"

namespace matrix {

/* A call that may be going on. */
struct OngoingCall {
  std::string room_id;
  std::string call_id;
  Time since{0};                  /* when we first saw it */
  bool joined = false;            /* our entry is, or may be, in the room */
  std::vector<std::string> users; /* who was seen in it last */
  bool operator==(const OngoingCall&) const = default;
};

/* What a device of ours must not lose: its account, sessions and device lists, how far it has
 * read, and which calls may be going on. One SQLite file, which one process holds at a time;
 * every save is one transaction, so that it is all there after a crash or none of it. What is
 * secret in it is encrypted under a key that lies elsewhere. Loop only. */
class Store {
 public:
  struct Place {
    std::string folder;   /* empty: nowhere, it ends with the process */
    std::string key_file; /* empty: beside the database, made if need be */
  };

  Store(Database database, Secret key, std::optional<FileLock> lock); /* see open() */
  /* Ends with the process. */
  static std::unique_ptr<Store> in_memory(const Entropy& entropy);
  /* Error: Busy or Settings, with a sentence. */
  static rtc::Result<std::unique_ptr<Store>> open(const Place& place, const Address& device,
                                                  const Entropy& entropy);
  /* To look into the store of a device whether or not somebody holds it: calls() only. */
  static rtc::Result<std::vector<OngoingCall>> read_calls(const std::string& folder,
                                                          const Address& device);

  bool is_persistent() const { return lock_.has_value(); }
  const Secret& key() const { return key_; }
  CryptoState crypto();
  /* Where the next sync starts; empty: at the beginning. */
  std::string position();
  /* Error: the disk is full, or the like; nothing was saved then. */
  rtc::Result<void> save(const CryptoChanges& changes, const std::optional<std::string>& position);

  std::vector<OngoingCall> calls();
  rtc::Result<void> put_call(const OngoingCall& call);
  rtc::Result<void> remove_call(const std::string& room_id, const std::string& call_id);

 private:
  rtc::Result<void> migrate();
  rtc::Result<void> outcome(bool good);
  bool write(const CryptoChanges& changes);

  std::optional<FileLock> lock_;
  Secret key_;
  Database database_;
};

}  // namespace matrix
