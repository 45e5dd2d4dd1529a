/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/signing_key.h"

#include "signalling/crypto/signed_json.h"
#include "tests/signalling/secret_vectors.h"

using matrix::Json;
using matrix::SigningKey;

namespace {

void signs_as_its_public_key() {
  const auto key = SigningKey::create(vectors::seed);
  g_assert_cmpstr(key->public_key().c_str(), ==, vectors::public_key);
  const Json object = *Json::parse(
      R"({"b":1,"a":"x","signatures":{"@us:x":{"ed25519:D":"other"}},"unsigned":{"c":1}})");
  const auto result = key->sign(object, "@us:x");
  g_assert_true(matrix::is_signed(*result, "@us:x", vectors::public_key, vectors::public_key));
  g_assert_true((*result)["signatures"]["@us:x"].string_at("ed25519:D") == "other");
  g_assert_false(key->sign(*Json::parse(R"({"a":1.5})"), "@us:x").has_value());
}

void needs_a_seed_of_32_bytes() {
  const std::string seed = vectors::seed;
  for (const std::string& bad : {std::string(), std::string("AAAA"), seed.substr(1), seed + "AAAA",
                                 std::string("?"), std::string(1000, 'A')})
    g_assert_false(SigningKey::create(bad).has_value());
  g_assert_true(SigningKey::create(seed + "=").has_value());
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  g_test_add_func("/signing_key/signs", signs_as_its_public_key);
  g_test_add_func("/signing_key/seed", needs_a_seed_of_32_bytes);
  return g_test_run();
}
