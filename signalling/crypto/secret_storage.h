/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "signalling/core/json.h"
#include "signalling/crypto/secret.h"

/* A user's secrets that the homeserver keeps, encrypted (client-server API, "Secrets", with
 * m.secret_storage.v1.aes-hmac-sha2). Pure. */
namespace matrix {

/* The 32 bytes that a recovery key spells in base58, in groups or not; nothing if it is none, or
 * mistyped. */
std::optional<Secret> read_recovery_key(std::string_view text);

/* Whether @key is the one that @description describes. */
bool is_storage_key(const Secret& key, const Json& description);
/* The secret called @name, which is kept as @encrypted; nothing if the key is another one, or it
 * was tampered with. */
std::optional<Secret> decrypt_secret(const Secret& key, std::string_view name,
                                     const Json& encrypted);

}  // namespace matrix
