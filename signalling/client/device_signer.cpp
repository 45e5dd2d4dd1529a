/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/device_signer.h"

#include <algorithm>

#include "signalling/base/log.h"
#include "signalling/crypto/device_keys.h"
#include "signalling/crypto/secret_storage.h"
#include "signalling/crypto/signed_json.h"
#include "signalling/crypto/signing_key.h"

namespace matrix {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_wait{1000};
constexpr milliseconds longest_wait{60000};
constexpr const char* secret_name = "m.cross_signing.self_signing";

}  // namespace

DeviceSigner::DeviceSigner(rtc::Loop& loop, MatrixClient& client, Device device,
                           Secret recovery_key, Done done)
    : loop_(loop),
      client_(client),
      device_(std::move(device)),
      recovery_key_(std::move(recovery_key)),
      done_(std::move(done)) {}

void DeviceSigner::start() {
  const Json users = JsonObjectBuilder().set(device_.own.user_id.c_str(), json_array({})).build();
  const Json body = JsonObjectBuilder().set("device_keys", users).build();
  ask([this,
       body](MatrixClient::Done done) { return client_.keys("query", body, std::move(done)); },
      &DeviceSigner::got_keys);
}

void DeviceSigner::ask(std::function<MatrixClient::Pending(MatrixClient::Done)> request,
                       Handler handler) {
  request_ = std::move(request);
  handler_ = handler;
  failures_ = 0;
  pending_ = request_([this](const HttpReply& reply) { answered(reply); });
}

void DeviceSigner::get(const std::string& type, Handler handler) {
  ask(
      [this, type](MatrixClient::Done done) {
        return client_.account_data(device_.own.user_id, type, std::move(done));
      },
      handler);
}

/* What is not there is for the handler to say. */
void DeviceSigner::answered(const HttpReply& reply) {
  if (reply.ok()) return (this->*handler_)(reply.body);
  if (reply.status == 404) return (this->*handler_)({});
  if (!reply.may_retry()) return fail("The homeserver does not help with it.", reply.error->detail);
  const milliseconds wait = std::min(longest_wait, first_wait * (1 << std::min(failures_++, 6U)));
  timer_ = loop_.after(std::max(wait, reply.retry_after.value_or(milliseconds(0))), [this] {
    pending_ = request_([this](const HttpReply& again) { answered(again); });
  });
}

void DeviceSigner::got_keys(const Json& body) {
  const std::string& user = device_.own.user_id;
  const auto master = read_cross_signing_key(body["master_keys"][user.c_str()], user, "master");
  const Json signer = body["self_signing_keys"][user.c_str()];
  const auto self_signing = read_cross_signing_key(signer, user, "self_signing");
  if (!master || !self_signing || !is_signed(signer, user, *master, *master))
    return fail("The user has no cross-signing keys: set it up in another client first.");
  device_keys_ = body["device_keys"][user.c_str()][device_.own.device_id.c_str()];
  if (read_device_keys(device_keys_, device_.own) != device_.keys)
    return fail("The homeserver has other keys of it.");
  self_signing_key_ = *self_signing;
  if (is_signed(device_keys_, user, self_signing_key_, self_signing_key_)) return done_({});
  get("m.secret_storage.default_key", &DeviceSigner::got_default_key);
}

void DeviceSigner::got_default_key(const Json& body) {
  key_id_ = body.string_at("key").value_or("");
  if (key_id_.empty()) return fail("The user keeps no secrets on the homeserver.");
  get("m.secret_storage.key." + key_id_, &DeviceSigner::got_description);
}

void DeviceSigner::got_description(const Json& body) {
  if (!is_storage_key(recovery_key_, body))
    return fail("The recovery key is not the one that the user's secrets are encrypted under now.");
  get(secret_name, &DeviceSigner::got_secret);
}

void DeviceSigner::got_secret(const Json& body) {
  const std::string& user = device_.own.user_id;
  const auto seed = decrypt_secret(recovery_key_, secret_name, body["encrypted"][key_id_.c_str()]);
  const auto key = seed ? SigningKey::create(seed->text()) : std::nullopt;
  if (!key) return fail("The self-signing key cannot be read.");
  if (key->public_key() != self_signing_key_)
    return fail("The self-signing key on the homeserver is an old one.");
  const auto signed_keys = key->sign(device_keys_, user);
  if (!signed_keys) return fail("The device's keys cannot be signed.");
  const Json devices = JsonObjectBuilder().set(device_.own.device_id.c_str(), *signed_keys).build();
  const Json users = JsonObjectBuilder().set(user.c_str(), devices).build();
  ask([this, users](
          MatrixClient::Done done) { return client_.upload_signatures(users, std::move(done)); },
      &DeviceSigner::uploaded);
}

void DeviceSigner::uploaded(const Json& body) {
  const Json failure = body["failures"][device_.own.user_id.c_str()];
  if (failure.exists() || !body.exists())
    return fail("The homeserver does not take the signature.", failure.text());
  LOG_INFO(Client, "%s: the device is signed by its owner now", client_.who().c_str());
  done_({});
}

void DeviceSigner::fail(std::string message, std::string detail) {
  done_(rtc::Error{rtc::Error::Kind::Settings,
                   "Our device is not cross-signed (recovery-key-file). " + std::move(message),
                   std::move(detail)});
}

}  // namespace matrix
