/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/secret_storage.h"

#include "tests/signalling/secret_vectors.h"

using matrix::Json;
using matrix::JsonObjectBuilder;
using matrix::Secret;

namespace {

constexpr const char* name = "m.cross_signing.self_signing";

Secret storage_key() {
  auto key = matrix::read_recovery_key(vectors::recovery_key);
  g_assert_true(key.has_value());
  return std::move(*key);
}

/* @json with one member set to @value. */
Json changed(const char* json, const char* member, const Json& value) {
  return JsonObjectBuilder(*Json::parse(json)).set(member, value).build();
}

void reads_a_recovery_key_however_it_is_spaced() {
  const Secret key = storage_key();
  g_assert_cmpuint(key.size(), ==, 32);
  g_assert_cmphex(key.data()[0], ==, 0x77);
  g_assert_cmphex(key.data()[31], ==, 0x2a);
  std::string close = vectors::recovery_key;
  std::erase(close, ' ');
  g_assert_true(matrix::read_recovery_key(close)->text() == key.text());
  g_assert_true(matrix::read_recovery_key("\t" + close + "\n")->text() == key.text());
}

void refuses_a_recovery_key_that_is_mistyped() {
  const std::string good = vectors::recovery_key;
  for (size_t i = 0; i < good.size(); i++) {
    if (good[i] == ' ') continue;
    std::string bad = good;
    bad[i] = bad[i] == '2' ? '3' : '2';
    g_assert_false(matrix::read_recovery_key(bad).has_value());
  }
  for (const std::string& bad : {std::string(), std::string("0OIl"), good.substr(0, 50), good + "1",
                                 "1" + good, good + good, std::string(100000, 'z')})
    g_assert_false(matrix::read_recovery_key(bad).has_value());
}

void knows_the_key_that_is_described() {
  const Secret key = storage_key();
  g_assert_true(matrix::is_storage_key(key, *Json::parse(vectors::description)));
  const Secret other(32);
  g_assert_false(matrix::is_storage_key(other, *Json::parse(vectors::description)));
  for (const char* member : {"algorithm", "iv", "mac"})
    for (const auto& value :
         {*Json::parse("null"), Json::integer(1), Json::string(""), Json::string("AAAA"),
          Json::string("%"), Json::string(std::string(300000, 'A'))})
      g_assert_false(matrix::is_storage_key(key, changed(vectors::description, member, value)));
  g_assert_false(matrix::is_storage_key(Secret(), *Json::parse(vectors::description)));
}

void decrypts_a_secret_and_nothing_that_was_changed() {
  const Secret key = storage_key();
  const Json encrypted = *Json::parse(vectors::encrypted_seed);
  g_assert_true(matrix::decrypt_secret(key, name, encrypted)->text() == vectors::seed);
  g_assert_false(matrix::decrypt_secret(key, "m.cross_signing.master", encrypted).has_value());
  g_assert_false(matrix::decrypt_secret(Secret(32), name, encrypted).has_value());
  g_assert_false(matrix::decrypt_secret(key, name, {}).has_value());
  for (const char* member : {"iv", "ciphertext", "mac"})
    for (const auto& value : {*Json::parse("null"), Json::integer(1), Json::string(""),
                              Json::string("AAECAwQFBgcICQoLDA0ODA")}) {
      if (std::string_view(member) == "iv" && value.as_string() == "AAECAwQFBgcICQoLDA0ODA")
        continue; /* the MAC does not cover it */
      g_assert_false(
          matrix::decrypt_secret(key, name, changed(vectors::encrypted_seed, member, value))
              .has_value());
    }
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(test) g_test_add_func("/secret_storage/" #test, test)
  TEST(reads_a_recovery_key_however_it_is_spaced);
  TEST(refuses_a_recovery_key_that_is_mistyped);
  TEST(knows_the_key_that_is_described);
  TEST(decrypts_a_secret_and_nothing_that_was_changed);
#undef TEST
  return g_test_run();
}
