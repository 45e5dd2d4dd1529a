/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <optional>
#include <string>

#include "signalling/core/effects.h"
#include "signalling/crypto/account.h"

/* What others publish of their devices (client-server API, "End-to-end encryption"). Pure. */
namespace matrix {

inline constexpr const char* olm_algorithm = "m.olm.v1.curve25519-aes-sha2";
inline constexpr const char* one_time_key_algorithm = "signed_curve25519";

/* The keys of @address as @json gives them. Nothing if it names somebody else, does not do Olm,
 * or is not signed by the device itself. */
std::optional<IdentityKeys> read_device_keys(const Json& json, const Address& address);
/* Ours, signed. */
Json write_device_keys(const Address& own, const Account& account);

/* The public half of a cross-signing key. Nothing if it is not @user_id's, or not for @usage
 * ("master", "self_signing"). */
std::optional<std::string> read_cross_signing_key(const Json& json, const std::string& user_id,
                                                  const char* usage);

/* The key in an answer to a claim; nothing if @ed25519 of @address did not sign it. */
std::optional<std::string> read_one_time_key(const Json& claimed, const Address& address,
                                             const std::string& ed25519);
/* {"signed_curve25519:ID": {...}} of ours, signed. */
void write_one_time_key(JsonObjectBuilder& keys, const Address& own, const Account& account,
                        const Account::Key& key, bool fallback);

}  // namespace matrix
