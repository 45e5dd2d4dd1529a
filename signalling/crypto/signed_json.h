/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "signalling/core/json.h"
#include "signalling/crypto/account.h"

/* Signed JSON (Matrix specification, appendices, "Signing JSON"). Pure. */
namespace matrix {

/* What signatures of @object are made over; nothing if it has no canonical form. */
std::optional<std::string> signed_text(const Json& object);
/* @object with @signature by @user_id's "ed25519:<@key_name>" added. */
Json with_signature(const Json& object, const std::string& user_id, const std::string& key_name,
                    const std::string& signature);

/* Whether @object holds a signature by @user_id's @ed25519, called "ed25519:<@key_name>". */
bool is_signed(const Json& object, const std::string& user_id, const std::string& key_name,
               const std::string& ed25519);

/* @object with our signature added. */
Json sign_json(const Json& object, const std::string& user_id, const std::string& device_id,
               const Account& account);

}  // namespace matrix
