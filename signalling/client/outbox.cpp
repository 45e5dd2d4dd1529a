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
constexpr const char* encrypted_type = "m.room.encrypted";

bool travels_alone(std::string_view type) {
  return type == "m.call.invite" || type == "m.call.answer";
}

std::string make_prefix() {
  return std::to_string(g_get_real_time() / 1000) + "." + std::to_string(g_random_int()) + ".";
}

}  // namespace

Outbox::Outbox(rtc::Loop& loop, MatrixClient& client, Sealer* sealer, std::string room_id,
               Sent sent)
    : loop_(loop),
      client_(client),
      sealer_(sealer),
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

void Outbox::send(const Address& to, const std::string& type, const Json& content) {
  message_lanes_[{to.user_id, to.device_id}].messages.push_back({std::nullopt, type, content});
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
  Requests requests = seal_messages();
  const auto settled = sealer_ ? sealer_->settle() : rtc::Result<void>();
  if (settled) return start_messages(std::move(requests));
  std::vector<std::uint64_t> tokens;
  for (const auto& request : requests)
    for (const auto& key : request.lanes) finish_lane(message_lanes_, key, tokens);
  for (const auto token : tokens) sent_(token, settled.error());
}

/* What can go now. An address whose message is refused is looked at again in the next turn. */
Outbox::Requests Outbox::seal_messages() {
  Requests requests;
  std::vector<std::pair<Key, rtc::Error>> refused;
  for (auto& [key, lane] : message_lanes_) {
    if (lane.busy || lane.messages.empty()) continue;
    const Message& message = lane.messages.front();
    auto sealed = sealer_ ? sealer_->seal({key.first, key.second}, message.type, message.content)
                          : Sealed(SendClear());
    if (std::holds_alternative<SendClear>(sealed))
      add(requests, key, message.type, message.content);
    else if (const auto* content = std::get_if<Json>(&sealed))
      add(requests, key, encrypted_type, *content);
    else if (auto* error = std::get_if<rtc::Error>(&sealed))
      refused.emplace_back(key, std::move(*error));
  }
  for (const auto& [key, error] : refused) {
    std::vector<std::uint64_t> tokens;
    finish_lane(message_lanes_, key, tokens);
    schedule();
    for (const auto token : tokens) sent_(token, error);
  }
  return requests;
}

/* To the request that @content can travel with. */
void Outbox::add(Requests& requests, const Key& key, std::string type, const Json& content) {
  Lane& lane = message_lanes_[key];
  lane.busy = true;
  const bool alone = travels_alone(lane.messages.front().type);
  auto request = std::find_if(requests.begin(), requests.end(), [&](const Request& other) {
    return !alone && !other.travels_alone && other.type == type &&
           other.lanes.size() < max_recipients;
  });
  if (request == requests.end()) {
    requests.push_back({.travels_alone = alone,
                        .type = std::move(type),
                        .transaction = next_transaction(),
                        .content = {},
                        .lanes = {},
                        .pending = {},
                        .timer = {}});
    request = std::prev(requests.end());
  }
  request->lanes.push_back(key);
  JsonObjectBuilder devices(request->content[key.first.c_str()]);
  devices.set(key.second.c_str(), content);
  JsonObjectBuilder messages(request->content);
  messages.set(key.first.c_str(), devices.build());
  request->content = messages.build();
}

void Outbox::start_messages(Requests requests) {
  for (auto& request : requests) start(std::move(request));
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
  for (const auto& key : request->lanes) finish_lane(lanes, key, tokens);
  requests_.erase(request);
  schedule();
  for (const auto token : tokens) sent_(token, result);
}

/* The lane's first message is done with. */
void Outbox::finish_lane(Lanes& lanes, const Key& key, std::vector<std::uint64_t>& tokens) {
  const auto lane = lanes.find(key);
  if (const auto token = lane->second.messages.front().token) tokens.push_back(*token);
  lane->second.messages.pop_front();
  lane->second.busy = false;
  if (lane->second.messages.empty()) lanes.erase(lane);
}

std::string Outbox::next_transaction() {
  return transaction_prefix_ + std::to_string(transactions_++);
}

}  // namespace matrix
