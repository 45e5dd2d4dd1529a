/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/fake_keys.h"

namespace fake {

using matrix::Json;
using matrix::JsonObjectBuilder;

Json Keys::upload(const Device& device, const Json& body) {
  if (body.has("device_keys")) devices_[device] = body["device_keys"];
  body["one_time_keys"].for_each_member(
      [&](const char* id, const Json& key) { one_time_keys_[device][id] = key; });
  body["fallback_keys"].for_each_member([&](const char* id, const Json& key) {
    fallback_keys_[device] = {id, key};
    used_fallbacks_.erase(device);
  });
  const Json counts = JsonObjectBuilder().set("signed_curve25519", count(device)).build();
  return JsonObjectBuilder().set("one_time_key_counts", counts).build();
}

Json Keys::query(const Json& body) const {
  JsonObjectBuilder users;
  JsonObjectBuilder masters;
  JsonObjectBuilder signers;
  body["device_keys"].for_each_member([&](const char* user, const Json&) {
    JsonObjectBuilder devices;
    for (const auto& [device, keys] : devices_)
      if (device.first == user) devices.set(device.second.c_str(), keys);
    users.set(user, devices.build());
    if (const auto master = masters_.find(user); master != masters_.end())
      masters.set(user, master->second);
    if (const auto signer = self_signers_.find(user); signer != self_signers_.end())
      signers.set(user, signer->second);
  });
  return JsonObjectBuilder()
      .set("device_keys", users.build())
      .set("master_keys", masters.build())
      .set("self_signing_keys", signers.build())
      .set("failures", JsonObjectBuilder().build())
      .build();
}

Json Keys::claim(const Json& body) {
  JsonObjectBuilder users;
  body["one_time_keys"].for_each_member([&](const char* user, const Json& wanted) {
    JsonObjectBuilder devices;
    wanted.for_each_member([&](const char* id, const Json&) {
      const Device device{user, id};
      JsonObjectBuilder key;
      if (auto& keys = one_time_keys_[device]; !keys.empty()) {
        key.set(keys.begin()->first.c_str(), keys.begin()->second);
        keys.erase(keys.begin());
      } else if (const auto fallback = fallback_keys_.find(device);
                 fallback != fallback_keys_.end()) {
        key.set(fallback->second.first.c_str(), fallback->second.second);
        used_fallbacks_.insert(device);
      } else {
        return;
      }
      devices.set(id, key.build());
    });
    users.set(user, devices.build());
  });
  return JsonObjectBuilder()
      .set("one_time_keys", users.build())
      .set("failures", JsonObjectBuilder().build())
      .build();
}

std::int64_t Keys::count(const Device& device) const {
  const auto keys = one_time_keys_.find(device);
  return keys == one_time_keys_.end() ? 0 : static_cast<std::int64_t>(keys->second.size());
}

bool Keys::has_unused_fallback(const Device& device) const {
  return fallback_keys_.contains(device) && !used_fallbacks_.contains(device);
}

void Keys::remove(const Device& device) {
  devices_.erase(device);
  one_time_keys_.erase(device);
  fallback_keys_.erase(device);
  used_fallbacks_.erase(device);
}

void Keys::set_cross_signing(const std::string& user, const Json& master,
                             const Json& self_signing) {
  masters_[user] = master;
  self_signers_[user] = self_signing;
}

}  // namespace fake
