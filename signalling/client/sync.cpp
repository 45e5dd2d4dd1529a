/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/sync.h"

#include <algorithm>

#include "signalling/base/log.h"

namespace matrix {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds poll_time{30000};
constexpr milliseconds first_back_off{500};
constexpr milliseconds last_back_off{30000};
constexpr milliseconds members_wait{3000};
constexpr size_t max_member_requests = 200;

milliseconds back_off(unsigned failures) {
  const auto step = first_back_off * (1 << std::min(failures - 1, 6u));
  const auto wait = std::min<milliseconds>(step, last_back_off);
  return milliseconds(g_random_int_range(static_cast<gint32>(wait.count() * 3 / 4),
                                         static_cast<gint32>(wait.count()) + 1));
}

/* Whose entry only counts if they are in the room. */
bool takes_part(const RoomEvent& event) {
  return event.type == call_member_event_type && event.state_key &&
         *event.state_key == event.sender && !event.content["m.calls"].elements().empty();
}

}  // namespace

Sync::Sync(rtc::Loop& loop, MatrixClient& client, std::string room_id, std::string position,
           Observer& observer)
    : loop_(loop),
      client_(client),
      room_id_(std::move(room_id)),
      filter_(sync_filter(room_id_, g_random_int())),
      observer_(observer),
      since_(std::move(position)),
      full_state_(!since_.empty()) {}

void Sync::start() {
  poll();
}

void Sync::poll() {
  /* A first request that no other run made: homeservers answer equal ones from a cache
   * for minutes, with to-device messages that were consumed long ago. */
  const auto timeout =
      since_.empty() || full_state_ ? milliseconds(g_random_int_range(1, 1000)) : poll_time;
  request_ = client_.sync(
      {.since = since_, .timeout = timeout, .filter = filter_, .full_state = full_state_},
      [this](const HttpReply& reply) { polled(reply); });
}

void Sync::polled(const HttpReply& reply) {
  const auto next = reply.body.string_at("next_batch");
  if (!reply.ok() || !next) return failed(reply);
  failures_ = 0;
  full_state_ = false;
  since_ = *next;
  batch_ = read_sync_response(reply.body, room_id_);
  LOG_DEBUG(Client, "%s: sync brings %zu room events, %zu messages", client_.who().c_str(),
            batch_.events.size(), batch_.to_device.size());
  ask_for_members();
  if (member_requests_.empty()) return deliver();
  timer_ = loop_.after(members_wait, [this] { deliver(); });
}

void Sync::failed(const HttpReply& reply) {
  const rtc::Error error = reply.error.value_or(
      rtc::Error{rtc::Error::Kind::Protocol, "The homeserver does not answer as Matrix does.",
                 "no next_batch"});
  failures_++;
  LOG_WARNING(Client, "%s: sync failed %u times: %s (%s)", client_.who().c_str(), failures_,
              error.message.c_str(), error.detail.c_str());
  /* Our position may be unknown after the server lost its memory. */
  if (reply.status == 400 && !since_.empty()) {
    since_.clear();
    full_state_ = false;
    observer_.on_sync_lost();
  }
  if (error.kind != rtc::Error::Kind::Auth) {
    const auto wait = std::max(reply.retry_after.value_or(milliseconds(0)), back_off(failures_));
    timer_ = loop_.after(wait, [this] { poll(); });
  }
  observer_.on_sync_failed(error, failures_);
}

void Sync::ask_for_members() {
  for (const auto& event : batch_.events)
    if (event.type == "m.room.member" && event.state_key) known_members_.insert(*event.state_key);
  for (const auto& event : batch_.events) {
    if (!takes_part(event) || member_requests_.size() >= max_member_requests) continue;
    const std::string& user = *event.state_key;
    if (!known_members_.insert(user).second) continue;
    member_requests_[user] =
        client_.get_state(room_id_, "m.room.member", user,
                          [this, user](const HttpReply& reply) { got_member(user, reply); });
  }
}

void Sync::got_member(const std::string& user_id, const HttpReply& reply) {
  if (reply.ok())
    batch_.events.insert(batch_.events.begin(), {.type = "m.room.member",
                                                 .state_key = user_id,
                                                 .sender = user_id,
                                                 .event_id = {},
                                                 .origin_server_ts = Time(0),
                                                 .content = reply.body,
                                                 .redacts = {}});
  else if (reply.may_retry())
    known_members_.erase(user_id); /* asked again at their next change */
  member_requests_.erase(user_id);
  if (member_requests_.empty()) deliver();
}

void Sync::deliver() {
  timer_ = {};
  for (const auto& [user, request] : member_requests_) known_members_.erase(user);
  member_requests_.clear();
  observer_.on_sync(std::exchange(batch_, {}));
  poll();
}

}  // namespace matrix
