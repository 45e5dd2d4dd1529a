/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/outbox.h"

#include <algorithm>

#include "signalling/base/log.h"

namespace matrix {
namespace {

using std::chrono::milliseconds;

constexpr size_t max_recipients = 20;
constexpr unsigned max_retries = 5; /* after 0.5, 1, 2, 4 and 8 s */
constexpr unsigned max_limited = 8;
constexpr milliseconds first_wait{500};
constexpr milliseconds longest_wait{60000};
constexpr milliseconds hurried_wait{200};

bool travels_alone(std::string_view type) {
  return type == "m.call.invite" || type == "m.call.answer";
}

std::string make_prefix() {
  return std::to_string(g_get_real_time() / 1000) + "." + std::to_string(g_random_int()) + ".";
}

}  // namespace

Outbox::Outbox(rtc::Loop& loop, MatrixClient& client, std::string room_id, Sent sent)
    : loop_(loop),
      client_(client),
      room_id_(std::move(room_id)),
      sent_(std::move(sent)),
      transaction_prefix_(make_prefix()) {}

void Outbox::send(const SendToDevice& message) {
  message_lanes_[{message.to.user_id, message.to.device_id}].messages.push_back(
      {message.token, call_message_type(message.message.signal),
       write_call_message(message.message)});
  schedule();
}

void Outbox::send(const SendState& event) {
  state_lanes_[{event.type, event.state_key}].messages.push_back(
      {event.token, event.type, event.content});
  schedule();
}

void Outbox::hurry() {
  hurried_ = true;
  for (auto request = requests_.begin(); request != requests_.end(); request++)
    if (request->waiting) attempt(request);
}

/* Not at once: what is queued in this turn travels together. */
void Outbox::schedule() {
  if (std::exchange(flush_scheduled_, true)) return;
  flush_timer_ = loop_.after(milliseconds(0), [this] { flush(); });
}

void Outbox::flush() {
  flush_scheduled_ = false;
  for (auto& [key, lane] : state_lanes_) {
    if (lane.busy || lane.messages.empty()) continue;
    lane.busy = true;
    start({.is_state = true,
           .type = key.first,
           .transaction = {},
           .content = lane.messages.front().content,
           .lanes = {key},
           .pending = {},
           .timer = {}});
  }
  flush_messages();
}

void Outbox::flush_messages() {
  std::map<std::string, std::vector<Key>> by_type;
  for (auto& [key, lane] : message_lanes_)
    if (!lane.busy && !lane.messages.empty()) by_type[lane.messages.front().type].push_back(key);
  for (const auto& [type, keys] : by_type) {
    const size_t step = travels_alone(type) ? 1 : max_recipients;
    for (size_t i = 0; i < keys.size(); i += step) {
      const auto from = keys.begin() + static_cast<std::ptrdiff_t>(i);
      const auto size = static_cast<std::ptrdiff_t>(std::min(step, keys.size() - i));
      start_messages(type, {from, from + size});
    }
  }
}

void Outbox::start_messages(const std::string& type, std::vector<Key> lanes) {
  std::map<std::string, JsonObjectBuilder> users;
  for (const auto& key : lanes) {
    Lane& lane = message_lanes_[key];
    lane.busy = true;
    users[key.first].set(key.second.c_str(), lane.messages.front().content);
  }
  JsonObjectBuilder messages;
  for (auto& [user, devices] : users) messages.set(user.c_str(), devices.build());
  start({.type = type,
         .transaction = next_transaction(),
         .content = messages.build(),
         .lanes = std::move(lanes),
         .pending = {},
         .timer = {}});
}

void Outbox::start(Request request) {
  requests_.push_back(std::move(request));
  attempt(std::prev(requests_.end()));
}

void Outbox::attempt(Requests::iterator request) {
  request->waiting = false;
  request->timer = {};
  request->attempts++;
  const auto done = [this, request](const HttpReply& reply) { answered(request, reply); };
  request->pending =
      request->is_state
          ? client_.put_state(room_id_, request->type, request->lanes.front().second,
                              request->content, done)
          : client_.send_to_device(request->type, request->transaction, request->content, done);
}

void Outbox::answered(Requests::iterator request, const HttpReply& reply) {
  if (reply.ok()) return finish(request, {});
  if (const auto wait = retry_after(*request, reply)) {
    request->waiting = true;
    request->timer = loop_.after(*wait, [this, request] { attempt(request); });
    return;
  }
  LOG_WARNING(Client, "%s: %s could not be sent: %s (%s)", client_.who().c_str(),
              request->type.c_str(), reply.error->message.c_str(), reply.error->detail.c_str());
  finish(request, *reply.error);
}

std::optional<milliseconds> Outbox::retry_after(Request& request, const HttpReply& reply) const {
  if (!reply.may_retry()) return std::nullopt;
  if (reply.status == 429) request.limited++;
  const unsigned failures = request.attempts - request.limited;
  if (failures > max_retries || request.limited > max_limited) return std::nullopt;
  milliseconds wait = first_wait * (1 << std::max(failures, 1u)) / 2;
  if (reply.retry_after) wait = *reply.retry_after;
  if (wait > longest_wait) return std::nullopt;
  return hurried_ ? std::min(wait, hurried_wait) : wait;
}

void Outbox::finish(Requests::iterator request, const rtc::Result<void>& result) {
  std::vector<std::uint64_t> tokens;
  Lanes& lanes = request->is_state ? state_lanes_ : message_lanes_;
  for (const auto& key : request->lanes) {
    const auto lane = lanes.find(key);
    tokens.push_back(lane->second.messages.front().token);
    lane->second.messages.pop_front();
    lane->second.busy = false;
    if (lane->second.messages.empty()) lanes.erase(lane);
  }
  requests_.erase(request);
  schedule();
  for (const auto token : tokens) sent_(token, result);
}

std::string Outbox::next_transaction() {
  return transaction_prefix_ + std::to_string(transactions_++);
}

}  // namespace matrix
