/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/olm_payload.h"

#include "signalling/crypto/canonical_json.h"
#include "signalling/crypto/device_keys.h"

namespace matrix {
namespace {

/* Servers take 64 KiB of content. */
constexpr size_t max_body = size_t{128} * 1024;

std::string json_string(std::string_view text) {
  return *canonical_json(Json::string(text));
}

}  // namespace

std::variant<OlmEnvelope, Refusal> read_olm_envelope(const Json& content,
                                                     const std::string& own_key) {
  if (content.string_at("algorithm") != olm_algorithm)
    return Refusal{"encrypted by an unknown algorithm"};
  const auto sender_key = content.string_at("sender_key");
  if (!sender_key || !is_public_key(*sender_key)) return Refusal{"no key of the sender"};
  const Json part = content["ciphertext"][own_key.c_str()];
  if (!part.is_object()) return Refusal{"encrypted for another device"};
  const auto type = part.integer_at("type");
  auto body = part.string_at("body");
  if (!type || (*type != OlmMessage::pre_key && *type != OlmMessage::normal) || !body ||
      body->empty() || body->size() > max_body)
    return Refusal{"malformed ciphertext"};
  return OlmEnvelope{*sender_key, {static_cast<int>(*type), std::move(*body)}};
}

Json write_olm_envelope(const OlmMessage& message, const std::string& own_key,
                        const std::string& their_key) {
  const Json part = JsonObjectBuilder().set("type", message.type).set("body", message.body).build();
  return JsonObjectBuilder()
      .set("algorithm", olm_algorithm)
      .set("sender_key", own_key)
      .set("ciphertext", JsonObjectBuilder().set(their_key.c_str(), part).build())
      .build();
}

std::variant<OlmPayload, Refusal> read_olm_payload(std::string_view plaintext,
                                                   const std::string& sender,
                                                   const std::string& sender_key,
                                                   const std::string& own_user,
                                                   const std::string& own_ed25519) {
  const auto json = Json::parse(plaintext);
  if (!json.ok() || !json->is_object()) return Refusal{"malformed plaintext"};
  if (json->string_at("sender") != sender) return Refusal{"encrypted by another user"};
  if (json->string_at("recipient") != own_user) return Refusal{"encrypted for another user"};
  if ((*json)["recipient_keys"].string_at("ed25519") != own_ed25519)
    return Refusal{"encrypted for other keys"};
  const auto type = json->string_at("type");
  const auto ed25519 = (*json)["keys"].string_at("ed25519");
  const Json content = (*json)["content"];
  if (!type || !content.is_object()) return Refusal{"malformed plaintext"};
  if (!ed25519 || !is_public_key(*ed25519)) return Refusal{"names no signing key"};
  Json device_keys = (*json)["sender_device_keys"];
  if (!device_keys.exists()) device_keys = (*json)["org.matrix.msc4147.device_keys"];
  return OlmPayload{sender, sender_key, *ed25519, *type, content, device_keys};
}

Secret write_olm_payload(std::string_view type, std::string_view content, const Address& own,
                         const std::string& own_ed25519, std::string_view device_keys,
                         const std::string& recipient, const std::string& recipient_ed25519) {
  std::string text;
  text.reserve(content.size() + device_keys.size() + 512);
  text += R"({"type":)" + json_string(type);
  text += R"(,"content":)";
  text += content;
  text += R"(,"sender":)" + json_string(own.user_id);
  text += R"(,"recipient":)" + json_string(recipient);
  text += R"(,"recipient_keys":{"ed25519":")" + recipient_ed25519;
  text += R"("},"keys":{"ed25519":")" + own_ed25519;
  text += R"("},"sender_device_keys":)";
  text += device_keys;
  text += '}';
  Secret payload(text);
  wipe(text);
  return payload;
}

}  // namespace matrix
