/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/encryption.h"

#include <functional>

#include "signalling/client/system_entropy.h"
#include "signalling/crypto/olm_payload.h"
#include "signalling/crypto/signed_json.h"
#include "tests/signalling/crypto_party.h"
#include "tests/signalling/fake_homeserver.h"
#include "tests/signalling/wait.h"

using matrix::Address;
using matrix::Encryption;
using matrix::Json;
using matrix::JsonObjectBuilder;
using matrix::ToDeviceEvent;
using matrix::TrustPolicy;

namespace {

const Address us{"@us:fake", "US"};
const Address eve{"@eve:fake", "EVE"};

/* An Encryption on a loop, and what it says. */
class Fixture final : public Encryption::Observer {
 public:
  explicit Fixture(TrustPolicy policy = {}) {
    const std::string token = server.add_user(us.user_id, us.device_id);
    loop_.run_sync([&] {
      client_ = std::move(*matrix::MatrixClient::create(loop_, server.url(), ""));
      client_->use({us.user_id, us.device_id, token});
      encryption_ = std::move(
          *Encryption::create(loop_, *client_, matrix::Store::in_memory(matrix::system_entropy),
                              {us, policy, false, ""}, matrix::system_entropy, *this));
      encryption_->start();
    });
    g_assert_true(fake::eventually(loop_, [this] { return published_; }));
  }
  ~Fixture() override {
    loop_.run_sync([this] {
      encryption_.reset();
      client_.reset();
    });
  }

  /* What is left of a sync with this message of @sender's, late ones too, and then admitted. */
  std::vector<ToDeviceEvent> receive(const std::string& sender, const std::string& type,
                                     const Json& content) {
    std::vector<ToDeviceEvent> taken;
    loop_.run_sync([&] {
      late_.clear();
      matrix::SyncBatch batch;
      batch.to_device.push_back({sender, type, content, matrix::Trust::Clear, {}});
      encryption_->receive(batch);
      taken = std::move(batch.to_device);
    });
    if (taken.empty())
      g_assert_true(fake::eventually(loop_, [&] { return !late_.empty() || drops() > seen_; }));
    loop_.run_sync([&] {
      taken.insert(taken.end(), late_.begin(), late_.end());
      std::erase_if(taken, [this](const auto& event) { return !encryption_->admit(event); });
      seen_ = drops();
    });
    return taken;
  }
  std::uint64_t dropped(const char* why) {
    std::uint64_t number = 0;
    loop_.run_sync([&] {
      const auto found = encryption_->dropped().find(why);
      number = found == encryption_->dropped().end() ? 0 : found->second;
    });
    return number;
  }
  void on_loop(const std::function<void(Encryption&)>& task) {
    loop_.run_sync([&] { task(*encryption_); });
  }
  bool refusals_soon(size_t number) {
    return fake::eventually(loop_, [&] { return refusals_.size() >= number; });
  }
  std::vector<std::string> refusals() {
    std::vector<std::string> copy;
    loop_.run_sync([&] { copy = refusals_; });
    return copy;
  }

  fake::Homeserver server;

 private:
  void on_keys_published() override { published_ = true; }
  void on_keys_found() override {}
  void on_late_message(const ToDeviceEvent& event) override { late_.push_back(event); }
  void on_device_refused(const Address&, const rtc::Error& error) override {
    refusals_.push_back(error.message);
  }
  void on_message_wanted(const Address&, const char*) override {}
  void on_encryption_trouble(const rtc::Error&) override { g_assert_not_reached(); }
  void on_encryption_failed(const rtc::Error&) override { g_assert_not_reached(); }

  std::uint64_t drops() const {
    std::uint64_t all = 0;
    for (const auto& [why, number] : encryption_->dropped()) all += number;
    return all;
  }

  rtc::Loop loop_;
  bool published_ = false;
  std::uint64_t seen_ = 0;
  std::vector<ToDeviceEvent> late_;
  std::vector<std::string> refusals_;
  std::unique_ptr<matrix::MatrixClient> client_;
  std::unique_ptr<Encryption> encryption_;
};

/* A device that encrypts for us whatever it likes. */
class Forger {
 public:
  explicit Forger(Fixture& fixture) : fixture_(fixture) {
    Json claimed;
    fixture.server.with_keys([&](fake::Keys& keys) {
      keys.set_device_keys({eve.user_id, eve.device_id}, matrix::write_device_keys(eve, account));
      their_keys_ = *matrix::read_device_keys(keys.device_keys({us.user_id, us.device_id}), us);
      claimed =
          keys.claim(*Json::parse(R"({"one_time_keys":{"@us:fake":{"US":"signed_curve25519"}}})"));
    });
    const auto key = matrix::read_one_time_key(claimed["one_time_keys"]["@us:fake"]["US"], us,
                                               their_keys_.ed25519);
    session_ = matrix::OlmSession::outbound(account, their_keys_.curve25519, *key, entropy_);
  }

