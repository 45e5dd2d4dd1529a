/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "signalling/core/trust.h"
#include "signalling/crypto/claims.h"
#include "signalling/crypto/device_lists.h"
#include "signalling/crypto/key_supply.h"
#include "signalling/crypto/olm_payload.h"
#include "signalling/crypto/session_pool.h"

namespace matrix {

/* A message that was encrypted for us by a device that we know. */
struct OlmEvent {
  Address from;
  std::string type;
  Json content;
  Trust trust = Trust::Unsigned;
  bool operator==(const OlmEvent&) const = default;
};
/* An OlmEvent; or a payload whose sender's devices must be asked for first, see identify(). */
using Opened = std::variant<OlmEvent, OlmPayload, Refusal>;

/* Whether and how a device can be written to. */
enum class Reach {
  Session, /* encrypt() works */
  Wait,    /* a request is due, or on its way */
  NoKeys,  /* it has published none that are good */
  ChangedKeys,
  NoOneTimeKey, /* it has run out of them */
  Unreachable,  /* its user's server does not answer */
};

/* What is to be asked of the homeserver. Answered once, by the method of the same name with
 * the body of the reply. */
struct UploadKeys {
  Json body;
};
struct QueryKeys {
  std::uint64_t id = 0;
  Json body;
};
struct ClaimKeys {
  std::uint64_t id = 0;
  Json body;
};
using KeyRequest = std::variant<UploadKeys, QueryKeys, ClaimKeys>;

/* Olm for one device of ours: encrypts for other devices and decrypts what they send, and
 * keeps the account, the sessions and the device lists that this needs. No I/O, no clock:
 * after each method the caller writes take_changes() to where it survives, before anything
 * that was encrypted leaves, and then sends take_requests(). */
class OlmMachine {
 public:
  struct Config {
    Address own;
    Entropy entropy;
    Secret pickle_key;
  };

  /* A new device, unless @state holds an account. Nullptr: the account cannot be read. */
  static std::unique_ptr<OlmMachine> create(Config config, CryptoState state);
  OlmMachine(Config config, Account account, bool published);
  OlmMachine(const OlmMachine&) = delete;
  OlmMachine& operator=(const OlmMachine&) = delete;

  const IdentityKeys& identity() const { return account_.identity(); }
  /* Whether the server has our device keys. */
  bool is_published() const { return supply_.is_published(); }

  /* The server has none of our keys. */
  void lost_keys() { supply_.lost(); }

  /* What a sync brings, before its messages. */
  void counted(const KeyCounts& counts, Time now) { supply_.counted(counts, now); }
  void changed(const std::string& user_id) { lists_.changed(user_id); }
  void left(const std::string& user_id) { lists_.left(user_id); }
  void lost_track() { lists_.lost_track(); }

  std::vector<KeyRequest> take_requests(Time now);
  void uploaded(const Json& reply);
  void queried(std::uint64_t id, const Json& reply, Time now);
  void claimed(std::uint64_t id, const Json& reply, Time now);
  std::optional<Time> next_deadline() const;

  /* We shall want to know the user's devices. */
  void track(const std::string& user_id) { lists_.track(user_id); }
  /* Asks for what is missing. */
  Reach reach(const Address& to, Time now);
  /* Nothing if reach() is not Session. */
  std::optional<Json> encrypt(const Address& to, std::string_view type, const Json& content);
  /* The content of an m.room.encrypted event; @sender is what the server vouches for. */
  Opened open(const std::string& sender, const Json& content, Time now);
  /* Again, after the sender's devices have been asked for; then it is no OlmPayload any more
   * unless their server does not answer. */
  Opened identify(const OlmPayload& payload);
  /* Nothing if the device has no keys that are good. */
  std::optional<Trust> trust(const Address& device) const;
  bool is_unreachable(const std::string& user_id) const { return lists_.is_unreachable(user_id); }

  CryptoChanges take_changes();
  /* Devices that have shown new keys since the last call. */
  std::vector<Address> take_refused() { return lists_.take_refused(); }
  /* Devices that must learn of a new session that we have opened: to be sent an m.dummy. */
  std::vector<Address> take_mended() { return std::exchange(mended_, {}); }

 private:
  void mend(const std::string& sender, const std::string& sender_key, Time now);
  const char* check_sender_keys(const OlmPayload& payload, const std::string& device_id) const;

  const Config config_;
  Account account_;
  KeySupply supply_;
  DeviceLists lists_;
  Claims claims_;
  SessionPool sessions_;
  std::string device_keys_; /* ours, as text */
  bool account_changed_;
  std::map<Address, Time> mending_; /* when last */
  std::vector<Address> mended_;
};

}  // namespace matrix
