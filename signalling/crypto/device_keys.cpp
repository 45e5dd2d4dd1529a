/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/device_keys.h"

#include <algorithm>

#include "signalling/crypto/signed_json.h"

namespace matrix {
namespace {

bool has_element(const Json& array, const char* value) {
  const auto elements = array.elements();
  return std::any_of(elements.begin(), elements.end(),
                     [value](const Json& element) { return element.as_string() == value; });
}

}  // namespace

std::optional<IdentityKeys> read_device_keys(const Json& json, const Address& address) {
  if (json.string_at("user_id") != address.user_id ||
      json.string_at("device_id") != address.device_id ||
      !has_element(json["algorithms"], olm_algorithm))
    return std::nullopt;
  const Json keys = json["keys"];
  IdentityKeys result{keys.string_at(("curve25519:" + address.device_id).c_str()).value_or(""),
                      keys.string_at(("ed25519:" + address.device_id).c_str()).value_or("")};
  if (!is_public_key(result.curve25519) ||
      !is_signed(json, address.user_id, address.device_id, result.ed25519))
    return std::nullopt;
  return result;
}

Json write_device_keys(const Address& own, const Account& account) {
  const auto& identity = account.identity();
  const Json keys = JsonObjectBuilder()
                        .set(("curve25519:" + own.device_id).c_str(), identity.curve25519)
                        .set(("ed25519:" + own.device_id).c_str(), identity.ed25519)
                        .build();
  const Json device =
      JsonObjectBuilder()
          .set("user_id", own.user_id)
          .set("device_id", own.device_id)
          .set("algorithms",
               json_array({Json::string(olm_algorithm), Json::string("m.megolm.v1.aes-sha2")}))
          .set("keys", keys)
          .build();
  return sign_json(device, own.user_id, own.device_id, account);
}

std::optional<std::string> read_cross_signing_key(const Json& json, const std::string& user_id,
                                                  const char* usage) {
  if (json.string_at("user_id") != user_id || !has_element(json["usage"], usage))
    return std::nullopt;
  std::string found;
  json["keys"].for_each_member([&](const char* id, const Json& key) {
    const std::string name = key.as_string().value_or("");
    if (is_public_key(name) && "ed25519:" + name == id) found = name;
  });
  return found.empty() ? std::nullopt : std::optional(found);
}

std::optional<std::string> read_one_time_key(const Json& claimed, const Address& address,
                                             const std::string& ed25519) {
  std::optional<std::string> result;
  claimed.for_each_member([&](const char* id, const Json& key) {
    if (!std::string_view(id).starts_with("signed_curve25519:")) return;
    const auto text = key.string_at("key");
    if (text && is_public_key(*text) && is_signed(key, address.user_id, address.device_id, ed25519))
      result = text;
  });
  return result;
}

void write_one_time_key(JsonObjectBuilder& keys, const Address& own, const Account& account,
                        const Account::Key& key, bool fallback) {
  JsonObjectBuilder json;
  json.set("key", key.second);
  if (fallback) json.set("fallback", true);
  keys.set((std::string(one_time_key_algorithm) + ":" + key.first).c_str(),
           sign_json(json.build(), own.user_id, own.device_id, account));
}

}  // namespace matrix
