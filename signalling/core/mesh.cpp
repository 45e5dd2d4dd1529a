/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/mesh.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "signalling/base/log.h"
#include "signalling/core/message_size.h"

namespace matrix {

namespace {

/* Messages from devices that have no entry yet. */
constexpr unsigned max_early_devices = 8; /* of one user */
constexpr size_t max_early_messages = 256;
constexpr size_t max_early_messages_of_user = 64;
constexpr size_t max_early_bytes = size_t{8} * 1024 * 1024;
constexpr unsigned max_prepared = 8;
constexpr unsigned max_prepared_of_user = 2;

constexpr size_t max_remembered_refusals = 10000;

}  // namespace

Mesh::Mesh(MeshContext context, MeshLimits limits, const RoomState& room)
    : context_(std::move(context)), limits_(limits), room_(room) {}

Effects Mesh::room_changed(Time now) {
  Effects effects;
  const auto devices = room_.devices(context_.conf_id);
  std::map<Address, DeviceEntry> listed;
  for (const auto& device : devices)
    listed.emplace(Address{device.user_id, device.entry.device_id}, device.entry);
  for (auto& [key, leg] : legs_) append(effects, update_leg(key, leg, listed, now));
  effects = swept(std::move(effects));
  for (const auto& device : devices) append(effects, add_leg(device, now));
  return swept(std::move(effects));
}

Effects Mesh::update_leg(const Key& key, MeshLeg& leg, const std::map<Address, DeviceEntry>& listed,
                         Time now) {
  if (!leg.is_listed()) return {};
  const auto entry = listed.find(key.address);
  if (entry == listed.end()) {
    leg.unlisted(now);
    return {};
  }
  if (entry->second.session_id == key.session_id)
    return leg.listed(entry->second, room_.display_name(key.address.user_id), now);
  /* The process at the other end is another one: there is nobody to say goodbye to. */
  return leg.close("new-session", "");
}

Effects Mesh::add_leg(const UserDevice& device, Time now) {
  const Key key{{device.user_id, device.entry.device_id}, device.entry.session_id};
  if (key.address == context_.own || device.entry.expires_ts <= now) return {};
  const auto known = legs_.find(key);
  if (known != legs_.end() && known->second.is_listed()) return {};
  unsigned participants = 0;
  unsigned of_user = 0;
  for (const auto& [other, leg] : legs_) {
    if (!leg.is_listed()) continue;
    participants++;
    of_user += other.address.user_id == device.user_id ? 1 : 0;
  }
  const bool user_is_full = of_user >= limits_.max_devices_per_user;
  if (user_is_full || participants >= limits_.max_participants) return refuse(device, user_is_full);
  auto& leg = legs_.try_emplace(key, context_, key.address, key.session_id).first->second;
  return leg.listed(device.entry, room_.display_name(device.user_id), now);
}

Effects Mesh::refuse(const UserDevice& device, bool user_is_full) {
  if (refused_.size() < max_remembered_refusals &&
      refused_.insert({device.user_id, device.entry.device_id}).second)
    context_.dropped[user_is_full ? "too many devices of a user" : "too many participants"]++;
  const bool reported = user_is_full ? full_users_.size() >= max_remembered_refusals ||
                                           !full_users_.insert(device.user_id).second
                                     : std::exchange(full_, true);
  if (reported) return {};
  const std::string& name = room_.display_name(device.user_id);
  const Participant participant{device.user_id, device.entry.device_id, device.entry.session_id,
                                name};
  const std::string message =
      user_is_full ? name + " is in the call with more than " +
                         std::to_string(limits_.max_devices_per_user) +
                         " devices; the others are ignored (max-devices-per-user)."
                   : "More than " + std::to_string(limits_.max_participants) +
                         " others are in the call; the rest is ignored (max-participants).";
  LOG_WARNING(Core, "%s: %s", device.user_id.c_str(), message.c_str());
  return {ParticipantTrouble{participant, {rtc::Error::Kind::Settings, message, ""}}};
}

Effects Mesh::receive(const std::string& sender, CallMessage message, Time now) {
  const Envelope& envelope = message.envelope;
  if (const char* why = misaddressed(sender, envelope)) return drop(sender, why);
  const Key key{{sender, envelope.device_id}, envelope.sender_session_id};
  MeshLeg* leg = accept(key, message);
  if (!leg) return {};
  const bool prepare = !leg->is_listed() && may_prepare(sender);
  return swept(leg->receive(std::move(message), prepare, now));
}

const char* Mesh::misaddressed(const std::string& sender, const Envelope& envelope) const {
  if (envelope.conf_id != context_.conf_id) return "for another conference";
  if (envelope.dest_session_id != context_.session_id) return "for another session of ours";
  if (envelope.device_id.empty() || envelope.sender_session_id.empty()) return "names no device";
  if (Address{sender, envelope.device_id} == context_.own) return "from ourselves";
  return nullptr;
}

/* The leg that @message is for, if it may be had. */
MeshLeg* Mesh::accept(const Key& key, const CallMessage& message) {
  const auto known = legs_.find(key);
  if (known != legs_.end() && known->second.is_listed()) return &known->second;
  const bool opens = std::holds_alternative<Invite>(message.signal) ||
                     std::holds_alternative<Candidates>(message.signal);
  if (known == legs_.end() && !opens) {
    drop(key.address.user_id, "sender has no entry in the call");
    return nullptr;
  }
  if (!may_hold(key.address.user_id, message)) {
    drop(key.address.user_id, "too many from senders without an entry");
    return nullptr;
  }
  return &legs_.try_emplace(key, context_, key.address, key.session_id).first->second;
}

bool Mesh::may_hold(const std::string& user_id, const CallMessage& message) const {
  unsigned devices = 0;
  size_t messages = 0;
  size_t of_user = 0;
  size_t bytes = size_of(message);
  bool known = false;
  for (const auto& [key, leg] : legs_) {
    if (leg.is_listed()) continue;
    messages += leg.held_messages();
    bytes += leg.held_bytes();
    if (key.address.user_id != user_id) continue;
    devices++;
    of_user += leg.held_messages();
    known |= key.address.device_id == message.envelope.device_id &&
             key.session_id == message.envelope.sender_session_id;
  }
  return messages < max_early_messages && of_user < max_early_messages_of_user &&
         bytes <= max_early_bytes && (known || devices < max_early_devices);
}

bool Mesh::may_prepare(const std::string& user_id) const {
  unsigned prepared = 0;
  unsigned of_user = 0;
  for (const auto& [key, leg] : legs_) {
    if (leg.is_listed() || leg.peer() == 0) continue;
    prepared++;
    of_user += key.address.user_id == user_id ? 1 : 0;
  }
  return room_.is_joined(user_id) && prepared < max_prepared && of_user < max_prepared_of_user;
}

Effects Mesh::device_trusted(const Address& device, Trust trust, Time now) {
  Effects effects;
  for (auto& [key, leg] : legs_)
    if (key.address == device) append(effects, leg.device_trusted(trust, now));
  return effects;
}

Effects Mesh::sent(std::uint64_t token, bool ok, Time now) {
  Effects effects;
  for (auto& [key, leg] : legs_) append(effects, leg.sent(token, ok, now));
  return swept(std::move(effects));
}

Effects Mesh::media_changed(Time now) {
  Effects effects;
  for (auto& [key, leg] : legs_) append(effects, leg.media_changed(now));
  return swept(std::move(effects));
}

Effects Mesh::announce() {
  Effects effects;
  for (auto& [key, leg] : legs_) append(effects, leg.announce());
  return effects;
}

MeshLeg* Mesh::find(rtc::PeerId peer) {
  for (auto& [key, leg] : legs_)
    if (peer != 0 && leg.peer() == peer) return &leg;
  return nullptr;
}

const Participant* Mesh::participant_of(rtc::PeerId peer) const {
  for (const auto& [key, leg] : legs_)
    if (peer != 0 && leg.peer() == peer) return &leg.participant();
  return nullptr;
}

Effects Mesh::local_description(rtc::PeerId peer, const SessionDescription& description, Time now) {
  MeshLeg* leg = find(peer);
  return leg ? swept(leg->local_description(description, now)) : Effects{};
}

Effects Mesh::local_candidate(rtc::PeerId peer, const IceCandidate& candidate, Time now) {
  MeshLeg* leg = find(peer);
  return leg ? swept(leg->local_candidate(candidate, now)) : Effects{};
}

Effects Mesh::remote_tracks(rtc::PeerId peer, const std::vector<rtc::RemoteTrack>& tracks,
                            Time now) {
  MeshLeg* leg = find(peer);
  return leg ? swept(leg->remote_tracks(tracks, now)) : Effects{};
}

Effects Mesh::peer_state(rtc::PeerId peer, rtc::PeerState state, Time now) {
  MeshLeg* leg = find(peer);
  return leg ? swept(leg->peer_state(state, now)) : Effects{};
}

Effects Mesh::peer_failed(rtc::PeerId peer, rtc::PeerFailure failure, const std::string& message,
                          Time now) {
  MeshLeg* leg = find(peer);
  return leg ? swept(leg->peer_failed(failure, message, now)) : Effects{};
}

Effects Mesh::close(const std::string& reason) {
  Effects effects;
  for (auto& [key, leg] : legs_) append(effects, leg.close(reason, "user_hangup"));
  return swept(std::move(effects));
}

/* A leg that closes may make room for a device that was one too many. */
Effects Mesh::on_timeout(Time now) {
  Effects effects;
  for (auto& [key, leg] : legs_) {
    const auto deadline = leg.next_deadline();
    if (deadline && now >= *deadline) append(effects, leg.on_timeout(now));
  }
  const size_t before = legs_.size();
  effects = swept(std::move(effects));
  if (legs_.size() < before && !refused_.empty()) append(effects, room_changed(now));
  return effects;
}

std::optional<Time> Mesh::next_deadline() const {
  std::optional<Time> next;
  for (const auto& [key, leg] : legs_) {
    const auto deadline = leg.next_deadline();
    if (deadline && (!next || *deadline < *next)) next = deadline;
  }
  return next;
}

/* @effects, after the legs that have closed are gone. */
Effects Mesh::swept(Effects effects) {
  std::erase_if(legs_,
                [](const auto& entry) { return entry.second.state() == MeshLeg::State::Closed; });
  return effects;
}

Effects Mesh::drop(const std::string& sender, const char* why) {
  context_.dropped[why]++;
  LOG_DEBUG(Core, "%s: message dropped: %s", sender.c_str(), why);
  return {};
}

}  // namespace matrix
