/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/call_driver.h"

#include <algorithm>

namespace matrix {
namespace {

using std::chrono::milliseconds;

constexpr size_t max_refused_early = 100;
constexpr Time longest_timer = std::chrono::hours(24);

}  // namespace

CallDriver::CallDriver(const Surroundings& surroundings, const CallConfig& config,
                       Reported reported)
    : with_(surroundings),
      reported_(std::move(reported)),
      own_{config.user_id, config.device_id},
      call_(config),
      outbox_(with_.loop, with_.client, &with_.encryption, config.room_id,
              [this](std::uint64_t token, const rtc::Result<void>& result) {
                run(call_.sent(token, result, clock_.now()));
              }) {}

/* Messages come last: the same sync may bring the entry of the one who sent them. */
void CallDriver::hand_in(const SyncBatch& batch, bool first) {
  for (const auto& event : batch.events) run(call_.room_event(event, clock_.now()));
  if (first) run(call_.synced(clock_.now()));
  if (batch.left) run(call_.removed_from_room(clock_.now()));
  for (const auto& message : batch.to_device)
    if (with_.encryption.admit(message))
      run(call_.to_device(message.sender, message.type, message.content, message.trust,
                          clock_.now()));
}

/* Of a device that is gone, or shows other keys, its first keys are all there is. */
void CallDriver::keys_found() {
  outbox_.wake();
  for (const auto& [device, participant] : std::map(participants_))
    run(call_.device_trusted(device, with_.encryption.trust(device).value_or(Trust::Unsigned),
                             clock_.now()));
}

void CallDriver::set_local_tracks(const std::vector<LocalSource>& tracks) {
  run(call_.set_local_tracks(tracks, clock_.now()));
}

void CallDriver::set_muted(TrackSource source, bool muted) {
  run(call_.set_muted(source, muted, clock_.now()));
}

void CallDriver::leave() {
  run(call_.leave(clock_.now()));
}

/* Nested calls, by somebody who leaves inside a report, queue up behind. */
void CallDriver::run(Effects effects) {
  for (auto& effect : effects) effects_.push_back(std::move(effect));
  if (std::exchange(running_, true)) return;
  while (!effects_.empty()) {
    const Effect effect = std::move(effects_.front());
    effects_.pop_front();
    std::visit([this](const auto& what) { carry_out(what); }, effect);
  }
  running_ = false;
  if (call_.state() == Call::State::Leaving) outbox_.hurry();
  arm();
}

/* Whoever takes part is written to soon, if their id is the higher one. */
void CallDriver::carry_out(const Report& report) {
  if (const auto* joined = std::get_if<ParticipantJoined>(&report)) {
    const Address address{joined->participant.user_id, joined->participant.device_id};
    participants_[address] = joined->participant;
    if (const auto early = refused_early_.extract(address)) refused(address, early.mapped());
    if (own_ < address) with_.encryption.expect(address);
  } else if (const auto* left = std::get_if<ParticipantLeft>(&report)) {
    participants_.erase({left->participant.user_id, left->participant.device_id});
  }
  reported_(report);
}

void CallDriver::refused(const Address& device, const rtc::Error& error) {
  const auto found = participants_.find(device);
  if (found == participants_.end()) {
    if (refused_early_.size() < max_refused_early) refused_early_[device] = error;
    return;
  }
  const std::string& name = found->second.display_name;
  run({ParticipantTrouble{found->second, {error.kind, name + " " + error.message, error.detail}}});
}

void CallDriver::arm() {
  const auto deadline = call_.next_deadline();
  if (!deadline) {
    deadline_timer_ = {};
    return;
  }
  const Time wait = std::clamp(*deadline - clock_.now() + Time(1), Time(1), longest_timer);
  deadline_timer_ = with_.loop.after(wait, [this] { run(call_.on_timeout(clock_.now())); });
}

rtc::PeerConnection* CallDriver::find_peer(rtc::PeerId peer) const {
  const auto found = peers_.find(peer);
  return found == peers_.end() ? nullptr : found->second.get();
}

void CallDriver::carry_out(const OpenPeer& open) {
  peers_[open.peer] = with_.factory.create_peer(open.peer,
                                                {.ice_servers = with_.ice_servers.current(),
                                                 .relay_only = with_.relay_only,
                                                 .stream_id = open.stream_id,
                                                 .receives = open.receives},
                                                *this);
}

void CallDriver::carry_out(const ClosePeer& close) {
  auto peer = peers_.extract(close.peer);
  if (peer.empty()) return;
  closed_peers_.push_back(std::move(peer.mapped()));
  closed_timer_ = with_.loop.after(milliseconds(0), [this] { closed_peers_.clear(); });
}

void CallDriver::carry_out(const SetLocalTracks& local) {
  if (auto* peer = find_peer(local.peer)) peer->set_local_tracks(local.tracks);
}

void CallDriver::carry_out(const CreateOffer& offer) {
  if (auto* peer = find_peer(offer.peer)) peer->create_offer(offer.options);
}

void CallDriver::carry_out(const ApplyRemote& remote) {
  if (auto* peer = find_peer(remote.peer)) peer->set_remote_description(remote.description);
}

void CallDriver::carry_out(const AddCandidate& candidate) {
  if (auto* peer = find_peer(candidate.peer)) peer->add_remote_candidate(candidate.candidate);
}

void CallDriver::on_local_description(rtc::PeerId peer, SessionDescription description) {
  if (find_peer(peer)) run(call_.local_description(peer, description, clock_.now()));
}

void CallDriver::on_local_candidate(rtc::PeerId peer, IceCandidate candidate) {
  if (find_peer(peer)) run(call_.local_candidate(peer, candidate, clock_.now()));
}

void CallDriver::on_remote_tracks(rtc::PeerId peer, std::vector<rtc::RemoteTrack> tracks) {
  if (find_peer(peer)) run(call_.remote_tracks(peer, tracks, clock_.now()));
}

void CallDriver::on_peer_state(rtc::PeerId peer, rtc::PeerState state) {
  if (find_peer(peer)) run(call_.peer_state(peer, state, clock_.now()));
}

void CallDriver::on_peer_failed(rtc::PeerId peer, rtc::PeerFailure failure, std::string message) {
  if (find_peer(peer)) run(call_.peer_failed(peer, failure, message, clock_.now()));
}

}  // namespace matrix
