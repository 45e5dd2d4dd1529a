/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/encryption.h"

#include <algorithm>

#include "signalling/base/log.h"
#include "signalling/core/overloaded.h"
#include "signalling/core/signals.h"
#include "signalling/crypto/secret_storage.h"

namespace matrix {
namespace {

using Kind = rtc::Error::Kind;
using std::chrono::milliseconds;

constexpr milliseconds first_wait{500};
constexpr milliseconds longest_wait{30000};
constexpr size_t max_pending = 1000;
constexpr size_t max_refused = 10000;
constexpr const char* encrypted_type = "m.room.encrypted";

milliseconds back_off(unsigned failures, const HttpReply& reply) {
  const milliseconds wait = std::min(longest_wait, first_wait * (1 << std::min(failures - 1, 6u)));
  return std::max(wait, reply.retry_after.value_or(milliseconds(0)));
}

rtc::Error foreign_device(const Address& own) {
  return {Kind::Settings,
          "The device " + printable(own.device_id) + " of " + printable(own.user_id) +
              " belongs to another client, or its store is lost: make a token for this program "
              "alone, by logging in once more (see README), or point store at the folder that has "
              "its keys.",
          "the server has other device keys"};
}

const char* name_of(const KeyRequest& request) {
  return std::visit(Overloaded{[](const UploadKeys&) { return "upload"; },
                               [](const QueryKeys&) { return "query"; },
                               [](const ClaimKeys&) { return "claim"; }},
                    request);
}

}  // namespace

bool may_be_clear(const TrustPolicy& policy, bool room_encrypted) {
  return !policy.required && !policy.signed_only && (!room_encrypted || policy.accept_plaintext);
}

rtc::Result<std::unique_ptr<Encryption>> Encryption::create(rtc::Loop& loop, MatrixClient& client,
                                                            std::unique_ptr<Store> store,
                                                            Setting setting, const Entropy& entropy,
                                                            Observer& observer) {
  auto machine = OlmMachine::create({setting.own, entropy, store->key().copy()}, store->crypto());
  if (!machine)
    return rtc::Error{Kind::Settings,
                      "The store's key does not open the store: set store-key-file to the file "
                      "that it was made with.",
                      {}};
  return std::make_unique<Encryption>(loop, client, std::move(store), std::move(setting),
                                      std::move(machine), observer);
}

Encryption::Encryption(rtc::Loop& loop, MatrixClient& client, std::unique_ptr<Store> store,
                       Setting setting, std::unique_ptr<OlmMachine> machine, Observer& observer)
    : loop_(loop),
      client_(client),
      store_(std::move(store)),
      setting_(std::move(setting)),
      machine_(std::move(machine)),
      observer_(observer) {}

/* A device that was published before is ready at once; that the server's keys are still ours
 * is found out meanwhile. */
void Encryption::start() {
  checked_ = setting_.is_new_device;
  if (!checked_) check_own_keys();
  if (machine_->is_published()) become_ready();
  pump_soon();
}

void Encryption::check_own_keys() {
  const Json device = json_array({Json::string(setting_.own.device_id)});
  const Json users = JsonObjectBuilder().set(setting_.own.user_id.c_str(), device).build();
  own_keys_ = client_.keys("query", JsonObjectBuilder().set("device_keys", users).build(),
                           [this](const HttpReply& reply) { checked_own_keys(reply); });
}

void Encryption::checked_own_keys(const HttpReply& reply) {
  if (!reply.ok() && reply.may_retry()) {
    deadline_timer_ = loop_.after(back_off(++own_failures_, reply), [this] { check_own_keys(); });
    return;
  }
  if (!reply.ok()) {
    available_ = false;
    LOG_WARNING(Client, "%s: the homeserver knows no encryption keys", client_.who().c_str());
    if (setting_.policy.required)
      return fail({Kind::Denied,
                   "The homeserver offers no end-to-end encryption, which "
                   "signalling-encryption=required needs.",
                   reply.error->detail});
    return become_ready();
  }
  const Json keys = reply.body["device_keys"][setting_.own.user_id.c_str()]
                              [setting_.own.device_id.c_str()]["keys"];
  const auto found = keys.string_at(("curve25519:" + setting_.own.device_id).c_str());
  if (keys.is_object() && found != machine_->identity().curve25519)
    return fail(foreign_device(setting_.own));
  checked_ = true;
  if (!keys.is_object()) machine_->lost_keys();
  pump_soon();
}

void Encryption::become_ready() {
  if (std::exchange(ready_, true)) return;
  if (available_) sign_device();
  observer_.on_keys_published();
}

void Encryption::sign_device() {
  if (setting_.recovery_key.empty()) return;
  auto key = read_recovery_key(setting_.recovery_key);
  if (!key)
    return observer_.on_encryption_trouble({Kind::Settings, "The recovery key is none.", {}});
  signer_ = std::make_unique<DeviceSigner>(
      loop_, client_, DeviceSigner::Device{setting_.own, machine_->identity()}, std::move(*key),
      [this](const rtc::Result<void>& signed_now) {
        if (!signed_now) observer_.on_encryption_trouble(signed_now.error());
      });
  signer_->start();
}

void Encryption::pump_soon() {
  if (failed_ || std::exchange(pump_scheduled_, true)) return;
  pump_timer_ = loop_.after(milliseconds(0), [this] { pump(); });
}

/* What was asked for in one turn of the loop goes out together. */
void Encryption::pump() {
  pump_scheduled_ = false;
  if (failed_ || !available_ || !checked_) return;
  auto requests = machine_->take_requests(now());
  if (!save(std::nullopt)) return;
  for (auto& request : requests) {
    requests_.push_back({std::move(request), 0, {}, {}});
    attempt(std::prev(requests_.end()));
  }
  const auto deadline = machine_->next_deadline();
  if (!deadline) return;
  const auto wait = std::max<milliseconds>(*deadline - now(), milliseconds(1));
  deadline_timer_ = loop_.after(wait, [this] {
    pump();
    observer_.on_keys_found();
  });
}

void Encryption::attempt(Requests::iterator request) {
  const Json& body =
      std::visit([](const auto& what) -> const Json& { return what.body; }, request->what);
  request->pending =
      client_.keys(name_of(request->what), body,
                   [this, request](const HttpReply& reply) { answered(request, reply); });
}

void Encryption::answered(Requests::iterator request, const HttpReply& reply) {
  if (!reply.ok())
    LOG_WARNING(Client, "%s: /keys/%s: %s (%s)", client_.who().c_str(), name_of(request->what),
                reply.error->message.c_str(), reply.error->detail.c_str());
  if (!reply.ok() && reply.may_retry()) {
    request->timer =
        loop_.after(back_off(++request->failures, reply), [this, request] { attempt(request); });
    return;
  }
  const KeyRequest what = std::move(request->what);
  requests_.erase(request);
  conclude(what, reply);
}

void Encryption::conclude(const KeyRequest& request, const HttpReply& reply) {
  if (std::holds_alternative<UploadKeys>(request)) {
    if (!reply.ok()) return fail(foreign_device(setting_.own));
    machine_->uploaded(reply.body);
  } else if (const auto* query = std::get_if<QueryKeys>(&request)) {
    machine_->queried(query->id, reply.body, now());
  } else if (const auto* claim = std::get_if<ClaimKeys>(&request)) {
    machine_->claimed(claim->id, reply.body, now());
  }
  if (!save(std::nullopt)) return;
  pump_soon();
  if (machine_->is_published()) become_ready();
  release_pending();
  tell_news();
  observer_.on_keys_found();
}

void Encryption::receive(SyncBatch& batch) {
  for (const auto& user : batch.devices_changed) machine_->changed(user);
  for (const auto& user : batch.devices_left) machine_->left(user);
  machine_->counted(batch.key_counts, now());
  std::vector<ToDeviceEvent> events;
  for (auto& event : batch.to_device) {
    if (event.type != encrypted_type) {
      events.push_back(std::move(event));
    } else if (auto opened = take(machine_->open(event.sender, event.content, now()))) {
      events.push_back(std::move(*opened));
    }
  }
  batch.to_device = std::move(events);
  if (save(batch.next_batch)) pump_soon();
}

std::optional<ToDeviceEvent> Encryption::take(Opened opened) {
  if (auto* event = std::get_if<OlmEvent>(&opened))
    return ToDeviceEvent{event->from.user_id, event->type, event->content, event->trust,
                         event->from.device_id};
  if (auto* payload = std::get_if<OlmPayload>(&opened)) {
    if (pending_.size() < max_pending)
      pending_.push_back(std::move(*payload));
    else
      drop(payload->sender, "too many from unknown devices");
  } else {
    drop("?", std::get<Refusal>(opened).why);
  }
  return std::nullopt;
}

void Encryption::release_pending() {
  for (const auto& payload : std::exchange(pending_, {})) {
    if (machine_->is_unreachable(payload.sender))
      drop(payload.sender, "the sender's server does not tell its devices");
    else if (const auto event = take(machine_->identify(payload)))
      observer_.on_late_message(*event);
  }
}

void Encryption::tell_news() {
  for (const auto& device : machine_->take_refused())
    refuse(device, Kind::Protocol, "shows new keys for a device that we know, which is refused.");
  for (const auto& device : machine_->take_mended()) observer_.on_message_wanted(device, "m.dummy");
}

/* Asked for call messages; others are not for us. */
bool Encryption::admit(const ToDeviceEvent& event) {
  if (!is_call_message_type(event.type)) return true;
  const std::string named = event.content.string_at("device_id").value_or("");
  if (event.trust == Trust::Clear) {
    if (may_be_clear(setting_.policy, room_encrypted_)) return true;
    drop(event.sender, "not encrypted");
    refuse({event.sender, named}, Kind::Denied,
           "sends call messages that are not encrypted; accept-plaintext=true takes them.");
    return false;
  }
  if (named != event.device_id) {
    drop(event.sender, "names another device than it was encrypted by");
    return false;
  }
  if (!setting_.policy.signed_only || event.trust == Trust::Signed) return true;
  drop(event.sender, "from an unsigned device");
  refuse({event.sender, named}, Kind::Denied,
         "uses a device that they have not verified (device-trust=signed).");
  return false;
}

void Encryption::expect(const Address& device) {
  if (!available_) return;
  machine_->reach(device, now());
  pump_soon();
}

Sealed Encryption::seal(const Address& to, const std::string& type, const Json& content) {
  if (!available_) return seal_clear(to);
  switch (machine_->reach(to, now())) {
    case Reach::Session:
      break;
    case Reach::Wait:
      pump_soon();
      return SendLater();
    case Reach::NoKeys:
      return seal_clear(to);
    case Reach::ChangedKeys:
      return refuse(to, Kind::Protocol,
                    "shows new keys for a device that we know, which is refused.");
    case Reach::NoOneTimeKey:
      return refuse(to, Kind::Protocol, "has no one-time key left to encrypt with.");
    case Reach::Unreachable:
      return refuse(to, Kind::Network, "has a homeserver that does not tell their keys.");
  }
  if (setting_.policy.signed_only && machine_->trust(to) != Trust::Signed)
    return refuse(to, Kind::Denied,
                  "uses a device that they have not verified (device-trust=signed).");
  auto sealed = machine_->encrypt(to, type, content);
  if (!sealed) return SendLater();
  return std::move(*sealed);
}

Sealed Encryption::seal_clear(const Address& to) {
  if (may_be_clear(setting_.policy, room_encrypted_)) return SendClear();
  return refuse(to, Kind::Denied,
                "has a device without encryption keys, to which nothing is sent "
                "(signalling-encryption, accept-plaintext).");
}

/* @message follows the participant's name. */
rtc::Error Encryption::refuse(const Address& device, Kind kind, const std::string& message) {
  rtc::Error error{kind, message, device.user_id + "/" + device.device_id};
  if (refused_.size() < max_refused && refused_.emplace(device, message).second) {
    LOG_WARNING(Client, "%s/%s %s", device.user_id.c_str(), device.device_id.c_str(),
                message.c_str());
    observer_.on_device_refused(device, error);
  }
  return error;
}

void Encryption::drop(const std::string& sender, const char* why) {
  dropped_[why]++;
  LOG_DEBUG(Client, "%s: message of %s dropped: %s", client_.who().c_str(), sender.c_str(), why);
}

void Encryption::fail(const rtc::Error& error) {
  if (std::exchange(failed_, true)) return;
  observer_.on_encryption_failed(error);
}

rtc::Result<void> Encryption::save(const std::optional<std::string>& position) {
  auto saved = store_->save(machine_->take_changes(), position);
  if (!saved) fail(saved.error());
  return saved;
}

}  // namespace matrix
