/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/device_signer.h"

#include <atomic>

#include "signalling/crypto/device_keys.h"
#include "signalling/crypto/secret_storage.h"
#include "signalling/crypto/signed_json.h"
#include "tests/signalling/crypto_party.h"
#include "tests/signalling/equal.h"
#include "tests/signalling/fake_homeserver.h"
#include "tests/signalling/party.h"
#include "tests/signalling/secret_vectors.h"

using fake::Answer;
using matrix::Json;
using matrix::JsonObjectBuilder;

namespace {

constexpr const char* user = "@us:fake";

Json cross_signing_key(const std::string& key, const char* usage) {
  return JsonObjectBuilder()
      .set("user_id", user)
      .set("usage", matrix::json_array({Json::string(usage)}))
      .set("keys", JsonObjectBuilder().set(("ed25519:" + key).c_str(), key).build())
      .build();
}

/* A user who has set up cross-signing and secret storage elsewhere. */
struct Scene {
  fake::Homeserver server;
  std::string token = server.add_user(user, "DEV");
  matrix::Account master = matrix::Account::create(fake::entropy(1));
  std::map<std::string, std::string> account_data{
      {"m.secret_storage.default_key", R"({"key":"K"})"},
      {"m.secret_storage.key.K", vectors::description},
      {"m.cross_signing.self_signing",
       R"({"encrypted":{"K":)" + std::string(vectors::encrypted_seed) + "}}"}};
  std::atomic<int> failures = 0; /* before each request is answered */
  std::string verdict = R"({"failures":{}})";
  Json uploaded;

  Scene() {
    set_self_signing_key(vectors::public_key);
    server.set_hook([this](const fake::Request& request) { return answer(request); });
  }
  void set_self_signing_key(const std::string& key) {
    const auto& name = master.identity().ed25519;
    server.with_keys([&](fake::Keys& keys) {
      keys.set_cross_signing(
          user, cross_signing_key(name, "master"),
          matrix::sign_json(cross_signing_key(key, "self_signing"), user, name, master));
    });
  }
  std::optional<Answer> answer(const fake::Request& request) {
    const bool signatures = request.path.ends_with("/keys/signatures/upload");
    const size_t at = request.path.find("/account_data/");
    if (!signatures && at == std::string::npos) return std::nullopt;
    Answer result;
    if (failures-- > 0) {
      result.status = failures % 2 ? 502 : 200;
      result.body = R"({"encry)";
      return result;
    }
    if (signatures) {
      uploaded = *Json::parse(request.body);
      result.body = verdict;
      return result;
    }
    const auto found = account_data.find(request.path.substr(at + 14));
    if (found == account_data.end()) return fake::refusal(404, "M_NOT_FOUND", "?");
    result.body = found->second;
    return result;
  }
};

