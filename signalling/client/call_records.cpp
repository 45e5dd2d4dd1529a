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
  std::erase(call.users, own_.user_id);
  keep(call);
}

/* One that nobody is in goes on no more. */
void CallRecords::keep(const OngoingCall& call) {
  const auto kept = call.joined || !call.users.empty()
                        ? store_.put_call(call)
                        : store_.remove_call(call.room_id, call.call_id);
  if (!kept) LOG_WARNING(Client, "%s: %s", client_.who().c_str(), kept.error().message.c_str());
}

/* Our entry names one call of a room, which the others are in as well. */
void CallRecords::begin(const CallJoined& joined) {
  for (const auto& call : store_.calls())
    if (call.room_id == joined.room_id && call.call_id != joined.call_id)
      (void)store_.remove_call(call.room_id, call.call_id);
  call_ = OngoingCall{joined.room_id, joined.call_id, Time(g_get_real_time() / 1000), true, {}};
}

void CallRecords::report(const Report& report) {
  if (!note(report) || !call_) return;
  call_->users.clear();
  if (call_->joined) call_->users.push_back(own_.user_id);
  for (const auto& [user_id, device_id] : others_)
    if (call_->users.empty() || call_->users.back() != user_id) call_->users.push_back(user_id);
  keep(*call_);
  if (!call_->joined) call_.reset();
}

/* Whether it changes what is kept. Some are there before we are. */
bool CallRecords::note(const Report& report) {
  if (const auto* came = std::get_if<ParticipantJoined>(&report)) {
    others_.insert({came->participant.user_id, came->participant.device_id});
  } else if (const auto* left = std::get_if<ParticipantLeft>(&report)) {
    if (left->reason == "call-ended") return false; /* for us: they may go on */
    others_.erase({left->participant.user_id, left->participant.device_id});
  } else if (const auto* joined = std::get_if<CallJoined>(&report)) {
    begin(*joined);
  } else if (const auto* ended = std::get_if<CallEnded>(&report)) {
    if (call_) call_->joined = false;
    if (ended->reason == "terminated") others_.clear();
  } else {
    return false;
  }
  return true;
}

}  // namespace matrix
