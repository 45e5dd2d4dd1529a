/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/olm_payload.h"

using matrix::Json;
using matrix::JsonObjectBuilder;
using matrix::OlmEnvelope;
using matrix::OlmPayload;
using matrix::Refusal;

namespace {

const std::string our_key(43, 'u');
const std::string their_key(43, 't');

const char* why(const auto& result) {
  const auto* refusal = std::get_if<Refusal>(&result);
  return refusal ? refusal->why : nullptr;
}

Json envelope() {
  return matrix::write_olm_envelope({0, "AAAA"}, their_key, our_key);
}

void reads_the_envelope_that_it_writes() {
  const auto read = matrix::read_olm_envelope(envelope(), our_key);
  g_assert_true(std::get<OlmEnvelope>(read) == (OlmEnvelope{their_key, {0, "AAAA"}}));
}

void refuses_envelopes_that_lack_something() {
  const auto changed = [](const char* key, const Json& value) {
    return why(
        matrix::read_olm_envelope(JsonObjectBuilder(envelope()).set(key, value).build(), our_key));
  };
  const auto part = [&](const char* text) {
    return changed("ciphertext",
                   JsonObjectBuilder().set(our_key.c_str(), *Json::parse(text)).build());
  };
  g_assert_cmpstr(changed("algorithm", Json::string("m.megolm.v1.aes-sha2")), ==,
                  "encrypted by an unknown algorithm");
  g_assert_cmpstr(changed("sender_key", Json::string("x")), ==, "no key of the sender");
  g_assert_cmpstr(changed("sender_key", Json::integer(1)), ==, "no key of the sender");
  g_assert_cmpstr(changed("ciphertext", Json::string("x")), ==, "encrypted for another device");
  g_assert_cmpstr(why(matrix::read_olm_envelope(envelope(), their_key)), ==,
                  "encrypted for another device");
  for (const char* text :
       {"{}", R"({"type":2,"body":"AAAA"})", R"({"type":"0","body":"AAAA"})",
        R"({"type":0,"body":""})", R"({"type":0,"body":{}})", R"({"type":-1,"body":"A"})"})
    g_assert_cmpstr(part(text), ==, "malformed ciphertext");
  const std::string huge(200000, 'A');
  g_assert_cmpstr(part((R"({"type":1,"body":")" + huge + "\"}").c_str()), ==,
                  "malformed ciphertext");
}

std::string plaintext() {
  const auto secret = matrix::write_olm_payload("m.\"test", R"({"a":1})", {"@them:x", "T"},
                                                their_key, R"({"k":2})", "@us:x", our_key);
  return std::string(secret.text());
}

auto read(const std::string& text) {
  return matrix::read_olm_payload(text, "@them:x", "curve", "@us:x", our_key);
}

void reads_the_payload_that_it_writes() {
  const auto payload = std::get<OlmPayload>(read(plaintext()));
  g_assert_true(payload == (OlmPayload{"@them:x", "curve", their_key, "m.\"test",
                                       *Json::parse(R"({"a":1})"), *Json::parse(R"({"k":2})")}));
}

/* Each of the checks of the specification, broken. */
void refuses_payloads_about_somebody_else() {
  const auto changed = [](const char* key, const char* value) {
    const Json json =
        JsonObjectBuilder(*Json::parse(plaintext())).set(key, *Json::parse(value)).build();
    return why(read(json.text()));
  };
  g_assert_cmpstr(changed("sender", R"("@eve:x")"), ==, "encrypted by another user");
  g_assert_cmpstr(changed("sender", "1"), ==, "encrypted by another user");
  g_assert_cmpstr(changed("recipient", R"("@eve:x")"), ==, "encrypted for another user");
  g_assert_cmpstr(changed("recipient", "null"), ==, "encrypted for another user");
  g_assert_cmpstr(changed("recipient_keys", "{}"), ==, "encrypted for other keys");
  g_assert_cmpstr(changed("recipient_keys", R"({"ed25519":"x"})"), ==, "encrypted for other keys");
  g_assert_cmpstr(changed("recipient_keys", "[]"), ==, "encrypted for other keys");
  g_assert_cmpstr(changed("keys", "{}"), ==, "names no signing key");
  g_assert_cmpstr(changed("keys", R"({"ed25519":"short"})"), ==, "names no signing key");
  g_assert_cmpstr(changed("type", "1"), ==, "malformed plaintext");
  g_assert_cmpstr(changed("content", "[]"), ==, "malformed plaintext");
  for (const char* text : {"", "[]", "{", "\"x\"", "\xff"})
    g_assert_cmpstr(why(read(text)), ==, "malformed plaintext");
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  g_test_add_func("/olm_payload/envelope", reads_the_envelope_that_it_writes);
  g_test_add_func("/olm_payload/bad_envelope", refuses_envelopes_that_lack_something);
  g_test_add_func("/olm_payload/payload", reads_the_payload_that_it_writes);
  g_test_add_func("/olm_payload/bad_payload", refuses_payloads_about_somebody_else);
  return g_test_run();
}
