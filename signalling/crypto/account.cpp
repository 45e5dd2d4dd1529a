/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/account.h"

#include <glib.h>

#include <algorithm>

#include "signalling/core/json.h"

namespace matrix {
namespace {

constexpr size_t public_key_length = 43;

/* Calls of libolm that only fail for want of what they are given here. */
void must(size_t result) {
  g_assert(result != olm_error());
}

std::vector<Account::Key> read_keys(std::string_view text) {
  std::vector<Account::Key> keys;
  const auto json = Json::parse(text);
  if (!json.ok()) return keys;
  (*json)["curve25519"].for_each_member([&](const char* id, const Json& key) {
    keys.emplace_back(id, key.as_string().value_or(""));
  });
  return keys;
}

}  // namespace

bool is_public_key(std::string_view text) {
  return text.size() == public_key_length && std::all_of(text.begin(), text.end(), [](char c) {
           return g_ascii_isalnum(c) || c == '+' || c == '/';
         });
}

void Account::Wipe::operator()(::OlmAccount* account) const {
  olm_clear_account(account);
  g_free(account);
}

Account::Account() : account_(olm_account(g_malloc(olm_account_size()))) {}

Account Account::create(const Entropy& entropy) {
  Account account;
  auto random = Secret::random(olm_create_account_random_length(account.raw()), entropy);
  must(olm_create_account(account.raw(), random.data(), random.size()));
  account.read_identity();
  return account;
}

std::optional<Account> Account::unpickle(const Secret& key, std::string pickle) {
  Account account;
  if (olm_unpickle_account(account.raw(), key.data(), key.size(), pickle.data(), pickle.size()) ==
      olm_error())
    return std::nullopt;
  account.read_identity();
  return account;
}

void Account::read_identity() {
  std::string text(olm_account_identity_keys_length(raw()), '\0');
  must(olm_account_identity_keys(raw(), text.data(), text.size()));
  const auto json = Json::parse(text);
  g_assert(json.ok());
  identity_ = {json->string_at("curve25519").value_or(""), json->string_at("ed25519").value_or("")};
}

std::string Account::pickle(const Secret& key) const {
  std::string text(olm_pickle_account_length(raw()), '\0');
  must(olm_pickle_account(raw(), key.data(), key.size(), text.data(), text.size()));
  return text;
}

std::string Account::sign(std::string_view text) const {
  std::string signature(olm_account_signature_length(raw()), '\0');
  must(olm_account_sign(raw(), text.data(), text.size(), signature.data(), signature.size()));
  return signature;
}

void Account::generate_one_time_keys(size_t number, const Entropy& entropy) {
  auto random =
      Secret::random(olm_account_generate_one_time_keys_random_length(raw(), number), entropy);
  must(olm_account_generate_one_time_keys(raw(), number, random.data(), random.size()));
}

void Account::generate_fallback_key(const Entropy& entropy) {
  auto random = Secret::random(olm_account_generate_fallback_key_random_length(raw()), entropy);
  must(olm_account_generate_fallback_key(raw(), random.data(), random.size()));
}

std::vector<Account::Key> Account::one_time_keys() const {
  std::string text(olm_account_one_time_keys_length(raw()), '\0');
  must(olm_account_one_time_keys(raw(), text.data(), text.size()));
  return read_keys(text);
}

std::optional<Account::Key> Account::fallback_key() const {
  std::string text(olm_account_unpublished_fallback_key_length(raw()), '\0');
  must(olm_account_unpublished_fallback_key(raw(), text.data(), text.size()));
  const auto keys = read_keys(text);
  return keys.empty() ? std::nullopt : std::optional(keys.front());
}

void Account::mark_published() {
  olm_account_mark_keys_as_published(raw());
}

void Account::forget_old_fallback_key() {
  olm_account_forget_old_fallback_key(raw());
}

}  // namespace matrix
