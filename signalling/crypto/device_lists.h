/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "signalling/core/time.h"
#include "signalling/crypto/crypto_state.h"
#include "signalling/crypto/device_keys.h"

namespace matrix {

/* A device whose keys we have checked. */
struct KnownDevice {
  IdentityKeys keys;
  bool is_signed = false; /* by its owner's self-signing key */
  bool gone = false;      /* the server does not list it any more */
  bool operator==(const KnownDevice&) const = default;
};

/* The devices of the users that we deal with, as their servers list them. The first keys of a
 * device stay: another pair under the same id is refused for good, and so is another first
 * master key. Pure.
 *
 *   unknown --track--> outdated --query--> asked --answer--> current
 *   current --changed--> outdated; asked --changed--> asked again
 */
class DeviceLists {
 public:
  /* To be sent; answered by queried() or query_failed(). */
  struct Query {
    std::uint64_t id = 0;
    Json body;
  };

  void restore(SavedUser user);
  /* The user's devices are wanted. */
  void track(const std::string& user_id);
  /* What a sync says of users. */
  void changed(const std::string& user_id);
  void left(const std::string& user_id);
  /* We cannot know who has changed since. */
  void lost_track();

  /* All users that are due, if there are any. */
  std::optional<Query> take_query(Time now);
  void queried(std::uint64_t id, const Json& reply, Time now);
  std::optional<Time> next_deadline() const;

  /* Whether the list is what the server said last. */
  bool is_current(const std::string& user_id) const;
  /* Whether the user's own server does not answer; asked again from time to time. */
  bool is_unreachable(const std::string& user_id) const;
  /* Nullptr if there is no such device, or none with good keys. Valid until the next call. */
  const KnownDevice* find(const Address& address) const;
  /* The device of @user_id with this Curve25519 key; fills in @device_id. */
  const KnownDevice* find_by_key(const std::string& user_id, const std::string& curve25519,
                                 std::string& device_id) const;
  /* The device has shown other keys than its first ones. */
  bool has_changed_keys(const Address& address) const;

  std::vector<SavedUser> take_changes();
  /* Devices whose keys have changed since the last call. */
  std::vector<Address> take_refused();

 private:
  struct User {
    std::map<std::string, KnownDevice> devices;
    std::set<std::string> refused;
    std::string master_key;
    bool tracked = false;
    bool outdated = true;
    std::uint64_t asked = 0; /* the query that is on its way */
    bool stale = false;      /* changed while it is */
    unsigned failures = 0;   /* of the user's server, in a row */
    std::optional<Time> retry_at;
  };

  const User* lookup(const std::string& user_id) const;
  User& use(const std::string& user_id);
  void answer(const std::string& user_id, User& user, const Json& reply, Time now);
  void take_devices(const std::string& user_id, User& user, const Json& reply);
  void take_device(const Address& address, User& user, const Json& json,
                   const std::string& self_signing_key);
  static std::string read_self_signing_key(const std::string& user_id, User& user,
                                           const Json& reply);
  static User read(const Json& json);
  static Json write(const User& user);

  /* Those not looked at yet are texts still: a store may hold thousands. */
  mutable std::map<std::string, std::string> texts_;
  mutable std::map<std::string, User> users_;
  std::set<std::string> due_;
  std::set<std::string> dirty_;
  std::vector<Address> refused_;
  std::uint64_t last_query_ = 0;
};

}  // namespace matrix
