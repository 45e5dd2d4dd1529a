/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "signalling/core/mesh_context.h"
#include "signalling/core/peer_call.h"

namespace matrix {

/* One session of a device. */
struct SessionAddress {
  Address address;
  std::string session_id;
};

/* What every message of ours to @to in call @call_id carries. */
Envelope make_envelope(const MeshContext& context, const SessionAddress& to,
                       const std::string& call_id, std::int64_t seq);

/* A PeerCall with a device of a mesh call. Addresses what it says, numbered from 0 without
 * holes, and remembers what the server has not answered yet. Pure. */
class AddressedCall {
 public:
  /* @context and @to are borrowed. */
  AddressedCall(const MeshContext& context, const SessionAddress& to, std::string call_id);

  PeerCall& operator*() { return call_; }
  const PeerCall& operator*() const { return call_; }
  PeerCall* operator->() { return &call_; }
  const PeerCall* operator->() const { return &call_; }

  Effects run(CallEffects effects);
  /* False if @token is of a message of this call that is lost for good; a farewell then takes
   * its number, since a hole would stop the peer's queue. */
  bool sent(std::uint64_t token, bool ok);

  const std::string& id() const { return id_; }
  const std::vector<rtc::RemoteTrack>& tracks() const { return tracks_; }
  void set_tracks(std::vector<rtc::RemoteTrack> tracks) { tracks_ = std::move(tracks); }

 private:
  SendToDevice address(Signal signal);

  const MeshContext& context_;
  const SessionAddress& to_;
  const std::string id_;
  PeerCall call_;
  std::int64_t next_seq_ = 0;
  std::optional<std::int64_t> lost_seq_;             /* the server never got this one */
  std::map<std::uint64_t, std::int64_t> unanswered_; /* seq by token */
  std::vector<rtc::RemoteTrack> tracks_;             /* the peer's */
};

}  // namespace matrix
