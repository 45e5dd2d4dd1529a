/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/signing_key.h"

#include <olm/olm.h>

#include "signalling/crypto/signed_json.h"

namespace matrix {
void SigningKey::Wipe::operator()(::OlmPkSigning* signing) const {
  olm_clear_pk_signing(signing);
  g_free(signing);
}

SigningKey::SigningKey() : signing_(olm_pk_signing(g_malloc(olm_pk_signing_size()))) {}

std::optional<SigningKey> SigningKey::create(std::string_view seed) {
  const Secret bytes = Secret::from_base64(seed);
  if (bytes.size() != olm_pk_signing_seed_length()) return std::nullopt;
  SigningKey key;
  key.public_key_.resize(olm_pk_signing_public_key_length());
  if (olm_pk_signing_key_from_seed(key.signing_.get(), key.public_key_.data(),
                                   key.public_key_.size(), bytes.data(),
                                   bytes.size()) == olm_error())
    return std::nullopt;
  return key;
}

std::optional<Json> SigningKey::sign(const Json& object, const std::string& user_id) const {
  auto text = signed_text(object);
  if (!text) return std::nullopt;
  std::string signature(olm_pk_signature_length(), '\0');
  if (olm_pk_sign(signing_.get(), reinterpret_cast<const std::uint8_t*>(text->data()), text->size(),
                  reinterpret_cast<std::uint8_t*>(signature.data()),
                  signature.size()) == olm_error())
    return std::nullopt;
  return with_signature(object, user_id, public_key_, signature);
}

}  // namespace matrix
