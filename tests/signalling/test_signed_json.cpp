/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/signed_json.h"

#include "tests/signalling/equal.h"

#include <algorithm>

using matrix::Account;
using matrix::is_signed;
using matrix::Json;
using matrix::sign_json;

namespace {

/* The key pair of the specification's appendix "Signing JSON": libolm makes the Ed25519 pair of
 * the first bytes that it is given. */
Account account_of_the_specification() {
  static constexpr const char* seed = "YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA0=";
  bool first = true;
  return Account::create([&first](std::span<std::uint8_t> bytes) {
    gsize size = 0;
    auto* decoded = g_base64_decode(seed, &size);
    std::fill(bytes.begin(), bytes.end(), 1);
    if (std::exchange(first, false)) std::copy_n(decoded, size, bytes.begin());
    g_free(decoded);
  });
}

Json parse(const char* text) {
  return *Json::parse(text);
}

std::string signature(const Json& object) {
  const auto signed_object = sign_json(object, "domain", "1", account_of_the_specification());
  return signed_object["signatures"]["domain"].string_at("ed25519:1").value_or("");
}

void signs_the_examples_of_the_specification() {
  fake::equal(
      signature(parse("{}")),
      "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ");
  fake::equal(
      signature(parse(R"({"one": 1, "two": "Two"})")),
      "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw");
}

void verifies_what_was_signed() {
  const auto account = account_of_the_specification();
  const auto key = account.identity().ed25519;
  const auto good = sign_json(parse(R"({"key": "abc", "fallback": true})"), "@a:x", "DEV", account);
  g_assert_true(is_signed(good, "@a:x", "DEV", key));
  const auto later = matrix::JsonObjectBuilder(good).set("unsigned", parse(R"({"a": 1})")).build();
  g_assert_true(is_signed(later, "@a:x", "DEV", key));
  g_assert_false(is_signed(good, "@b:x", "DEV", key));
  g_assert_false(is_signed(good, "@a:x", "OTHER", key));
  g_assert_false(is_signed(good, "@a:x", "DEV", account.identity().curve25519));
  for (const char* change : {"key", "fallback", "another"}) {
    const auto bad = matrix::JsonObjectBuilder(good).set(change, "xyz").build();
    g_assert_false(is_signed(bad, "@a:x", "DEV", key));
  }
}

void refuses_malformed_signatures_and_keys() {
  const auto account = account_of_the_specification();
  const auto key = account.identity().ed25519;
  for (const char* text :
       {R"({"signatures": {"@a:x": {"ed25519:DEV": ""}}})",
        R"({"signatures": {"@a:x": {"ed25519:DEV": "!!!!"}}})",
        R"({"signatures": {"@a:x": {"ed25519:DEV": "AAAA"}}})",
        R"({"signatures": {"@a:x": {"ed25519:DEV": 7}}})", R"({"signatures": {"@a:x": []}})",
        R"({"signatures": "no"})", R"([])", R"({"a": 1.5, "signatures": {}})"})
    g_assert_false(is_signed(parse(text), "@a:x", "DEV", key));
  const auto good = sign_json(parse("{}"), "@a:x", "DEV", account);
  for (const auto& bad : {std::string(), std::string("AAAA"), std::string(43, '!'),
                          std::string(43, 'A'), std::string(86, 'A')})
    g_assert_false(is_signed(good, "@a:x", "DEV", bad));
  g_assert_false(is_signed(Json(), "@a:x", "DEV", key));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  g_test_add_func("/signed_json/examples", signs_the_examples_of_the_specification);
  g_test_add_func("/signed_json/verify", verifies_what_was_signed);
  g_test_add_func("/signed_json/malformed", refuses_malformed_signatures_and_keys);
  return g_test_run();
}
