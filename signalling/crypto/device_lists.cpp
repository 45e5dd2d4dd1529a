/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/device_lists.h"

#include <algorithm>
#include <utility>

#include "signalling/base/log.h"
#include "signalling/core/identifier.h"
#include "signalling/crypto/signed_json.h"

namespace matrix {
namespace {

using namespace std::chrono_literals;

constexpr size_t max_devices = 1000; /* of one user */
constexpr Time first_retry = 2s;
constexpr unsigned unreachable_after = 3;
constexpr Time last_retry = 60s;

std::string server_of(const std::string& user_id) {
  const size_t colon = user_id.find(':');
  return colon == std::string::npos ? "" : user_id.substr(colon + 1);
}

}  // namespace

void DeviceLists::restore(SavedUser user) {
  texts_[user.user_id] = std::move(user.text);
}

const DeviceLists::User* DeviceLists::lookup(const std::string& user_id) const {
  if (const auto text = texts_.extract(user_id)) {
    const auto json = Json::parse(text.mapped());
    if (json.ok()) users_.emplace(user_id, read(*json));
  }
  const auto user = users_.find(user_id);
  return user == users_.end() ? nullptr : &user->second;
}

DeviceLists::User& DeviceLists::use(const std::string& user_id) {
  lookup(user_id);
  return users_[user_id];
}

void DeviceLists::track(const std::string& user_id) {
  User& user = use(user_id);
  user.tracked = true;
  if (user.outdated && user.asked == 0 && !user.retry_at) due_.insert(user_id);
}

void DeviceLists::changed(const std::string& user_id) {
  if (!lookup(user_id)) return;
  User& user = use(user_id);
  user.outdated = true;
  user.stale = user.asked != 0;
  dirty_.insert(user_id);
  if (user.tracked && user.asked == 0) due_.insert(user_id);
}

/* We hear of their changes no more. */
void DeviceLists::left(const std::string& user_id) {
  if (!lookup(user_id)) return;
  User& user = use(user_id);
  user.outdated = true;
  user.tracked = false;
  user.stale = user.asked != 0;
  dirty_.insert(user_id);
}

void DeviceLists::lost_track() {
  while (!texts_.empty()) lookup(std::string(texts_.begin()->first));
  for (auto& [user_id, user] : users_) {
    user.outdated = true;
    dirty_.insert(user_id);
  }
}

std::optional<DeviceLists::Query> DeviceLists::take_query(Time now) {
  for (auto& [user_id, user] : users_)
    if (user.retry_at && now >= *user.retry_at) {
      user.retry_at.reset();
      due_.insert(user_id);
    }
  if (due_.empty()) return std::nullopt;
  Query query{++last_query_, {}};
  JsonObjectBuilder users;
  for (const auto& user_id : std::exchange(due_, {})) {
    users_[user_id].asked = query.id;
    users.set(user_id.c_str(), json_array({}));
  }
  query.body = JsonObjectBuilder().set("timeout", 10000).set("device_keys", users.build()).build();
  return query;
}

void DeviceLists::queried(std::uint64_t id, const Json& reply, Time now) {
  for (auto& [user_id, user] : users_)
    if (user.asked == id) answer(user_id, user, reply, now);
}

void DeviceLists::answer(const std::string& user_id, User& user, const Json& reply, Time now) {
  user.asked = 0;
  if (std::exchange(user.stale, false)) {
    if (user.tracked) due_.insert(user_id);
    return;
  }
  const bool answered =
      reply["device_keys"].is_object() && !reply["failures"].has(server_of(user_id).c_str());
  if (!answered) {
    user.failures++;
    user.retry_at =
        now + std::min<Time>(last_retry, first_retry * (1 << std::min(user.failures, 6u)));
    LOG_WARNING(Core, "%s: their server does not tell their devices", user_id.c_str());
    return;
  }
  user.failures = 0;
  user.outdated = !user.tracked;
  take_devices(user_id, user, reply);
  dirty_.insert(user_id);
}

std::string DeviceLists::read_self_signing_key(const std::string& user_id, User& user,
                                               const Json& reply) {
  const Json master_json = reply["master_keys"][user_id.c_str()];
  const Json signer_json = reply["self_signing_keys"][user_id.c_str()];
  const auto master = read_cross_signing_key(master_json, user_id, "master");
  const auto signer = read_cross_signing_key(signer_json, user_id, "self_signing");
  if (!master || !signer || !is_signed(signer_json, user_id, *master, *master)) return "";
  if (user.master_key.empty()) user.master_key = *master;
  if (user.master_key == *master) return *signer;
  LOG_WARNING(Core, "%s: has a new identity, which nobody has vouched for", user_id.c_str());
  return "";
}

void DeviceLists::take_devices(const std::string& user_id, User& user, const Json& reply) {
  const std::string signer = read_self_signing_key(user_id, user, reply);
  for (auto& [device_id, device] : user.devices) {
    device.gone = true;
    device.is_signed = false;
  }
  reply["device_keys"][user_id.c_str()].for_each_member(
      [&](const char* device_id, const Json& json) {
        if (!is_identifier(device_id)) return;
        take_device({user_id, device_id}, user, json, signer);
      });
}

void DeviceLists::take_device(const Address& address, User& user, const Json& json,
                              const std::string& self_signing_key) {
  const auto keys = read_device_keys(json, address);
  if (!keys) {
    LOG_WARNING(Core, "%s/%s: the device's keys are no good", address.user_id.c_str(),
                address.device_id.c_str());
    return;
  }
  auto known = user.devices.find(address.device_id);
  if (known != user.devices.end() && known->second.keys != *keys) {
    LOG_WARNING(Core, "%s/%s: the device has new keys, which are refused", address.user_id.c_str(),
                address.device_id.c_str());
    if (user.refused.insert(address.device_id).second) refused_.push_back(address);
    return;
  }
  user.refused.erase(address.device_id);
  if (known == user.devices.end()) {
    if (user.devices.size() >= max_devices) return;
    known = user.devices.emplace(address.device_id, KnownDevice{*keys, false, false}).first;
  }
  known->second.gone = false;
  known->second.is_signed = !self_signing_key.empty() &&
                            is_signed(json, address.user_id, self_signing_key, self_signing_key);
}

std::optional<Time> DeviceLists::next_deadline() const {
  std::optional<Time> next;
  for (const auto& [user_id, user] : users_)
    if (user.retry_at && (!next || *user.retry_at < *next)) next = user.retry_at;
  return next;
}

bool DeviceLists::is_current(const std::string& user_id) const {
  const User* user = lookup(user_id);
  return user && user->tracked && !user->outdated;
}

bool DeviceLists::is_unreachable(const std::string& user_id) const {
  const User* user = lookup(user_id);
  return user && user->failures >= unreachable_after;
}

const KnownDevice* DeviceLists::find(const Address& address) const {
  const User* user = lookup(address.user_id);
  if (!user || user->refused.contains(address.device_id)) return nullptr;
  const auto device = user->devices.find(address.device_id);
  return device == user->devices.end() || device->second.gone ? nullptr : &device->second;
}

const KnownDevice* DeviceLists::find_by_key(const std::string& user_id,
                                            const std::string& curve25519,
                                            std::string& device_id) const {
  const User* user = lookup(user_id);
  if (!user) return nullptr;
  for (const auto& [id, device] : user->devices) {
    if (device.keys.curve25519 != curve25519) continue;
    device_id = id;
    return find({user_id, id});
  }
  return nullptr;
}

bool DeviceLists::has_changed_keys(const Address& address) const {
  const User* user = lookup(address.user_id);
  return user && user->refused.contains(address.device_id);
}

std::vector<SavedUser> DeviceLists::take_changes() {
  std::vector<SavedUser> changes;
  for (const auto& user_id : std::exchange(dirty_, {}))
    changes.push_back({user_id, write(users_[user_id]).text()});
  return changes;
}

std::vector<Address> DeviceLists::take_refused() {
  return std::exchange(refused_, {});
}

DeviceLists::User DeviceLists::read(const Json& json) {
  User user;
  user.master_key = json.string_at("master_key").value_or("");
  user.tracked = json.boolean_at("tracked").value_or(false);
  user.outdated = json.boolean_at("outdated").value_or(true);
  json["devices"].for_each_member([&](const char* id, const Json& device) {
    user.devices[id] = {
        {device.string_at("curve25519").value_or(""), device.string_at("ed25519").value_or("")},
        device.boolean_at("signed").value_or(false),
        device.boolean_at("gone").value_or(false)};
  });
  for (const auto& id : json["refused"].elements())
    user.refused.insert(id.as_string().value_or(""));
  return user;
}

Json DeviceLists::write(const User& user) {
  JsonObjectBuilder devices;
  for (const auto& [id, device] : user.devices)
    devices.set(id.c_str(), JsonObjectBuilder()
                                .set("curve25519", device.keys.curve25519)
                                .set("ed25519", device.keys.ed25519)
                                .set("signed", device.is_signed)
                                .set("gone", device.gone)
                                .build());
  std::vector<Json> refused;
  for (const auto& id : user.refused) refused.push_back(Json::string(id));
  return JsonObjectBuilder()
      .set("devices", devices.build())
      .set("refused", json_array(refused))
      .set("master_key", user.master_key)
      .set("tracked", user.tracked)
      .set("outdated", user.outdated)
      .build();
}

}  // namespace matrix
