/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "signalling/core/mesh_context.h"
#include "signalling/core/mesh_leg.h"
#include "signalling/core/room_state.h"

namespace matrix {

/* What strangers may cost us. */
struct MeshLimits {
  unsigned max_participants = 50;
  unsigned max_devices_per_user = 5;
};

/* The transport of MSC3401's mesh: a leg to every session that the room lists in our
 * conference. Routes messages to the leg of exactly their sender, device and session; keeps
 * those that overtake their sender's entry for a minute. Pure. */
class Mesh {
 public:
  /* @context is kept; what it refers to and @room are borrowed. */
  Mesh(MeshContext context, MeshLimits limits, const RoomState& room);
  Mesh(Mesh&&) = delete;
  Mesh& operator=(Mesh&&) = delete;

  /* To be called after the room state has changed, and once at the start. */
  Effects room_changed(Time now);
  Effects receive(const std::string& sender, CallMessage message, Time now);
  Effects device_trusted(const Address& device, Trust trust, Time now);
  Effects sent(std::uint64_t token, bool ok, Time now);

  /* A track of ours has come or gone. */
  Effects media_changed(Time now);
  /* Tells everybody who does not know it yet what of ours is muted. */
  Effects announce();

  Effects local_description(rtc::PeerId peer, const SessionDescription& description, Time now);
  Effects local_candidate(rtc::PeerId peer, const IceCandidate& candidate, Time now);
  Effects remote_tracks(rtc::PeerId peer, const std::vector<rtc::RemoteTrack>& tracks, Time now);
  Effects peer_state(rtc::PeerId peer, rtc::PeerState state, Time now);
  Effects peer_failed(rtc::PeerId peer, rtc::PeerFailure failure, const std::string& message,
                      Time now);

  /* Whose connection it is; nullptr: nobody's any more. */
  const Participant* participant_of(rtc::PeerId peer) const;

  /* Ends all legs and tells the peers. @reason: of the participants' leaving. */
  Effects close(const std::string& reason);
  Effects on_timeout(Time now);
  std::optional<Time> next_deadline() const;

 private:
  struct Key {
    Address address;
    std::string session_id;
    auto operator<=>(const Key&) const = default; /* NOLINT(modernize-use-nullptr): see Address */
  };

  Effects update_leg(const Key& key, MeshLeg& leg, const std::map<Address, DeviceEntry>& listed,
                     Time now);
  Effects add_leg(const UserDevice& device, Time now);
  Effects refuse(const UserDevice& device, bool user_is_full);
  MeshLeg* accept(const Key& key, const CallMessage& message);
  const char* misaddressed(const std::string& sender, const Envelope& envelope) const;
  bool may_hold(const std::string& user_id, const CallMessage& message) const;
  bool may_prepare(const std::string& user_id) const;
  MeshLeg* find(rtc::PeerId peer);
  Effects swept(Effects effects);
  Effects drop(const std::string& sender, const char* why);

  const MeshContext context_;
  const MeshLimits limits_;
  const RoomState& room_;
  std::map<Key, MeshLeg> legs_;
  std::set<Address> refused_;        /* counted once each */
  std::set<std::string> full_users_; /* reported */
  bool full_ = false;                /* reported */
};

}  // namespace matrix
