/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/entrance.h"

namespace matrix {
namespace {

using std::chrono::milliseconds;
using Kind = rtc::Error::Kind;

constexpr unsigned max_failures = 3; /* of a server in trouble: after 0.5, 1 and 2 s */
constexpr milliseconds first_wait{500};
constexpr milliseconds default_limit_wait{2000};
constexpr milliseconds longest_limit_wait{30000}; /* in all */

rtc::Error settings_error(std::string message) {
  return {Kind::Settings, std::move(message), {}};
}

}  // namespace

rtc::Result<void> Entrance::check(const SessionConfig& config) {
  if (config.access_token.empty() && config.password.empty())
    return settings_error("There is neither an access token nor a password to log in with.");
  if (config.access_token.empty() && config.user_id.empty())
    return settings_error("A password needs the user id that it belongs to.");
  if (!config.user_id.empty() && !config.user_id.starts_with('@'))
    return settings_error("The user id \"" + printable(config.user_id) +
                          "\" is not one: write it as @name:example.org.");
  if (!config.room.starts_with('!') && !config.room.starts_with('#'))
    return settings_error("The room \"" + printable(config.room) +
                          "\" is neither an id (!...) nor an alias (#...).");
  for (const char c : config.access_token)
    if (c <= ' ' || c > '~')
      return settings_error("The access token holds blanks or other characters that none has.");
  return {};
}

Entrance::Entrance(rtc::Loop& loop, MatrixClient& client, const SessionConfig& config,
                   Observer& observer)
    : loop_(loop), client_(client), config_(config), observer_(observer) {}

void Entrance::start() {
  if (config_.access_token.empty()) return log_in();
  use({config_.user_id, config_.device_id, config_.access_token});
  ask_who();
  find_room();
}

void Entrance::stop() {
  stopped_ = true;
  membership_ = {};
  if (!logging_in_) identity_ = {};
}

void Entrance::use(const Login& login) {
  login_ = login;
  client_.use(login);
  observer_.on_token();
}

void Entrance::log_in() {
  logging_in_ = true;
  identity_.pending = client_.login(
      config_.user_id, config_.password, config_.device_id,
      [this](const HttpReply& reply, const Login& login) { logged_in(reply, login); });
}

void Entrance::logged_in(const HttpReply& reply, const Login& login) {
  logging_in_ = false;
  if (!reply.ok()) return fail(identity_, reply, &Entrance::log_in);
  owns_device_ = config_.store.empty();
  accepted_ = true;
  use(login);
  if (stopped_) return;
  observer_.on_identity(login, config_.device_id.empty());
  find_room();
}

void Entrance::ask_who() {
  identity_.pending = client_.whoami([this](const HttpReply& reply, const Login& login) {
    if (!reply.ok()) return fail(identity_, reply, &Entrance::ask_who);
    if (const auto accepted = accept(login); !accepted.ok())
      return observer_.on_entrance_failed(accepted.error());
    accepted_ = true;
    login_ = {login.user_id, login.device_id, config_.access_token};
    client_.use(login_);
    observer_.on_identity(login_, false);
    proceed();
  });
}

/* Whether the token's owner is who we were told to be. */
rtc::Result<void> Entrance::accept(const Login& login) const {
  if (login.device_id.empty())
    return rtc::Error{Kind::Auth,
                      "This access token belongs to no device, and only devices can be called: "
                      "make one by logging in, see README.",
                      {}};
  if (!config_.user_id.empty() && config_.user_id != login.user_id)
    return settings_error("The access token belongs to " + printable(login.user_id) + ", not to " +
                          printable(config_.user_id) + ".");
  if (!config_.device_id.empty() && config_.device_id != login.device_id)
    return settings_error("The access token belongs to the device " + printable(login.device_id) +
                          ", not to " + printable(config_.device_id) + ".");
  return {};
}

/* Only a join resolves an alias; an id can be followed before we are in the room. */
void Entrance::find_room() {
  if (config_.room.starts_with('!'))
    observer_.on_room(config_.room);
  else
    join();
}

void Entrance::synced(bool in_room) {
  if (stopped_ || !room_id_.empty()) return;
  if (!in_room) {
    if (!joining_) join();
    return;
  }
  membership_ = {};
  room_id_ = config_.room;
  proceed();
}

void Entrance::join() {
  joining_ = true;
  membership_.pending =
      client_.join(config_.room, [this](const HttpReply& reply, const std::string& room_id) {
        if (!reply.ok()) return fail(membership_, reply, &Entrance::join);
        room_id_ = room_id;
        observer_.on_room(room_id);
        proceed();
      });
}

/* Makes the request again if that promises something, or gives up. */
void Entrance::fail(Step& step, const HttpReply& reply, void (Entrance::*again)()) {
  if (stopped_) return observer_.on_entrance_failed(*reply.error);
  if (reply.status == 429) {
    const auto wait = reply.retry_after.value_or(default_limit_wait);
    step.waited += wait;
    if (step.waited <= longest_limit_wait) {
      step.timer = loop_.after(wait, [this, again] { (this->*again)(); });
      return;
    }
  } else if (reply.status >= 500 && step.failures < max_failures) {
    const auto wait = first_wait * (1 << step.failures++);
    step.timer = loop_.after(wait, [this, again] { (this->*again)(); });
    return;
  }
  observer_.on_entrance_failed(*reply.error);
}

void Entrance::proceed() {
  if (accepted_ && !room_id_.empty()) observer_.on_entered(login_, room_id_);
}

}  // namespace matrix
