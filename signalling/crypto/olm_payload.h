/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "signalling/core/effects.h"
#include "signalling/crypto/olm_session.h"

/* The two layers of an encrypted message (client-server API, "m.olm.v1.curve25519-aes-sha2").
 * Pure. */
namespace matrix {

/* What is around the ciphertext: who encrypted it, and our part of it. */
struct OlmEnvelope {
  std::string sender_key;
  OlmMessage message;
  bool operator==(const OlmEnvelope&) const = default;
};
/* What was inside, addressed to us by @sender, who holds @sender_key and claims @ed25519. */
struct OlmPayload {
  std::string sender;
  std::string sender_key;
  std::string ed25519;
  std::string type;
  Json content;
  Json sender_device_keys; /* may be nothing */
  bool operator==(const OlmPayload&) const = default;
};
/* Why a message was not taken: the name that it is counted under. */
struct Refusal {
  const char* why;
};

/* @own_key: our Curve25519 key. */
std::variant<OlmEnvelope, Refusal> read_olm_envelope(const Json& content,
                                                     const std::string& own_key);
Json write_olm_envelope(const OlmMessage& message, const std::string& own_key,
                        const std::string& their_key);

/* Checks that @plaintext says of sender and recipient what it must; who has the keys that it
 * names is left to the caller. @sender: what the server vouches for. */
std::variant<OlmPayload, Refusal> read_olm_payload(std::string_view plaintext,
                                                   const std::string& sender,
                                                   const std::string& sender_key,
                                                   const std::string& own_user,
                                                   const std::string& own_ed25519);
/* What goes to all recipients alike is written once: see OlmMachine. @device_keys: ours, as
 * text. */
Secret write_olm_payload(std::string_view type, std::string_view content, const Address& own,
                         const std::string& own_ed25519, std::string_view device_keys,
                         const std::string& recipient, const std::string& recipient_ed25519);

}  // namespace matrix