/* Our device, and how its signing ended. */
struct Signing {
  explicit Signing(Scene& scene, bool published = true) : scene_(scene) {
    if (published)
      scene.server.with_keys([&](fake::Keys& keys) {
        keys.set_device_keys({user, "DEV"}, matrix::write_device_keys({user, "DEV"}, account));
      });
    loop_.run_sync([&] {
      client_ = std::move(*matrix::MatrixClient::create(loop_, scene.server.url(), ""));
      client_->use({user, "DEV", scene.token});
      signer_ = std::make_unique<matrix::DeviceSigner>(
          loop_, *client_, matrix::DeviceSigner::Device{{user, "DEV"}, account.identity()},
          std::move(*matrix::read_recovery_key(vectors::recovery_key)),
          [this](const rtc::Result<void>& result) { result_ = result; });
      signer_->start();
    });
    const gint64 end = g_get_monotonic_time() + gint64{20} * G_USEC_PER_SEC;
    for (bool done = false; !done; g_usleep(1000)) {
      loop_.run_sync([&] { done = result_.has_value(); });
      g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
  }
  ~Signing() {
    loop_.run_sync([&] {
      signer_.reset();
      client_.reset();
    });
  }
  bool is_uploaded() const {
    const Json keys = scene_.uploaded[user]["DEV"];
    return matrix::is_signed(keys, user, vectors::public_key, vectors::public_key) &&
           matrix::read_device_keys(keys, {user, "DEV"}) == account.identity();
  }
  std::string problem() const { return result_->ok() ? "" : result_->error().message; }

  matrix::Account account = matrix::Account::create(fake::entropy(2));

 private:
  Scene& scene_;
  rtc::Loop loop_;
  std::unique_ptr<matrix::MatrixClient> client_;
  std::unique_ptr<matrix::DeviceSigner> signer_;
  std::optional<rtc::Result<void>> result_;
};

void refused(Scene& scene, const char* words, bool published = true) {
  const Signing signing(scene, published);
  g_assert_nonnull(strstr(signing.problem().c_str(), words));
  g_assert_true(signing.problem().starts_with("Our device is not cross-signed"));
  g_assert_false(scene.uploaded.exists() && scene.verdict == R"({"failures":{}})");
}

void the_device_is_signed_by_its_owner() {
  Scene scene;
  const Signing signing(scene);
  fake::equal(signing.problem(), "");
  g_assert_true(signing.is_uploaded());
}

void a_server_in_trouble_is_asked_again() {
  Scene scene;
  scene.failures = 2;
  const Signing signing(scene);
  g_assert_true(signing.is_uploaded());
}

void what_is_signed_already_is_left_alone() {
  Scene scene;
  Json listed;
  {
    const Signing signing(scene);
    listed = scene.uploaded[user]["DEV"];
  }
  scene.uploaded = {};
  scene.server.with_keys([&](fake::Keys& keys) { keys.set_device_keys({user, "DEV"}, listed); });
  const Signing again(scene, false);
  fake::equal(again.problem(), "");
  g_assert_false(scene.uploaded.exists());
  g_assert_cmpuint(scene.server.count("default_key"), ==, 1);
}

void whatever_is_missing_or_does_not_fit_is_said() {
  const auto without = [](const char* type, const char* words) {
    Scene scene;
    scene.account_data.erase(type);
    refused(scene, words);
  };
  without("m.secret_storage.default_key", "keeps no secrets");
  without("m.secret_storage.key.K", "is not the one");
  without("m.cross_signing.self_signing", "cannot be read");
  Scene other_key;
  other_key.set_self_signing_key(other_key.master.identity().ed25519);
  refused(other_key, "an old one");
  Scene other_device;
  other_device.server.with_keys([](fake::Keys& keys) {
    keys.set_device_keys(
        {user, "DEV"},
        matrix::write_device_keys({user, "DEV"}, matrix::Account::create(fake::entropy(9))));
  });
  refused(other_device, "other keys", false);
  Scene no_cross_signing;
  no_cross_signing.server.with_keys(
      [](fake::Keys& keys) { keys.set_cross_signing(user, Json(), Json()); });
  refused(no_cross_signing, "no cross-signing keys");
  Scene refusing;
  refusing.verdict = R"({"failures":{"@us:fake":{"DEV":{"errcode":"M_INVALID_SIGNATURE"}}}})";
  refused(refusing, "does not take the signature");
}

void a_session_signs_its_device_and_goes_on_if_it_cannot() {
  for (const bool fits : {true, false}) {
    Scene scene;
    if (!fits) scene.account_data.erase("m.secret_storage.default_key");
    matrix::SessionConfig config;
    config.homeserver = scene.server.url();
    config.access_token = scene.token;
    config.room = scene.server.add_room(user);
    config.create = true;
    config.recovery_key = vectors::recovery_key;
    fake::Party party(config);
    party.start();
    g_assert_true(party.reaches(matrix::SessionState::Joined));
    if (fits)
      g_assert_true(
          party.eventually([&] { return scene.server.count("/keys/signatures/upload") == 1; }));
    else
      g_assert_true(party.reports_soon<matrix::CallTrouble>(1));
  }
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/device_signer/" #name, name)
  TEST(the_device_is_signed_by_its_owner);
  TEST(a_server_in_trouble_is_asked_again);
  TEST(what_is_signed_already_is_left_alone);
  TEST(whatever_is_missing_or_does_not_fit_is_said);
  TEST(a_session_signs_its_device_and_goes_on_if_it_cannot);
#undef TEST
  return g_test_run();
}