  /* A hang-up, as it should be. */
  Json payload() const {
    const auto text = matrix::write_olm_payload(
        "m.call.hangup", R"({"call_id":"c","device_id":"EVE"})", eve, account.identity().ed25519,
        matrix::write_device_keys(eve, account).text(), us.user_id, their_keys_.ed25519);
    return *Json::parse(text.text());
  }
  Json encrypt(const Json& inside) {
    return matrix::write_olm_envelope(session_->encrypt(inside.text(), entropy_),
                                      account.identity().curve25519, their_keys_.curve25519);
  }
  std::vector<ToDeviceEvent> send(const Json& inside) {
    return fixture_.receive(eve.user_id, "m.room.encrypted", encrypt(inside));
  }
  /* The payload with a member that is @value, JSON. */
  Json changed(const char* member, const std::string& value) const {
    return JsonObjectBuilder(payload()).set(member, *Json::parse(value)).build();
  }

  matrix::Account account = matrix::Account::create(fake::entropy(7));

 private:
  Fixture& fixture_;
  matrix::Entropy entropy_ = fake::entropy(8);
  matrix::IdentityKeys their_keys_;
  std::optional<matrix::OlmSession> session_;
};

void a_good_message_is_taken() {
  Fixture f;
  Forger forger(f);
  const auto events = forger.send(forger.payload());
  g_assert_cmpuint(events.size(), ==, 1);
  g_assert_cmpstr(events[0].type.c_str(), ==, "m.call.hangup");
  g_assert_cmpstr(events[0].device_id.c_str(), ==, "EVE");
  g_assert_true(events[0].trust == matrix::Trust::Unsigned);
}

/* One check of the specification after the other, each broken alone. */
void what_fails_a_check_inside_is_dropped_and_counted() {
  Fixture f;
  Forger forger(f);
  const std::string other_key(43, 'x');
  const std::string others =
      matrix::write_device_keys({eve.user_id, "OTHER"}, forger.account).text();
  const struct {
    const char* member;
    std::string value;
    const char* why;
  } cases[] = {
      {"sender", R"("@alice:fake")", "encrypted by another user"},
      {"recipient", R"("@alice:fake")", "encrypted for another user"},
      {"recipient_keys", R"({"ed25519":")" + other_key + "\"}", "encrypted for other keys"},
      {"keys", "{}", "names no signing key"},
      {"keys", R"({"ed25519":")" + other_key + "\"}", "signing key is another device's"},
      {"sender_device_keys", others, "brings device keys that are not the sender's"},
      {"content", R"({"call_id":"c","device_id":"OTHER"})",
       "names another device than it was encrypted by"},
      {"content", R"({"call_id":"c"})", "names another device than it was encrypted by"},
      {"type", "null", "malformed plaintext"},
      {"content", "[]", "malformed plaintext"},
  };
  std::map<std::string, std::uint64_t> expected;
  for (const auto& [member, value, why] : cases) {
    g_test_message("%s: %s", member, value.c_str());
    g_assert_cmpuint(forger.send(forger.changed(member, value)).size(), ==, 0);
    g_assert_cmpuint(f.dropped(why), ==, ++expected[why]);
  }
  g_assert_cmpuint(forger.send(forger.payload()).size(), ==, 1);
}

