/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions that encrypt: who reaches whom in which room by which setting. */
#include "signalling/client/session.h"

#include <atomic>

#include "signalling/client/store_files.h"
#include "tests/signalling/cross_signing.h"
#include "tests/signalling/crypto_party.h"
#include "tests/signalling/fake_homeserver.h"
#include "tests/signalling/fake_rooms.h"
#include "tests/signalling/log_capture.h"
#include "tests/signalling/party.h"

using fake::Answer;
using fake::Party;
using matrix::SessionConfig;
using matrix::SessionState;
using matrix::Trust;
using Kind = rtc::Error::Kind;

namespace {

struct Scene {
  fake::Homeserver server;
  std::string alice_token = server.add_user("@alice:fake", "ALICE");
  std::string bob_token = server.add_user("@bob:fake", "BOB");
  std::string room = server.add_room("@alice:fake");
  std::string folder;

  ~Scene() {
    if (folder.empty()) return;
    const std::string command = "rm -r '" + folder + "'";
    g_spawn_command_line_sync(command.c_str(), nullptr, nullptr, nullptr, nullptr);
  }
  SessionConfig alice() {
    SessionConfig config = base("@alice:fake", alice_token);
    config.create = true;
    return config;
  }
  SessionConfig bob() { return base("@bob:fake", bob_token); }
  SessionConfig base(const std::string& user, const std::string& token) {
    SessionConfig config;
    config.homeserver = server.url();
    config.user_id = user;
    config.access_token = token;
    config.room = room;
    return config;
  }
  void use_store(SessionConfig& config) {
    if (folder.empty()) {
      const glib::Unique<char> made(g_dir_make_tmp("session-XXXXXX", nullptr));
      folder = made.get();
    }
    config.store = folder;
  }
  void encrypt_room() {
    server.set_state(room, "@alice:fake", "m.room.encryption", "",
                     R"({"algorithm":"m.megolm.v1.aes-sha2"})");
  }
  /* Bob's client knows nothing of encryption: his device has no keys. */
  void hide_bobs_keys() {
    const std::string bob = "Bearer " + bob_token;
    server.set_hook([bob](const fake::Request& request) -> std::optional<Answer> {
      if (request.authorization != bob || request.path.find("/keys/") == std::string::npos)
        return std::nullopt;
      return fake::refusal(404, "M_UNRECOGNIZED", "?");
    });
  }
};

std::vector<Trust> both(Trust trust) {
  return {trust, trust};
}

bool connect(Party& a, Party& b) {
  a.start();
  g_assert_true(a.reaches(SessionState::Joined));
  b.start();
  return a.reports_soon<matrix::FeedAdded>(2) && b.reports_soon<matrix::FeedAdded>(2);
}

void devices_with_keys_encrypt() {
  for (const bool encrypted : {false, true}) {
    Scene scene;
    if (encrypted) scene.encrypt_room();
    Party alice(scene.alice());
    Party bob(scene.bob());
    g_assert_true(connect(alice, bob));
    g_assert_cmpuint(scene.server.count("sendToDevice/m.call"), ==, 0);
    g_assert_cmpuint(scene.server.count("sendToDevice/m.room.encrypted"), >, 2);
    g_assert_cmpuint(scene.server.count("/keys/claim"), ==, 1);
    g_assert_cmpuint(scene.server.count("/keys/upload"), ==, 2);
  }
}

void a_device_without_keys_is_spoken_to_in_clear() {
  Scene scene;
  scene.hide_bobs_keys();
  Party alice(scene.alice());
  Party bob(scene.bob());
  g_assert_true(connect(alice, bob));
  g_assert_cmpuint(scene.server.count("sendToDevice/m.room.encrypted"), ==, 0);
  g_assert_true(alice.trust() == both(Trust::Clear));
}

void feeds_tell_how_well_their_sender_is_known() {
  Scene scene;
  Party alice(scene.alice());
  Party bob(scene.bob());
  g_assert_true(connect(alice, bob));
  g_assert_true(alice.trust() == both(Trust::Unsigned));
  const fake::CrossSigner signer("@bob:fake", fake::entropy(1));
  scene.server.with_keys([&](fake::Keys& keys) {
    signer.publish(keys);
    signer.sign_device(keys, "BOB");
  });
  scene.server.announce_devices("@bob:fake");
  g_assert_true(alice.reports_soon<matrix::FeedTrusted>(2));
  g_assert_true(alice.trust() == both(Trust::Signed));
  g_assert_true(bob.trust() == both(Trust::Unsigned));
  scene.server.with_keys([](fake::Keys& keys) { keys.remove({"@bob:fake", "BOB"}); });
  scene.server.announce_devices("@bob:fake");
  g_assert_true(alice.reports_soon<matrix::FeedTrusted>(4));
  g_assert_true(alice.trust() == both(Trust::Unsigned));
}

/* In an encrypted room, or if encryption is required, or a signed device. */
void a_device_without_keys_is_refused_where_it_must_be() {
  for (const int setting : {0, 1, 2}) {
    Scene scene;
    scene.hide_bobs_keys();
    if (setting == 0) scene.encrypt_room();
    SessionConfig config = scene.alice();
    config.trust.required = setting == 1;
    config.trust.signed_only = setting == 2;
    SessionConfig careless = scene.bob();
    careless.trust.accept_plaintext = true;
    Party alice(config);
    Party bob(careless);
    alice.start();
    g_assert_true(alice.reaches(SessionState::Joined));
    bob.start();
    g_assert_true(alice.reports_soon<matrix::ParticipantTrouble>(1));
    g_assert_cmpuint(alice.reports<matrix::FeedAdded>(), ==, 0);
    g_assert_true(fake::logged("without encryption keys") + fake::logged("not encrypted") > 0);
  }
}

void accept_plaintext_takes_it_in_an_encrypted_room_too() {
  Scene scene;
  scene.hide_bobs_keys();
  scene.encrypt_room();
  SessionConfig alice_config = scene.alice();
  SessionConfig bob_config = scene.bob();
  alice_config.trust.accept_plaintext = bob_config.trust.accept_plaintext = true;
  Party alice(alice_config);
  Party bob(bob_config);
  g_assert_true(connect(alice, bob));
}

void an_unsigned_device_is_refused_by_who_wants_signed_ones() {
  Scene scene;
  SessionConfig config = scene.alice();
  config.trust.signed_only = true;
  Party alice(config);
  Party bob(scene.bob());
  alice.start();
  g_assert_true(alice.reaches(SessionState::Joined));
  bob.start();
  g_assert_true(alice.reports_soon<matrix::ParticipantTrouble>(1));
  g_assert_cmpuint(alice.reports<matrix::FeedAdded>(), ==, 0);
}

/* The same device again: same keys, no message twice, no second upload. */
void a_store_outlives_the_process() {
  Scene scene;
  SessionConfig config = scene.bob();
  scene.use_store(config);
  Party alice(scene.alice());
  for (size_t run = 0; run < 3; run++) {
    Party bob(config);
    if (run == 0) {
      g_assert_true(connect(alice, bob));
    } else {
      bob.start();
      g_assert_true(bob.reports_soon<matrix::FeedAdded>(2));
    }
    bob.leave();
    bob.ending();
    g_assert_true(alice.reports_soon<matrix::ParticipantLeft>(run + 1));
  }
  g_assert_cmpuint(scene.server.count("/keys/upload"), ==, 2);
  g_assert_cmpuint(scene.server.count("/keys/claim"), ==, 1);
  g_assert_cmpuint(fake::logged("cannot be decrypted"), ==, 0);
}

/* A device that was made with a password is used again, but not while another process does. */
void a_store_keeps_the_device_of_a_password() {
  Scene scene;
  scene.server.add_user("@carol:fake", "", "correct horse");
  SessionConfig config = scene.alice();
  config.user_id = "@carol:fake";
  config.access_token = "";
  config.password = "correct horse";
  scene.use_store(config);
  for (const size_t run : {1, 2}) {
    Party carol(config);
    carol.start();
    g_assert_true(carol.reaches(SessionState::Joined));
    if (run == 2) {
      Party beside(config);
      beside.start();
      g_assert_true(beside.reaches(SessionState::Joined));
      beside.leave();
      beside.ending();
    }
    carol.leave();
    carol.ending();
    g_assert_cmpuint(matrix::stored_devices(scene.folder).size(), ==, run);
  }
  g_assert_cmpuint(scene.server.count("/logout"), ==, 0);
}

void a_store_that_is_in_use_is_an_error() {
  Scene scene;
  SessionConfig config = scene.alice();
  scene.use_store(config);
  Party first(config);
  first.start();
  g_assert_true(first.reaches(SessionState::Joined));
  Party second(config);
  second.start();
  const auto error = second.ending().error;
  g_assert_true(error->kind == Kind::Busy);
  g_assert_true(error->message.find("in use by process") != std::string::npos);
}

/* Whoever loses the store must not take the device over. */
void a_lost_store_is_an_error() {
  Scene scene;
  {
    Party alice(scene.alice());
    alice.start();
    g_assert_true(alice.reaches(SessionState::Joined));
    alice.leave();
    alice.ending();
  }
  Party again(scene.alice());
  again.start();
  g_assert_true(again.ending().error->message.find("belongs to another client") !=
                std::string::npos);
  g_assert_cmpuint(scene.server.count("/keys/upload"), ==, 1);
  g_assert_cmpuint(scene.server.count("/logout"), ==, 0);
}

void key_requests_are_repeated_until_they_are_answered() {
  for (const char* part : {"/keys/upload", "/keys/query", "/keys/claim", "/sendToDevice/"}) {
    Scene scene;
    auto failures = std::make_shared<std::atomic<int>>(2);
    scene.server.set_hook([=](const fake::Request& request) -> std::optional<Answer> {
      if (request.path.find(part) == std::string::npos || (*failures)-- <= 0) return std::nullopt;
      Answer broken;
      broken.status = *failures == 1 ? 429 : 200;
      broken.body = *failures == 1 ? R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":10})"
                                   : R"({"device_ke)";
      return broken;
    });
    Party alice(scene.alice());
    Party bob(scene.bob());
    g_assert_true(connect(alice, bob));
    g_assert_cmpuint(alice.reports<matrix::ParticipantJoined>(), ==, 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  fake::capture_log();
#define TEST(name) g_test_add_func("/session_olm/" #name, name)
  TEST(devices_with_keys_encrypt);
  TEST(a_device_without_keys_is_spoken_to_in_clear);
  TEST(feeds_tell_how_well_their_sender_is_known);
  TEST(a_device_without_keys_is_refused_where_it_must_be);
  TEST(accept_plaintext_takes_it_in_an_encrypted_room_too);
  TEST(an_unsigned_device_is_refused_by_who_wants_signed_ones);
  TEST(a_store_outlives_the_process);
  TEST(a_store_keeps_the_device_of_a_password);
  TEST(a_store_that_is_in_use_is_an_error);
  TEST(a_lost_store_is_an_error);
  TEST(key_requests_are_repeated_until_they_are_answered);
#undef TEST
  return g_test_run();
}
