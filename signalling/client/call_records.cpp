/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/call_records.h"

#include <algorithm>

#include "signalling/base/log.h"
#include "signalling/core/member_events.h"

namespace matrix {

std::optional<Json> without_device(const Json& content, const std::string& device_id) {
  bool found = false;
  std::vector<Json> calls;
  for (const auto& call : content["m.calls"].elements()) {
    std::vector<Json> devices;
    for (const auto& device : call["m.devices"].elements()) {
      const bool ours = device.string_at("device_id") == device_id;
      found = found || ours;
      if (!ours) devices.push_back(device);
    }
    if (!devices.empty())
      calls.push_back(JsonObjectBuilder(call).set("m.devices", json_array(devices)).build());
  }
  if (!found) return std::nullopt;
  return JsonObjectBuilder(content).set("m.calls", json_array(calls)).build();
}

CallRecords::CallRecords(MatrixClient& client, Store& store, Address own)
    : client_(client), store_(store), own_(std::move(own)) {}

void CallRecords::clean_up(const std::string& room_id) {
  for (const auto& call : store_.calls()) {
    if (!call.joined || call.room_id == room_id || requests_.contains(call.room_id)) continue;
    requests_[call.room_id] =
        client_.get_state(call.room_id, call_member_event_type, own_.user_id,
                          [this, call](const HttpReply& reply) { found(call, reply); });
  }
}

void CallRecords::found(const OngoingCall& call, const HttpReply& reply) {
  const auto content =
      reply.ok() ? without_device(reply.body, own_.device_id) : std::optional<Json>();
  if (!content) {
    if (!reply.may_retry() || reply.ok()) clean(call);
    return;
  }
  LOG_INFO(Client, "%s: leaving a call in %s that we died in", client_.who().c_str(),
           call.room_id.c_str());
  requests_[call.room_id] = client_.put_state(call.room_id, call_member_event_type, own_.user_id,
                                              *content, [this, call](const HttpReply& answer) {
                                                if (answer.ok()) clean(call);
                                              });
}

void CallRecords::clean(OngoingCall call) {
  call.joined = false;
  (void)store_.put_call(call);
}

void CallRecords::report(const Report& report) {
  if (const auto* joined = std::get_if<CallJoined>(&report))
    call_ = OngoingCall{
        joined->room_id, joined->call_id, Time(g_get_real_time() / 1000), true, {own_.user_id}};
  if (!call_ || !note(report)) return;
  (void)store_.put_call(*call_);
}

/* Whether it is worth to be kept. */
bool CallRecords::note(const Report& report) {
  auto& users = call_->users;
  if (const auto* arrival = std::get_if<ParticipantJoined>(&report)) {
    users.push_back(arrival->participant.user_id);
  } else if (const auto* left = std::get_if<ParticipantLeft>(&report)) {
    const auto user = std::find(users.begin(), users.end(), left->participant.user_id);
    if (user != users.end()) users.erase(user);
  } else if (const auto* ended = std::get_if<CallEnded>(&report)) {
    call_->joined = false;
    std::erase(users, own_.user_id);
    if (ended->reason != "terminated") return true;
    (void)store_.remove_call(call_->room_id, call_->call_id);
    call_.reset();
    return false;
  } else {
    return std::holds_alternative<CallJoined>(report);
  }
  return true;
}

}  // namespace matrix
