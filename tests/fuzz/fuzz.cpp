/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What others write, at the doors that it comes in by. libFuzzer's options, and
 *
 *   fuzz --parser=messages|sync|sdp|olm FOLDER...
 */
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "gst/sdp_description.h"
#include "gst/sdp_translator.h"
#include "signalling/client/http_reply.h"
#include "signalling/client/sync_response.h"
#include "signalling/core/room_state.h"
#include "signalling/core/sdp_candidates.h"
#include "signalling/core/signals.h"
#include "signalling/crypto/canonical_json.h"
#include "signalling/crypto/device_lists.h"
#include "signalling/crypto/secret_storage.h"
#include "tests/signalling/crypto_party.h"

namespace {

using matrix::Json;
using matrix::JsonObjectBuilder;
using Type = rtc::SessionDescription::Type;

/* The first line is the type of the event, the rest its content. What is taken is written, and
 * read again as the same. */
void read_message(std::string_view text) {
  const size_t line = std::min(text.find('\n'), text.size());
  const auto content = Json::parse(text.substr(std::min(line + 1, text.size())));
  if (!content.ok()) return;
  const auto message = matrix::read_call_message(text.substr(0, line), *content);
  if (!message) return;
  const char* type = matrix::call_message_type(message->signal);
  const auto again = matrix::read_call_message(type, matrix::write_call_message(*message));
  g_assert_true(again.has_value());
  g_assert_cmpstr(again->envelope.call_id.c_str(), ==, message->envelope.call_id.c_str());
  g_assert_cmpuint(again->signal.index(), ==, message->signal.index());
}

void read_sync(std::string_view text) {
  (void)matrix::read_reply("https://x.org", {.status = 429, .body = text, .retry_after = text});
  const auto body = Json::parse(text);
  if (!body.ok()) return;
  const auto batch = matrix::read_sync_response(*body, "!room:x");
  matrix::RoomState room;
  for (const auto& event : batch.events) room.apply(event);
  if (const auto* call = room.find_conference(matrix::Time(0), ""))
    for (const auto& device : room.devices(call->id)) (void)room.display_name(device.user_id);
}

/* As an offer first, as a later one, and as an answer. */
void read_sdp(std::string_view text) {
  const std::string sdp(text);
  const rtc::SessionDescription offer{Type::Offer, sdp};
  (void)matrix::detach_candidates(offer);
  media::SdpTranslator translator("ours");
  const auto shown = translator.set_remote(offer);
  if (shown) g_assert_true(media::read_description(*shown).ok());
  (void)translator.is_ice_restart(offer);
  (void)translator.set_remote(offer);
  (void)translator.set_local(Type::Answer, sdp);
  (void)translator.offered_sections();
  media::SdpTranslator caller("ours");
  if (caller.set_local(Type::Offer, sdp)) (void)caller.set_remote({Type::Answer, sdp});
  (void)media::SdpTranslator::with_candidates(sdp, {{"candidate:1", "0", 0}}, true);
}

/* A device that has talked with another one. */
struct Pair {
  Pair() { (void)us.read(them, them.encrypt(us, "hello")); }
  fake::Keys server;
  fake::CryptoParty us{server, "@us:x", "U"};
  fake::CryptoParty them{server, "@them:x", "T"};
};

/* The content of an encrypted event; what is inside one; answers of the homeserver. */
void read_olm(std::string_view text) {
  static Pair pair;
  const matrix::Time now(1000);
  const std::string key = pair.us->identity().curve25519;
  (void)matrix::read_olm_payload(text, "@them:x", key, "@us:x", pair.us->identity().ed25519);
  (void)matrix::read_recovery_key(text);
  const auto json = Json::parse(text);
  if (!json.ok()) return;
  if (const auto canonical = matrix::canonical_json(*json))
    g_assert_true(matrix::canonical_json(*Json::parse(*canonical)) == canonical);
  (void)pair.us->open("@them:x", *json, now);
  const Json part = JsonObjectBuilder().set(key.c_str(), *json).build();
  (void)pair.us->open("@them:x",
                      JsonObjectBuilder()
                          .set("algorithm", "m.olm.v1.curve25519-aes-sha2")
                          .set("sender_key", pair.them->identity().curve25519)
                          .set("ciphertext", part)
                          .build(),
                      now);
  const matrix::Secret secret(32);
  (void)matrix::is_storage_key(secret, *json);
  (void)matrix::decrypt_secret(secret, "name", *json);
  matrix::DeviceLists lists;
  lists.restore({"@them:x", std::string(text)});
  lists.track("@them:x");
  if (const auto query = lists.take_query(now)) lists.queried(query->id, *json, now);
  (void)lists.find({"@them:x", "T"});
  (void)matrix::read_one_time_key(*json, {"@them:x", "T"}, pair.them->identity().ed25519);
}

void (*parser)(std::string_view text) = nullptr;

}  // namespace

/* NOLINTBEGIN(readability-identifier-naming): libFuzzer's names */
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, size_t size);
/* NOLINTEND(readability-identifier-naming) */

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  for (int i = 1; i < *argc; i++) {
    const std::string_view word((*argv)[i]);
    if (word == "--parser=messages") parser = read_message;
    if (word == "--parser=sync") parser = read_sync;
    if (word == "--parser=sdp") parser = read_sdp;
    if (word == "--parser=olm") parser = read_olm;
  }
  gst_init(nullptr, nullptr);
  return parser ? 0 : 2;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, size_t size) {
  parser({reinterpret_cast<const char*>(data), size});
  return 0;
}
