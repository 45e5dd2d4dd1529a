/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/olm_machine.h"

#include "signalling/base/log.h"

namespace matrix {
namespace {

using namespace std::chrono_literals;

constexpr Time mend_at_most_every = 1h;

}  // namespace

std::unique_ptr<OlmMachine> OlmMachine::create(Config config, CryptoState state) {
  std::optional<Account> account;
  if (state.account)
    account = Account::unpickle(config.pickle_key, state.account->pickle);
  else
    account = Account::create(config.entropy);
  if (!account) return nullptr;
  const bool published = state.account && state.account->published;
  auto machine = std::make_unique<OlmMachine>(std::move(config), std::move(*account), published);
  machine->account_changed_ = !state.account;
  for (auto& session : state.sessions) machine->sessions_.restore(std::move(session));
  for (auto& user : state.users) machine->lists_.restore(std::move(user));
  return machine;
}

OlmMachine::OlmMachine(Config config, Account account, bool published)
    : config_(std::move(config)),
      account_(std::move(account)),
      supply_(config_.own, account_, config_.entropy, published),
      sessions_(account_, config_.pickle_key, config_.entropy),
      device_keys_(write_device_keys(config_.own, account_).text()),
      account_changed_(false) {}

std::vector<KeyRequest> OlmMachine::take_requests(Time now) {
  std::vector<KeyRequest> requests;
  if (auto body = supply_.take_upload(now)) {
    account_changed_ = true;
    requests.emplace_back(UploadKeys{std::move(*body)});
  }
  if (auto query = lists_.take_query(now))
    requests.emplace_back(QueryKeys{query->id, std::move(query->body)});
  if (auto claim = claims_.take_request(now))
    requests.emplace_back(ClaimKeys{claim->id, std::move(claim->body)});
  return requests;
}

void OlmMachine::uploaded(const Json& reply) {
  supply_.uploaded(reply);
  account_changed_ = true;
}

void OlmMachine::queried(std::uint64_t id, const Json& reply, Time now) {
  lists_.queried(id, reply, now);
}

void OlmMachine::claimed(std::uint64_t id, const Json& reply, Time now) {
  for (const auto& address : claims_.asked(id)) {
    const KnownDevice* device = lists_.find(address);
    const Json keys = reply["one_time_keys"][address.user_id.c_str()][address.device_id.c_str()];
    const auto key = device ? read_one_time_key(keys, address, device->keys.ed25519) : std::nullopt;
    if (!key || !sessions_.open(device->keys.curve25519, *key)) {
      LOG_WARNING(Core, "%s/%s: no one-time key could be had", address.user_id.c_str(),
                  address.device_id.c_str());
      claims_.failed(address, now);
      continue;
    }
    claims_.succeeded(address);
    if (const auto mending = mending_.find(address); mending != mending_.end())
      mended_.push_back(address);
  }
}

std::optional<Time> OlmMachine::next_deadline() const {
  const auto lists = lists_.next_deadline();
  const auto claims = claims_.next_deadline();
  return !lists || (claims && *claims < *lists) ? claims : lists;
}

Reach OlmMachine::reach(const Address& to, Time now) {
  lists_.track(to.user_id);
  if (lists_.has_changed_keys(to)) return Reach::ChangedKeys;
  const KnownDevice* device = lists_.find(to);
  if (!device && !lists_.is_current(to.user_id))
    return lists_.is_unreachable(to.user_id) ? Reach::Unreachable : Reach::Wait;
  if (!device) return Reach::NoKeys;
  if (sessions_.has(device->keys.curve25519)) return Reach::Session;
  claims_.want(to, now);
  return claims_.is_given_up(to) ? Reach::NoOneTimeKey : Reach::Wait;
}

std::optional<Json> OlmMachine::encrypt(const Address& to, std::string_view type,
                                        const Json& content) {
  const KnownDevice* device = lists_.find(to);
  if (!device) return std::nullopt;
  const Secret payload =
      write_olm_payload(type, content.text(), config_.own, account_.identity().ed25519,
                        device_keys_, to.user_id, device->keys.ed25519);
  const auto message = sessions_.encrypt(device->keys.curve25519, payload.text());
  if (!message) return std::nullopt;
  return write_olm_envelope(*message, account_.identity().curve25519, device->keys.curve25519);
}

Opened OlmMachine::open(const std::string& sender, const Json& content, Time now) {
  const auto envelope = read_olm_envelope(content, account_.identity().curve25519);
  if (const auto* refusal = std::get_if<Refusal>(&envelope)) return *refusal;
  const auto& [sender_key, message] = std::get<OlmEnvelope>(envelope);
  const auto plaintext = sessions_.decrypt(sender_key, message);
  if (!plaintext) {
    mend(sender, sender_key, now);
    return Refusal{"cannot be decrypted"};
  }
  const auto payload = read_olm_payload(plaintext->text(), sender, sender_key, config_.own.user_id,
                                        account_.identity().ed25519);
  if (const auto* refusal = std::get_if<Refusal>(&payload)) return *refusal;
  return identify(std::get<OlmPayload>(payload));
}

Opened OlmMachine::identify(const OlmPayload& payload) {
  std::string device_id;
  const KnownDevice* device = lists_.find_by_key(payload.sender, payload.sender_key, device_id);
  if (!device && !lists_.is_current(payload.sender)) {
    lists_.track(payload.sender);
    return payload;
  }
  if (!device) return Refusal{"encrypted by an unknown device"};
  if (device->keys.ed25519 != payload.ed25519) return Refusal{"signing key is another device's"};
  if (const char* why = check_sender_keys(payload, device_id)) return Refusal{why};
  return OlmEvent{{payload.sender, device_id},
                  payload.type,
                  payload.content,
                  device->is_signed ? Trust::Signed : Trust::Unsigned};
}

const char* OlmMachine::check_sender_keys(const OlmPayload& payload,
                                          const std::string& device_id) const {
  if (!payload.sender_device_keys.exists()) return nullptr;
  const auto keys = read_device_keys(payload.sender_device_keys, {payload.sender, device_id});
  const bool same =
      keys && keys->curve25519 == payload.sender_key && keys->ed25519 == payload.ed25519;
  return same ? nullptr : "brings device keys that are not the sender's";
}

/* A device has lost its end of our session, or we ours: open another, and let it know. */
void OlmMachine::mend(const std::string& sender, const std::string& sender_key, Time now) {
  std::string device_id;
  if (!lists_.find_by_key(sender, sender_key, device_id)) return;
  const Address address{sender, device_id};
  const auto last = mending_.find(address);
  if (last != mending_.end() && now - last->second < mend_at_most_every) return;
  LOG_WARNING(Core, "%s/%s: opening another Olm session", sender.c_str(), device_id.c_str());
  mending_[address] = now;
  claims_.want(address, now);
}

std::optional<Trust> OlmMachine::trust(const Address& device) const {
  const KnownDevice* known = lists_.find(device);
  if (!known) return std::nullopt;
  return known->is_signed ? Trust::Signed : Trust::Unsigned;
}

CryptoChanges OlmMachine::take_changes() {
  CryptoChanges changes;
  account_changed_ |= sessions_.take_account_changed();
  if (std::exchange(account_changed_, false))
    changes.account = SavedAccount{account_.pickle(config_.pickle_key), supply_.is_published()};
  sessions_.take_changes(changes);
  changes.users = lists_.take_changes();
  return changes;
}

}  // namespace matrix
