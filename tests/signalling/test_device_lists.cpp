/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/device_lists.h"

#include "signalling/crypto/signed_json.h"
#include "tests/signalling/crypto_party.h"

using matrix::Account;
using matrix::Address;
using matrix::DeviceLists;
using matrix::Json;
using matrix::JsonObjectBuilder;
using matrix::Time;
using namespace std::chrono_literals;

namespace {

const Address phone{"@bob:x", "PHONE"};

struct Fixture {
  fake::Keys server;
  Account bob = Account::create(fake::entropy(1));
  DeviceLists lists;

  Fixture() { server.set_device_keys({"@bob:x", "PHONE"}, matrix::write_device_keys(phone, bob)); }
  void ask(Time now = 0ms) {
    const auto query = lists.take_query(now);
    g_assert_true(query.has_value());
    lists.queried(query->id, server.query(query->body), now);
  }
};

Json cross_signing_key(const Account& account, const char* usage) {
  const auto& key = account.identity().ed25519;
  return JsonObjectBuilder()
      .set("user_id", "@bob:x")
      .set("usage", matrix::json_array({Json::string(usage)}))
      .set("keys", JsonObjectBuilder().set(("ed25519:" + key).c_str(), key).build())
      .build();
}

/* @object with a signature by @key, as cross-signing keys sign. */
Json cross_sign(const Json& object, const Account& key) {
  return matrix::sign_json(object, "@bob:x", key.identity().ed25519, key);
}

void asks_for_tracked_users_only() {
  Fixture f;
  f.lists.changed("@stranger:x");
  g_assert_false(f.lists.take_query(0ms).has_value());
  f.lists.track("@bob:x");
  f.lists.track("@carol:x");
  const auto query = f.lists.take_query(0ms);
  g_assert_cmpuint(query->body["device_keys"]["@bob:x"].elements().size(), ==, 0);
  g_assert_true(query->body["device_keys"].has("@carol:x"));
  f.lists.track("@bob:x");
  g_assert_false(f.lists.take_query(0ms).has_value());
  f.lists.queried(query->id, f.server.query(query->body), 0ms);
  g_assert_true(f.lists.is_current("@bob:x"));
  g_assert_true(f.lists.find(phone)->keys == f.bob.identity());
  g_assert_true(f.lists.is_current("@carol:x"));
  g_assert_null(f.lists.find({"@carol:x", "PHONE"}));
}

void asks_again_when_a_list_has_changed_meanwhile() {
  Fixture f;
  f.lists.track("@bob:x");
  const auto query = f.lists.take_query(0ms);
  f.lists.changed("@bob:x");
  f.lists.queried(query->id, f.server.query(query->body), 0ms);
  g_assert_false(f.lists.is_current("@bob:x"));
  f.ask();
  g_assert_true(f.lists.is_current("@bob:x"));
  f.lists.changed("@bob:x");
  g_assert_false(f.lists.is_current("@bob:x"));
  f.ask();
  f.lists.left("@bob:x");
  g_assert_false(f.lists.is_current("@bob:x"));
  g_assert_false(f.lists.take_query(0ms).has_value());
}

void refuses_new_keys_of_a_known_device() {
  Fixture f;
  f.lists.track("@bob:x");
  f.ask();
  const auto impostor = Account::create(fake::entropy(2));
  f.server.set_device_keys({"@bob:x", "PHONE"}, matrix::write_device_keys(phone, impostor));
  f.lists.changed("@bob:x");
  f.ask();
  g_assert_null(f.lists.find(phone));
  g_assert_true(f.lists.has_changed_keys(phone));
  g_assert_true(f.lists.take_refused() == std::vector<Address>{phone});
  std::string device;
  g_assert_null(f.lists.find_by_key("@bob:x", impostor.identity().curve25519, device));
  g_assert_null(f.lists.find_by_key("@bob:x", f.bob.identity().curve25519, device));
}

/* Also when it was not listed for a while, and after a restart. */
void remembers_the_keys_of_a_device_that_is_gone() {
  Fixture f;
  f.lists.track("@bob:x");
  f.ask();
  f.server.remove({"@bob:x", "PHONE"});
  f.lists.changed("@bob:x");
  f.ask();
  g_assert_null(f.lists.find(phone));
  g_assert_false(f.lists.has_changed_keys(phone));
  const auto saved = f.lists.take_changes();
  DeviceLists restarted;
  for (const auto& user : saved) restarted.restore(user);
  g_assert_true(restarted.is_current("@bob:x"));
  f.lists = restarted;
  const auto impostor = Account::create(fake::entropy(2));
  f.server.set_device_keys({"@bob:x", "PHONE"}, matrix::write_device_keys(phone, impostor));
  f.lists.changed("@bob:x");
  f.ask();
  g_assert_true(f.lists.has_changed_keys(phone));
  f.server.set_device_keys({"@bob:x", "PHONE"}, matrix::write_device_keys(phone, f.bob));
  f.lists.changed("@bob:x");
  f.ask();
  g_assert_nonnull(f.lists.find(phone));
}

void ignores_devices_whose_keys_are_no_good() {
  Fixture f;
  f.server.set_device_keys({"@bob:x", "BAD"}, matrix::write_device_keys({"@eve:x", "BAD"}, f.bob));
  f.lists.track("@bob:x");
  f.ask();
  g_assert_null(f.lists.find({"@bob:x", "BAD"}));
  g_assert_nonnull(f.lists.find(phone));
}

void knows_which_devices_their_owner_has_signed() {
  Fixture f;
  const auto master = Account::create(fake::entropy(10));
  const auto signer = Account::create(fake::entropy(11));
  const auto set_up = [&](const Account& master_key) {
    f.server.set_cross_signing("@bob:x", cross_signing_key(master_key, "master"),
                               cross_sign(cross_signing_key(signer, "self_signing"), master_key));
    f.lists.changed("@bob:x");
    f.ask();
  };
  f.lists.track("@bob:x");
  set_up(master);
  g_assert_false(f.lists.find(phone)->is_signed);
  f.server.set_device_keys({"@bob:x", "PHONE"},
                           cross_sign(matrix::write_device_keys(phone, f.bob), signer));
  set_up(master);
  g_assert_true(f.lists.find(phone)->is_signed);
  /* A homeserver that makes up an identity. */
  set_up(Account::create(fake::entropy(12)));
  g_assert_false(f.lists.find(phone)->is_signed);
  set_up(master);
  g_assert_true(f.lists.find(phone)->is_signed);
  /* A self-signing key that the master key did not sign. */
  f.server.set_cross_signing("@bob:x", cross_signing_key(master, "master"),
                             cross_sign(cross_signing_key(signer, "self_signing"), signer));
  f.lists.changed("@bob:x");
  f.ask();
  g_assert_false(f.lists.find(phone)->is_signed);
}

void asks_a_silent_server_less_and_less_often() {
  Fixture f;
  f.lists.track("@bob:x");
  const Json failure = *Json::parse(R"({"device_keys": {}, "failures": {"x": {"status": 503}}})");
  Time now{0};
  for (int i = 0; i < 5; i++) {
    const auto query = f.lists.take_query(now);
    g_assert_true(query.has_value());
    g_assert_true(f.lists.is_unreachable("@bob:x") == (i >= 3));
    f.lists.queried(query->id, failure, now);
    g_assert_false(f.lists.take_query(now).has_value());
    g_assert_true(*f.lists.next_deadline() > now);
    now = *f.lists.next_deadline();
  }
  f.ask(now);
  g_assert_true(f.lists.is_current("@bob:x"));
  g_assert_false(f.lists.is_unreachable("@bob:x"));
}

void survives_answers_of_any_form() {
  for (const char* text :
       {"{}", "[]", R"({"device_keys": []})", R"({"device_keys": {"@bob:x": 7}})",
        R"({"device_keys": {"@bob:x": {"PHONE": []}}, "failures": 3})",
        R"({"device_keys": {"@bob:x": {"": {}, "\n": {}}}, "master_keys": {"@bob:x": []},
            "self_signing_keys": {"@bob:x": {"keys": 5}}})"}) {
    Fixture f;
    f.lists.track("@bob:x");
    f.lists.queried(f.lists.take_query(0ms)->id, *Json::parse(text), 0ms);
    g_assert_null(f.lists.find(phone));
  }
  DeviceLists lists;
  lists.restore({"@bob:x", "{"});
  lists.restore({"@carol:x", R"({"devices": [], "refused": 5})"});
  g_assert_false(lists.is_current("@bob:x"));
  g_assert_false(lists.is_current("@carol:x"));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  g_test_add_func("/device_lists/track", asks_for_tracked_users_only);
  g_test_add_func("/device_lists/changed", asks_again_when_a_list_has_changed_meanwhile);
  g_test_add_func("/device_lists/new_keys", refuses_new_keys_of_a_known_device);
  g_test_add_func("/device_lists/gone", remembers_the_keys_of_a_device_that_is_gone);
  g_test_add_func("/device_lists/bad_keys", ignores_devices_whose_keys_are_no_good);
  g_test_add_func("/device_lists/cross_signing", knows_which_devices_their_owner_has_signed);
  g_test_add_func("/device_lists/silent_server", asks_a_silent_server_less_and_less_often);
  g_test_add_func("/device_lists/malformed", survives_answers_of_any_form);
  return g_test_run();
}
