/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/device_keys.h"

#include "signalling/crypto/signed_json.h"
#include "tests/signalling/crypto_party.h"

using matrix::Account;
using matrix::Address;
using matrix::Json;
using matrix::JsonObjectBuilder;

namespace {

const Address alice{"@alice:x", "A"};

struct Fixture {
  Account account = Account::create(fake::entropy(1));
  Json keys = matrix::write_device_keys(alice, account);
};

void reads_what_it_writes() {
  const Fixture f;
  g_assert_true(matrix::read_device_keys(f.keys, alice) == f.account.identity());
}

void takes_keys_of_nobody_else() {
  const Fixture f;
  g_assert_false(matrix::read_device_keys(f.keys, {"@bob:x", "A"}).has_value());
  g_assert_false(matrix::read_device_keys(f.keys, {"@alice:x", "B"}).has_value());
  g_assert_false(matrix::read_device_keys(Json(), alice).has_value());
}

/* Each is signed by the device all the same. */
void takes_no_keys_that_lack_something() {
  const Fixture f;
  const auto changed = [&](const char* key, const Json& value) {
    const Json json = JsonObjectBuilder(f.keys).set(key, value).build();
    return matrix::read_device_keys(matrix::sign_json(json, alice.user_id, "A", f.account), alice);
  };
  g_assert_true(changed("extra", Json::string("x")).has_value());
  g_assert_false(changed("algorithms", matrix::json_array({})).has_value());
  g_assert_false(changed("keys", JsonObjectBuilder().build()).has_value());
  g_assert_false(changed("keys", Json::string("x")).has_value());
  g_assert_false(changed("user_id", Json::integer(1)).has_value());
}

void takes_no_keys_that_another_device_signed() {
  const Fixture f;
  const auto other = Account::create(fake::entropy(2));
  const Json unsigned_keys = JsonObjectBuilder(f.keys).set("signatures", Json::string("")).build();
  g_assert_false(matrix::read_device_keys(unsigned_keys, alice).has_value());
  const Json foreign = matrix::sign_json(unsigned_keys, alice.user_id, "A", other);
  g_assert_false(matrix::read_device_keys(foreign, alice).has_value());
}

void reads_cross_signing_keys() {
  const std::string key(43, 'k');
  const auto json = [&](const char* user, const char* usage, const std::string& id) {
    return JsonObjectBuilder()
        .set("user_id", user)
        .set("usage", matrix::json_array({Json::string(usage)}))
        .set("keys", JsonObjectBuilder().set(id.c_str(), key).build())
        .build();
  };
  const auto read = [&](const Json& text) {
    return matrix::read_cross_signing_key(text, "@alice:x", "master");
  };
  g_assert_true(read(json("@alice:x", "master", "ed25519:" + key)) == key);
  g_assert_false(read(json("@bob:x", "master", "ed25519:" + key)).has_value());
  g_assert_false(read(json("@alice:x", "self_signing", "ed25519:" + key)).has_value());
  g_assert_false(read(json("@alice:x", "master", "ed25519:other")).has_value());
  g_assert_false(read(Json()).has_value());
}

/* The signature covers the fallback flag. */
void takes_one_time_keys_that_the_device_signed() {
  const Fixture f;
  const Account::Key key{"AAAAAQ", f.account.identity().curve25519};
  for (const bool fallback : {false, true}) {
    JsonObjectBuilder builder;
    matrix::write_one_time_key(builder, alice, f.account, key, fallback);
    const Json claimed = builder.build();
    const auto& signer = f.account.identity().ed25519;
    g_assert_true(matrix::read_one_time_key(claimed, alice, signer) == key.second);
    g_assert_false(matrix::read_one_time_key(claimed, {"@bob:x", "A"}, signer).has_value());
    g_assert_false(matrix::read_one_time_key(claimed, alice, key.second).has_value());
    const Json signed_key = claimed["signed_curve25519:AAAAAQ"];
    const Json flipped = JsonObjectBuilder(signed_key).set("fallback", !fallback).build();
    const Json other = JsonObjectBuilder().set("signed_curve25519:AAAAAQ", flipped).build();
    g_assert_false(matrix::read_one_time_key(other, alice, signer).has_value());
    const Json unsigned_id = JsonObjectBuilder().set("curve25519:AAAAAQ", signed_key).build();
    g_assert_false(matrix::read_one_time_key(unsigned_id, alice, signer).has_value());
  }
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  g_test_add_func("/device_keys/read", reads_what_it_writes);
  g_test_add_func("/device_keys/others", takes_keys_of_nobody_else);
  g_test_add_func("/device_keys/lacking", takes_no_keys_that_lack_something);
  g_test_add_func("/device_keys/signer", takes_no_keys_that_another_device_signed);
  g_test_add_func("/device_keys/cross_signing", reads_cross_signing_keys);
  g_test_add_func("/device_keys/one_time_keys", takes_one_time_keys_that_the_device_signed);
  return g_test_run();
}
