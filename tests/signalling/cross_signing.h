/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>

#include "signalling/crypto/signed_json.h"
#include "tests/signalling/fake_keys.h"

namespace fake {

/* A user's cross-signing keys. */
class CrossSigner {
 public:
  CrossSigner(std::string user_id, const matrix::Entropy& entropy)
      : user_id_(std::move(user_id)),
        master_(matrix::Account::create(entropy)),
        self_signing_(matrix::Account::create(entropy)) {}

  void publish(Keys& keys) const {
    keys.set_cross_signing(user_id_, describe(master_, "master"),
                           sign(describe(self_signing_, "self_signing"), master_));
  }
  /* The device is vouched for. */
  void sign_device(Keys& keys, const std::string& device_id) const {
    const Keys::Device device{user_id_, device_id};
    keys.set_device_keys(device, sign(keys.device_keys(device), self_signing_));
  }

 private:
  matrix::Json describe(const matrix::Account& account, const char* usage) const {
    const auto& key = account.identity().ed25519;
    return matrix::JsonObjectBuilder()
        .set("user_id", user_id_)
        .set("usage", matrix::json_array({matrix::Json::string(usage)}))
        .set("keys", matrix::JsonObjectBuilder().set(("ed25519:" + key).c_str(), key).build())
        .build();
  }
  matrix::Json sign(const matrix::Json& object, const matrix::Account& key) const {
    return matrix::sign_json(object, user_id_, key.identity().ed25519, key);
  }

  const std::string user_id_;
  const matrix::Account master_;
  const matrix::Account self_signing_;
};

}  // namespace fake