void what_fails_a_check_outside_is_dropped_and_counted() {
  Fixture f;
  Forger forger(f);
  const auto outside = [&](const char* member, const Json& value) {
    return f.receive(
        eve.user_id, "m.room.encrypted",
        JsonObjectBuilder(forger.encrypt(forger.payload())).set(member, value).build());
  };
  g_assert_cmpuint(outside("algorithm", Json::string("m.megolm.v1.aes-sha2")).size(), ==, 0);
  g_assert_cmpuint(f.dropped("encrypted by an unknown algorithm"), ==, 1);
  g_assert_cmpuint(outside("ciphertext", *Json::parse("{}")).size(), ==, 0);
  g_assert_cmpuint(f.dropped("encrypted for another device"), ==, 1);
  g_assert_cmpuint(outside("sender_key", Json::string("?")).size(), ==, 0);
  g_assert_cmpuint(f.dropped("no key of the sender"), ==, 1);
  g_assert_cmpuint(outside("sender_key", Json::string(std::string(43, 'x'))).size(), ==, 0);
  g_assert_cmpuint(f.dropped("cannot be decrypted"), ==, 1);
  /* Passed off as somebody else's by a homeserver. */
  g_assert_cmpuint(
      f.receive("@alice:fake", "m.room.encrypted", forger.encrypt(forger.payload())).size(), ==, 0);
  g_assert_cmpuint(f.dropped("encrypted by another user"), ==, 1);
  const Json once = forger.encrypt(forger.payload());
  g_assert_cmpuint(f.receive(eve.user_id, "m.room.encrypted", once).size(), ==, 1);
  g_assert_cmpuint(f.receive(eve.user_id, "m.room.encrypted", once).size(), ==, 0);
  g_assert_cmpuint(f.dropped("cannot be decrypted"), ==, 2);
}

void a_message_of_a_device_that_is_not_listed_is_dropped_and_counted() {
  Fixture f;
  Forger forger(f);
  f.server.with_keys([](fake::Keys& keys) { keys.remove({eve.user_id, eve.device_id}); });
  g_assert_cmpuint(forger.send(forger.payload()).size(), ==, 0);
  g_assert_cmpuint(f.dropped("encrypted by an unknown device"), ==, 1);
}

/* The same device id with other keys, after we have seen the first ones. */
void a_device_with_new_keys_is_reported_and_never_trusted() {
  Fixture f;
  Forger forger(f);
  g_assert_cmpuint(forger.send(forger.payload()).size(), ==, 1);
  const auto other = matrix::Account::create(fake::entropy(99));
  f.server.with_keys([&](fake::Keys& keys) {
    keys.set_device_keys({eve.user_id, eve.device_id}, matrix::write_device_keys(eve, other));
  });
  matrix::SyncBatch changed;
  changed.devices_changed = {eve.user_id};
  f.on_loop([&](Encryption& encryption) { encryption.receive(changed); });
  g_assert_true(f.refusals_soon(1));
  g_assert_cmpuint(forger.send(forger.payload()).size(), ==, 0);
  g_assert_true(f.refusals() == std::vector<std::string>{
                                    "shows new keys for a device that we know, which is refused."});
  f.on_loop([](Encryption& encryption) {
    g_assert_false(encryption.trust(eve).has_value());
    const auto sealed = encryption.seal(eve, "m.call.hangup", JsonObjectBuilder().build());
    g_assert_true(std::holds_alternative<rtc::Error>(sealed));
  });
}

void clear_messages_are_dropped_where_they_must_be() {
  const auto content = *Json::parse(R"({"call_id":"c","device_id":"EVE"})");
  const auto taken = [&](TrustPolicy policy, bool room_encrypted) {
    Fixture f(policy);
    if (room_encrypted) f.on_loop([](Encryption& encryption) { encryption.set_room_encrypted(); });
    const auto events = f.receive(eve.user_id, "m.call.hangup", content);
    g_assert_cmpuint(f.dropped("not encrypted"), ==, events.empty());
    g_assert_cmpuint(f.refusals().size(), ==, events.empty());
    return !events.empty();
  };
  g_assert_true(taken({}, false));
  g_assert_false(taken({}, true));
  g_assert_true(taken({.accept_plaintext = true}, true));
  g_assert_false(taken({.required = true}, false));
  g_assert_false(taken({.signed_only = true}, false));
}

void an_unsigned_device_is_dropped_if_signed_ones_are_wanted() {
  Fixture f({.signed_only = true});
  Forger forger(f);
  g_assert_cmpuint(forger.send(forger.payload()).size(), ==, 0);
  g_assert_cmpuint(f.dropped("from an unsigned device"), ==, 1);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/encryption/" #name, name)
  TEST(a_good_message_is_taken);
  TEST(what_fails_a_check_inside_is_dropped_and_counted);
  TEST(what_fails_a_check_outside_is_dropped_and_counted);
  TEST(a_message_of_a_device_that_is_not_listed_is_dropped_and_counted);
  TEST(a_device_with_new_keys_is_reported_and_never_trusted);
  TEST(clear_messages_are_dropped_where_they_must_be);
  TEST(an_unsigned_device_is_dropped_if_signed_ones_are_wanted);
#undef TEST
  return g_test_run();
}
