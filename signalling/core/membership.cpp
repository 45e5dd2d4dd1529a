/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/membership.h"

#include <algorithm>
#include <utility>

#include "signalling/base/log.h"

namespace matrix {

namespace {

using Kind = rtc::Error::Kind;
using namespace std::chrono_literals;

constexpr Time validity = 1h;
constexpr Time earliest_renewal = 40min;
constexpr Time latest_renewal = 45min;
constexpr Time write_spacing = 5s;
constexpr Time earliest_restoration = 1s;
constexpr Time latest_restoration = 5s;
constexpr Time peace = 60s;
constexpr Time first_retry = 1s;
constexpr Time last_retry = 60s;
constexpr Time clock_tolerance = 30s;

/* Two devices that keep overwriting each other must not do it as fast as they can. */
constexpr unsigned prompt_restorations = 3;
constexpr unsigned max_doublings = 4;

}  // namespace

Membership::Membership(Address own, std::string session_id, const RoomState& room, Random& random,
                       Tokens& tokens)
    : own_(std::move(own)),
      session_id_(std::move(session_id)),
      who_(own_.user_id + "/" + own_.device_id),
      room_(room),
      random_(random),
      tokens_(tokens) {}

Effects Membership::clean_up(Time now) {
  const RoomEvent* current = room_.call_member_event(own_.user_id);
  if (state_ != State::Idle || !current) return {};
  auto content = remove_device_everywhere(current->content, own_.device_id, now);
  if (!content) return {};
  LOG_INFO(Core, "%s: removing what an earlier run left in the room", who_.c_str());
  return send(std::move(*content), tokens_.next());
}

Effects Membership::publish(std::string conf_id, Time now) {
  if (state_ != State::Idle) return {};
  conf_id_ = std::move(conf_id);
  state_ = State::Publishing;
  LOG_INFO(Core, "%s: joining conference %s as session %s", who_.c_str(), conf_id_.c_str(),
           session_id_.c_str());
  return write(now);
}

void Membership::set_screenshare(bool shared, Time now) {
  screenshare_ = shared;
  if (state_ == State::Published && !writing_ && screenshare_ != screenshare_written_)
    write_at_ = spaced(now);
}

void Membership::room_changed(Time now) {
  watch(now);
}

Effects Membership::sent(std::uint64_t token, const rtc::Result<void>& result, Time now) {
  if (token == 0) return {};
  if (token == leaving_) {
    leaving_ = 0;
    state_ = State::Left;
    LOG_INFO(Core, "%s: entry %s", who_.c_str(), result.ok() ? "removed" : "not removed");
    return {};
  }
  if (token != std::exchange(writing_, token == writing_ ? 0 : writing_)) return {};
  if (state_ != State::Publishing && state_ != State::Published) return {};
  if (result.ok()) {
    written(now);
  } else {
    not_written(result.error(), now);
  }
  return {};
}

Effects Membership::leave(Time now) {
  const bool listed = state_ == State::Publishing || state_ == State::Published;
  if (state_ == State::Leaving || state_ == State::Left) return {};
  auto content = listed ? compose(std::nullopt, now) : std::nullopt;
  state_ = content ? State::Leaving : State::Left;
  if (!content) return {};
  leaving_ = tokens_.next();
  return send(std::move(*content), leaving_);
}

Effects Membership::on_timeout(Time now) {
  const auto deadline = next_deadline();
  if (!deadline || now < *deadline) return {};
  if (restore_at_ && now >= *restore_at_) {
    restorations_++;
    LOG_WARNING(Core, "%s: our entry is not in the room, writing it again", who_.c_str());
  }
  return write(now);
}

std::optional<Time> Membership::next_deadline() const {
  if (writing_ || (state_ != State::Publishing && state_ != State::Published)) return std::nullopt;
  if (!write_at_ || !restore_at_) return write_at_ ? write_at_ : restore_at_;
  return std::min(*write_at_, *restore_at_);
}

/* Our user's member event with @entry for our device, or without it. The device is in one
 * conference at most: entries of it elsewhere are an earlier run's. */
std::optional<Json> Membership::compose(const std::optional<DeviceEntry>& entry, Time now) const {
  const RoomEvent* event = room_.call_member_event(own_.user_id);
  const Json current = event ? event->content : Json();
  const auto cleaned = remove_device_everywhere(current, own_.device_id, now);
  return write_member_devices(cleaned.value_or(current), conf_id_, own_.device_id, entry, now);
}

Effects Membership::write(Time now) {
  restore_at_.reset();
  write_at_.reset();
  screenshare_written_ = screenshare_;
  auto content =
      compose(DeviceEntry{own_.device_id, session_id_, now + validity, screenshare_}, now);
  if (!content) {
    if (state_ == State::Publishing) {
      fail({Kind::Busy,
            own_.user_id + " is in another kind of call (MatrixRTC) in this room. Leave it first, "
                           "or use another user.",
            "content of our member event is not ours to rewrite"});
    } else {
      try_again(now);
    }
    return {};
  }
  write_started_ = now;
  writing_ = tokens_.next();
  return send(std::move(*content), writing_);
}

Effects Membership::send(Json content, std::uint64_t token) const {
  return {SendState{token, call_member_event_type, own_.user_id, std::move(content)}};
}

void Membership::written(Time now) {
  if (state_ == State::Publishing) LOG_INFO(Core, "%s: Publishing -> Published", who_.c_str());
  state_ = State::Published;
  failures_ = 0;
  last_write_ = write_started_;
  write_at_ = write_started_ + random_.between(earliest_renewal, latest_renewal);
  set_screenshare(screenshare_, now);
  watch(now);
}

void Membership::not_written(const rtc::Error& error, Time now) {
  switch (error.kind) {
    case Kind::Denied:
      return fail(state_refused(room_, own_.user_id, call_member_event_type, error.detail));
    case Kind::Auth:
    case Kind::NotFound:
    case Kind::Settings:
      return fail(error);
    case Kind::Network:
    case Kind::Tls:
    case Kind::RateLimit:
    case Kind::Protocol:
    case Kind::Busy:
    case Kind::Media:
    case Kind::Cancelled:
      break;
  }
  LOG_WARNING(Core, "%s: our entry was not written: %s (%s)", who_.c_str(), error.message.c_str(),
              error.detail.c_str());
  try_again(now);
}

/* For ever: once the entry has lapsed there is nothing to lose by going on. */
void Membership::try_again(Time now) {
  const Time delay = std::min(last_retry, first_retry * (1 << std::min(failures_++, 6U)));
  write_at_ = spaced(now + random_.between(delay / 2, delay));
}

void Membership::fail(rtc::Error error) {
  LOG_ERROR(Core, "%s: %s (%s)", who_.c_str(), error.message.c_str(), error.detail.c_str());
  state_ = State::Failed;
  error_ = std::move(error);
}

/* Is our entry in the room? If not, it may still be on its way to us, or another device of
 * our user has written without having seen it: Matrix has no compare-and-swap. */
void Membership::watch(Time now) {
  if (state_ != State::Published || writing_) return;
  if (const auto entry = listed_entry()) {
    restore_at_.reset();
    check_clock(*entry, now);
    return;
  }
  if (restore_at_) return;
  if (now - *last_write_ > peace) restorations_ = 0;
  const unsigned doublings =
      std::min(std::max(restorations_, prompt_restorations) - prompt_restorations, max_doublings);
  const Time delay = random_.between(earliest_restoration, latest_restoration);
  restore_at_ = spaced(now + delay * (1 << doublings));
}

/* Others compare our expires_ts with their own clock. Only the event of our last write tells:
 * the server stamped it after we had made it and before it came to us. */
void Membership::check_clock(const DeviceEntry& entry, Time now) {
  if (entry.expires_ts != *last_write_ + validity || clock_differs_) return;
  const Time stamp = room_.call_member_event(own_.user_id)->origin_server_ts;
  clock_differs_ = stamp + clock_tolerance < *last_write_ || stamp > now + clock_tolerance;
  if (clock_differs_)
    LOG_WARNING(Core, "%s: the server's clock and ours differ by more than 30 s", who_.c_str());
}

/* What the room says of our session. */
std::optional<DeviceEntry> Membership::listed_entry() const {
  const RoomEvent* event = room_.call_member_event(own_.user_id);
  if (!event) return std::nullopt;
  for (auto& device : read_member_devices(*event, conf_id_))
    if (device.device_id == own_.device_id && device.session_id == session_id_) return device;
  return std::nullopt;
}

Time Membership::spaced(Time at) const {
  return last_write_ ? std::max(at, *last_write_ + write_spacing) : at;
}

}  // namespace matrix
