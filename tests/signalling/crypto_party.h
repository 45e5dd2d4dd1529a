/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>
#include <random>
#include <string>

#include "signalling/core/overloaded.h"
#include "signalling/crypto/olm_machine.h"
#include "tests/signalling/fake_keys.h"

namespace fake {

/* The same bytes each time. */
inline matrix::Entropy entropy(std::uint64_t seed) {
  auto engine = std::make_shared<std::mt19937_64>(seed);
  return [engine](std::span<std::uint8_t> bytes) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>((*engine)());
  };
}

/* A device with a machine, whose requests a Keys answers; what survives it is in @saved. */
class CryptoParty {
 public:
  CryptoParty(Keys& keys, const std::string& user, const std::string& device)
      : keys_(keys), address_{user, device}, seed_(std::hash<std::string>()(user + device)) {
    restart();
    settle();
  }

  /* As after a crash: with what was saved. */
  void restart() {
    machine_ = matrix::OlmMachine::create(
        {address_, entropy(seed_++), matrix::Secret("pickle key of a test")}, saved);
    g_assert_nonnull(machine_.get());
  }
  /* As after the loss of the store. */
  void forget_everything() {
    saved = {};
    restart();
  }
  matrix::OlmMachine* operator->() { return machine_.get(); }
  const matrix::Address& address() const { return address_; }
  Keys::Device id() const { return {address_.user_id, address_.device_id}; }

  /* Carries out what the machine wants until it wants nothing. */
  void settle() {
    for (;;) {
      save();
      const auto requests = machine_->take_requests(now);
      save();
      if (requests.empty()) return;
      for (const auto& request : requests) {
        asked++;
        std::visit(matrix::Overloaded{[&](const matrix::UploadKeys& upload) {
                                        machine_->uploaded(keys_.upload(id(), upload.body));
                                      },
                                      [&](const matrix::QueryKeys& query) {
                                        machine_->queried(query.id, keys_.query(query.body), now);
                                      },
                                      [&](const matrix::ClaimKeys& claim) {
                                        claims++;
                                        machine_->claimed(claim.id, keys_.claim(claim.body), now);
                                      }},
                   request);
      }
    }
  }
  /* reach() after everything was asked. */
  matrix::Reach reach(const matrix::Address& to) {
    machine_->reach(to, now);
    settle();
    const auto reach = machine_->reach(to, now);
    if (reach != matrix::Reach::Wait) return reach;
    settle();
    return machine_->reach(to, now);
  }
  /* An encrypted message for @to, to whom we get by the way. */
  matrix::Json encrypt(const CryptoParty& to, const std::string& text) {
    g_assert_true(reach(to.address()) == matrix::Reach::Session);
    const auto content = matrix::JsonObjectBuilder().set("text", text).build();
    auto message = machine_->encrypt(to.address(), "m.test", content);
    g_assert_true(message.has_value());
    save();
    return *message;
  }
  matrix::Opened open(const CryptoParty& from, const matrix::Json& message) {
    return open_as(from.address().user_id, message);
  }
  matrix::Opened open_as(const std::string& sender, const matrix::Json& message) {
    auto opened = machine_->open(sender, message, now);
    settle();
    if (const auto* payload = std::get_if<matrix::OlmPayload>(&opened))
      return machine_->identify(matrix::OlmPayload(*payload));
    return opened;
  }
  /* The text of a message, or why there is none. */
  std::string read(const CryptoParty& from, const matrix::Json& message) {
    return text_of(open(from, message));
  }
  static std::string text_of(const matrix::Opened& opened) {
    if (const auto* event = std::get_if<matrix::OlmEvent>(&opened))
      return event->content.string_at("text").value_or("no text");
    if (const auto* refusal = std::get_if<matrix::Refusal>(&opened)) return refusal->why;
    return "sender unknown";
  }

  matrix::Time now{1000};
  matrix::CryptoState saved;
  unsigned asked = 0;
  unsigned claims = 0;

 private:
  void save() {
    auto changes = machine_->take_changes();
    if (changes.account) saved.account = changes.account;
    for (const auto& [key, id] : changes.dropped_sessions)
      std::erase_if(saved.sessions, [&key = key, &id = id](const auto& session) {
        return session.their_key == key && session.id == id;
      });
    for (auto& session : changes.sessions) {
      std::erase_if(saved.sessions, [&](const auto& other) { return other.id == session.id; });
      saved.sessions.push_back(std::move(session));
    }
    for (auto& user : changes.users) {
      std::erase_if(saved.users, [&](const auto& other) { return other.user_id == user.user_id; });
      saved.users.push_back(std::move(user));
    }
  }

  Keys& keys_;
  const matrix::Address address_;
  std::uint64_t seed_;
  std::unique_ptr<matrix::OlmMachine> machine_;
};

}  // namespace fake
