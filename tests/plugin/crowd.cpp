/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/plugin/crowd.h"

#include <utility>

#include "signalling/core/member_events.h"

namespace party {

using matrix::Json;

namespace {

constexpr const char* owner = "@owner:fake";
/* The lower id calls, and callers are to. */
constexpr const char* awaited = "@zoe:fake";
constexpr const char* to_device = "/sendToDevice/";

}  // namespace

Crowd::Crowd(Media media)
    : media_(std::move(media)), callee_{.user_id = awaited, .device_id = "", .session_id = ""} {
  server_.add_user(owner, "OWNER");
  room_ = server_.add_room(owner);
  token_ = server_.add_user(awaited, "DEVICE");
  server_.set_state(room_, owner, matrix::call_event_type, call_name,
                    matrix::write_conference({}, "").text());
  server_.set_hook([this](const fake::Request& request) { return see(request); });
}

Crowd::~Crowd() {
  server_.set_hook(nullptr);
  loop_.run_sync([this] { callers_.clear(); });
}

void Crowd::resize(std::size_t size) {
  loop_.run_sync([this, size] {
    size_ = size;
    settle();
  });
}

void Crowd::kill_last() {
  loop_.run_sync([this] {
    callers_.erase(std::prev(callers_.end()));
    size_ = callers_.size();
  });
}

void Crowd::settle() {
  if (callee_.session_id.empty()) return;
  while (callers_.size() > size_) {
    callers_.rbegin()->second->leave();
    callers_.erase(std::prev(callers_.end()));
  }
  while (callers_.size() < size_) {
    const std::size_t seat = callers_.size();
    callers_.emplace(
        seat, std::make_unique<Caller>(loop_, server_, room_, callee_, media_, seat, called_++));
  }
}

/* What the one that is awaited sends, on the server's thread. */
std::optional<fake::Answer> Crowd::see(const fake::Request& request) {
  if (request.method != "PUT") return std::nullopt;
  const auto body = Json::parse(request.body);
  if (!body) return std::nullopt;
  if (request.path.find(matrix::call_member_event_type) != std::string::npos) {
    for (const auto& call : (*body)["m.calls"].elements())
      for (const auto& device : call["m.devices"].elements())
        loop_.post([this, id = device.string_at("device_id").value_or(""),
                    session = device.string_at("session_id").value_or("")] {
          callee_.device_id = id;
          callee_.session_id = session;
          settle();
        });
  }
  const auto at = request.path.find(to_device);
  if (at == std::string::npos) return std::nullopt;
  std::string type = request.path.substr(at + std::string(to_device).size());
  type.resize(type.find('/'));
  (*body)["messages"].for_each_member([&](const char* user, const Json& devices) {
    devices.for_each_member([&](const char*, const Json& content) {
      auto message = matrix::read_call_message(type, content);
      if (!message) return;
      loop_.post([this, user = std::string(user), message = std::move(*message)] {
        for (const auto& [index, caller] : callers_)
          if (caller->user_id() == user) caller->receive(message.signal);
      });
    });
  });
  return std::nullopt;
}

}  // namespace party
