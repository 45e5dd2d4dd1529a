/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/olm_machine.h"

#include "signalling/crypto/signed_json.h"
#include "tests/long_run.h"
#include "tests/signalling/crypto_party.h"
#include "tests/signalling/equal.h"

using fake::CryptoParty;
using matrix::Json;
using matrix::JsonObjectBuilder;
using matrix::OlmEvent;
using matrix::Reach;
using matrix::Trust;
using namespace std::chrono_literals;

namespace {

struct Fixture {
  fake::Keys server;
  CryptoParty alice{server, "@alice:x", "A"};
  CryptoParty bob{server, "@bob:x", "B"};

  /* Both have decrypted something of the other. */
  void meet() {
    fake::equal(bob.read(alice, alice.encrypt(bob, "hello")), "hello");
    fake::equal(alice.read(bob, bob.encrypt(alice, "hello yourself")), "hello yourself");
  }
};

/* @message with its ciphertext changed. */
Json with_body(const Json& message, const std::string& key, const std::string& body) {
  const Json part = JsonObjectBuilder(message["ciphertext"][key.c_str()]).set("body", body).build();
  return JsonObjectBuilder(message)
      .set("ciphertext", JsonObjectBuilder().set(key.c_str(), part).build())
      .build();
}

void two_devices_write_to_each_other() {
  Fixture f;
  f.meet();
  const auto opened = f.bob.open(f.alice, f.alice.encrypt(f.bob, "again"));
  const auto& event = std::get<OlmEvent>(opened);
  g_assert_true(event.from == f.alice.address());
  fake::equal(event.type, "m.test");
  g_assert_true(event.trust == Trust::Unsigned);
  g_assert_cmpuint(f.alice.claims + f.bob.claims, ==, 1);
}

void messages_over_a_fresh_session_may_come_in_any_order() {
  Fixture f;
  const auto first = f.alice.encrypt(f.bob, "first");
  const auto second = f.alice.encrypt(f.bob, "second");
  fake::equal(f.bob.read(f.alice, second), "second");
  fake::equal(f.bob.read(f.alice, first), "first");
}

void both_may_open_a_session_at_once() {
  Fixture f;
  const auto from_alice = f.alice.encrypt(f.bob, "a");
  const auto from_bob = f.bob.encrypt(f.alice, "b");
  fake::equal(f.bob.read(f.alice, from_alice), "a");
  fake::equal(f.alice.read(f.bob, from_bob), "b");
  for (int i = 0; i < 3; i++) f.meet();
}

void a_message_is_taken_once() {
  Fixture f;
  for (const bool with_fallback : {false, true}) {
    if (with_fallback) f.server.use_up_one_time_keys(f.bob.id());
    CryptoParty carol(f.server, with_fallback ? "@carol:x" : "@dora:x", "C");
    const auto opening = carol.encrypt(f.bob, "once");
    fake::equal(f.bob.read(carol, opening), "once");
    fake::equal(f.bob.read(carol, opening), "cannot be decrypted");
    const auto reply = f.bob.encrypt(carol, "reply");
    fake::equal(carol.read(f.bob, reply), "reply");
    fake::equal(carol.read(f.bob, reply), "cannot be decrypted");
    f.bob.restart();
    fake::equal(f.bob.read(carol, opening), "cannot be decrypted");
  }
}

void a_restart_changes_nothing() {
  Fixture f;
  for (int i = 0; i < 5; i++) {
    f.meet();
    f.alice.restart();
    f.meet();
    f.bob.restart();
  }
  g_assert_cmpuint(f.alice.claims + f.bob.claims, ==, 1);
}

void one_claim_serves_all() {
  Fixture f;
  CryptoParty carol(f.server, "@carol:x", "C");
  f.alice->reach(f.bob.address(), f.alice.now);
  f.alice->reach(carol.address(), f.alice.now);
  f.alice.asked = 0;
  f.alice.settle();
  g_assert_cmpuint(f.alice.asked, ==, 1);
  f.alice->reach(f.bob.address(), f.alice.now);
  f.alice->reach(carol.address(), f.alice.now);
  f.alice.settle();
  g_assert_cmpuint(f.alice.claims, ==, 1);
  g_assert_true(f.alice.reach(f.bob.address()) == Reach::Session);
  g_assert_true(f.alice.reach(carol.address()) == Reach::Session);
}

void the_fallback_key_serves_when_all_others_are_used_up() {
  Fixture f;
  f.server.use_up_one_time_keys(f.bob.id());
  fake::equal(f.bob.read(f.alice, f.alice.encrypt(f.bob, "hello")), "hello");
  g_assert_false(f.server.has_unused_fallback(f.bob.id()));
  for (int sync = 0; sync < 2; sync++) f.bob->counted({0, false}, f.bob.now);
  f.bob.settle();
  g_assert_cmpint(f.server.count(f.bob.id()), ==, 50);
  g_assert_true(f.server.has_unused_fallback(f.bob.id()));
  CryptoParty carol(f.server, "@carol:x", "C");
  fake::equal(f.bob.read(carol, carol.encrypt(f.bob, "late")), "late");
}

void a_device_without_any_key_left_is_asked_again() {
  Fixture f;
  f.server.use_up_one_time_keys(f.bob.id());
  f.server.drop_fallback(f.bob.id());
  g_assert_true(f.alice.reach(f.bob.address()) == Reach::Wait);
  for (int i = 0; i < 3; i++) {
    f.alice.now = *f.alice->next_deadline();
    f.alice.settle();
  }
  g_assert_true(f.alice->reach(f.bob.address(), f.alice.now) == Reach::NoOneTimeKey);
  for (int sync = 0; sync < 2; sync++) f.bob->counted({0, false}, f.bob.now);
  f.bob.settle();
  f.alice.now += 60s;
  g_assert_true(f.alice.reach(f.bob.address()) == Reach::Session);
}

void a_device_without_keys_is_told_from_one_whose_keys_are_bad() {
  Fixture f;
  g_assert_true(f.alice.reach({"@nobody:x", "N"}) == Reach::NoKeys);
  g_assert_true(f.alice.reach({"@bob:x", "OTHER"}) == Reach::NoKeys);
  f.meet();
  f.bob.forget_everything();
  f.bob.settle();
  f.alice->changed("@bob:x");
  g_assert_true(f.alice.reach(f.bob.address()) == Reach::ChangedKeys);
  g_assert_true(f.alice->take_refused() == std::vector{f.bob.address()});
  const auto message = f.bob.encrypt(f.alice, "it is me");
  fake::equal(f.alice.read(f.bob, message), "encrypted by an unknown device");
}

/* The one who lost its sessions, but kept its keys. */
void a_lost_session_is_replaced_once_an_hour() {
  Fixture f;
  f.meet();
  f.bob.saved.sessions.clear();
  f.bob.restart();
  const auto unreadable = f.alice.encrypt(f.bob, "lost");
  fake::equal(f.bob.read(f.alice, unreadable), "cannot be decrypted");
  g_assert_true(f.bob->take_mended() == std::vector{f.alice.address()});
  const auto dummy = f.bob->encrypt(f.alice.address(), "m.dummy", JsonObjectBuilder().build());
  g_assert_true(std::holds_alternative<OlmEvent>(f.alice.open(f.bob, *dummy)));
  fake::equal(f.bob.read(f.alice, f.alice.encrypt(f.bob, "found")), "found");
  fake::equal(f.bob.read(f.alice, unreadable), "cannot be decrypted");
  g_assert_cmpuint(f.bob->take_mended().size(), ==, 0);
  f.bob.now += 1h;
  fake::equal(f.bob.read(f.alice, unreadable), "cannot be decrypted");
  g_assert_cmpuint(f.bob->take_mended().size(), ==, 1);
}

/* Eve is a device that knows how to encrypt for Bob, but says something else in it. */
void what_is_said_inside_is_checked() {
  Fixture f;
  CryptoParty eve(f.server, "@eve:x", "E");
  const auto message = eve.encrypt(f.bob, "hi");
  fake::equal(CryptoParty::text_of(f.bob.open_as("@alice:x", message)),
              "encrypted by another user");
  /* Her device is none of those that the server lists for her. */
  f.server.remove(eve.id());
  f.bob->changed("@eve:x");
  const auto again = eve.encrypt(f.bob, "hi");
  fake::equal(f.bob.read(eve, again), "encrypted by an unknown device");
}

/* A homeserver that lists Eve's Curve25519 key as Alice's device's. */
void the_signing_key_must_be_the_devices() {
  Fixture f;
  CryptoParty eve(f.server, "@eve:x", "E");
  const auto account = matrix::Account::create(fake::entropy(99));
  const Json device = JsonObjectBuilder(matrix::write_device_keys({"@eve:x", "F"}, account))
                          .set("keys", JsonObjectBuilder()
                                           .set("curve25519:F", eve->identity().curve25519)
                                           .set("ed25519:F", account.identity().ed25519)
                                           .build())
                          .build();
  f.server.set_device_keys({"@eve:x", "F"}, matrix::sign_json(device, "@eve:x", "F", account));
  f.server.remove(eve.id());
  const auto message = eve.encrypt(f.bob, "hi");
  fake::equal(f.bob.read(eve, message), "signing key is another device's");
}

void damaged_messages_change_nothing() {
  Fixture f;
  f.meet();
  const auto message = f.alice.encrypt(f.bob, "good");
  const auto key = f.bob->identity().curve25519;
  const auto body = *message["ciphertext"][key.c_str()].string_at("body");
  for (size_t i = 0; i < body.size(); i += 3) {
    std::string damaged = body;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    fake::equal(f.bob.read(f.alice, with_body(message, key, damaged)), "cannot be decrypted");
    g_assert_true(f.bob.read(f.alice, with_body(message, key, body.substr(0, i))) != "good");
  }
  fake::equal(f.bob.read(f.alice, message), "good");
}

void keeps_eight_sessions_with_a_device() {
  Fixture f;
  f.meet();
  for (int i = 0; i < 12; i++) {
    f.alice.saved.sessions.clear();
    f.alice.restart();
    fake::equal(f.bob.read(f.alice, f.alice.encrypt(f.bob, "new")), "new");
    g_assert_cmpuint(f.bob.saved.sessions.size(), <=, 8);
  }
  fake::equal(f.alice.read(f.bob, f.bob.encrypt(f.alice, "back")), "back");
}

void damaged_pickles_are_given_up() {
  Fixture f;
  f.meet();
  for (auto& session : f.bob.saved.sessions) session.pickle = "garbage";
  f.bob.restart();
  const auto message = f.alice.encrypt(f.bob, "lost");
  fake::equal(f.bob.read(f.alice, message), "cannot be decrypted");
  g_assert_true(f.bob.read(f.alice, f.alice.encrypt(f.bob, "x")) != "x");
  f.bob.saved.account->pickle = "garbage";
  g_assert_null(
      matrix::OlmMachine::create(
          {f.bob.address(), fake::entropy(1), matrix::Secret("pickle key of a test")}, f.bob.saved)
          .get());
  g_assert_null(
      matrix::OlmMachine::create(
          {f.alice.address(), fake::entropy(1), matrix::Secret("another key")}, f.alice.saved)
          .get());
}

/* Thousands of messages each way, in random order within what a ratchet remembers, with losses
 * and repetitions: each is read once or not at all. */
void a_storm_of_messages() {
  Fixture f;
  f.meet();
  std::mt19937 random(7);
  const int rounds = test::is_long_run() ? 1000 : 60;
  for (int round = 0; round < rounds; round++) {
    CryptoParty& from = round % 2 ? f.alice : f.bob;
    CryptoParty& to = round % 2 ? f.bob : f.alice;
    std::vector<std::pair<std::string, Json>> wire;
    for (int i = 0; i < 20; i++) {
      const std::string text = std::to_string(round) + "." + std::to_string(i);
      wire.emplace_back(text, from.encrypt(to, text));
      if (random() % 10 == 0) wire.push_back(wire.back());
      if (random() % 10 == 0) wire.pop_back();
    }
    std::shuffle(wire.begin(), wire.end(), random);
    std::set<std::string> seen;
    for (const auto& [text, message] : wire) {
      const bool is_new = seen.insert(text).second;
      fake::equal(to.read(from, message), is_new ? text.c_str() : "cannot be decrypted");
    }
    if (random() % 7 == 0) to.restart();
  }
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  g_test_add_func("/olm_machine/two", two_devices_write_to_each_other);
  g_test_add_func("/olm_machine/order", messages_over_a_fresh_session_may_come_in_any_order);
  g_test_add_func("/olm_machine/glare", both_may_open_a_session_at_once);
  g_test_add_func("/olm_machine/replay", a_message_is_taken_once);
  g_test_add_func("/olm_machine/restart", a_restart_changes_nothing);
  g_test_add_func("/olm_machine/one_claim", one_claim_serves_all);
  g_test_add_func("/olm_machine/fallback", the_fallback_key_serves_when_all_others_are_used_up);
  g_test_add_func("/olm_machine/no_key_left", a_device_without_any_key_left_is_asked_again);
  g_test_add_func("/olm_machine/no_keys",
                  a_device_without_keys_is_told_from_one_whose_keys_are_bad);
  g_test_add_func("/olm_machine/wedged", a_lost_session_is_replaced_once_an_hour);
  g_test_add_func("/olm_machine/sender", what_is_said_inside_is_checked);
  g_test_add_func("/olm_machine/signing_key", the_signing_key_must_be_the_devices);
  g_test_add_func("/olm_machine/damaged", damaged_messages_change_nothing);
  g_test_add_func("/olm_machine/eight", keeps_eight_sessions_with_a_device);
  g_test_add_func("/olm_machine/pickles", damaged_pickles_are_given_up);
  g_test_add_func("/olm_machine/storm", a_storm_of_messages);
  return g_test_run();
}
