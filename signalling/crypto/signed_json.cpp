/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/signed_json.h"

#include "signalling/crypto/canonical_json.h"

namespace matrix {
namespace {

bool verify(const std::string& ed25519, const std::string& text, std::string signature) {
  std::vector<std::uint8_t> memory(olm_utility_size());
  ::OlmUtility* utility = olm_utility(memory.data());
  const size_t result = olm_ed25519_verify(utility, ed25519.data(), ed25519.size(), text.data(),
                                           text.size(), signature.data(), signature.size());
  olm_clear_utility(utility);
  return result != olm_error();
}

}  // namespace

std::optional<std::string> signed_text(const Json& object) {
  return canonical_json(without(object, {"signatures", "unsigned"}));
}

Json with_signature(const Json& object, const std::string& user_id, const std::string& key_name,
                    const std::string& signature) {
  JsonObjectBuilder of_user(object["signatures"][user_id.c_str()]);
  of_user.set(("ed25519:" + key_name).c_str(), signature);
  JsonObjectBuilder signatures(object["signatures"]);
  signatures.set(user_id.c_str(), of_user.build());
  return JsonObjectBuilder(object).set("signatures", signatures.build()).build();
}

bool is_signed(const Json& object, const std::string& user_id, const std::string& key_name,
               const std::string& ed25519) {
  if (!object.is_object() || !is_public_key(ed25519)) return false;
  const auto signature =
      object["signatures"][user_id.c_str()].string_at(("ed25519:" + key_name).c_str());
  if (!signature) return false;
  const auto text = signed_text(object);
  return text && verify(ed25519, *text, *signature);
}

Json sign_json(const Json& object, const std::string& user_id, const std::string& device_id,
               const Account& account) {
  const auto text = signed_text(object);
  g_assert(text); /* what we write ourselves is canonical */
  return with_signature(object, user_id, device_id, account.sign(*text));
}

}  // namespace matrix
