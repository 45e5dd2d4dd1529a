/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "signalling/core/addressed_call.h"
#include "signalling/core/feeds.h"
#include "signalling/core/member_events.h"
#include "signalling/core/mesh_context.h"
#include "signalling/core/sequencer.h"

namespace matrix {

/* One session of another device in a mesh call, for as long as its member entry lists it,
 * and for a while before, when its messages overtake the entry. Keeps one PeerCall going
 * with it: places the call if our id is the lower one, else answers; calls again up to
 * three times when that fails, then ever less often. A device that is not listed hears nothing from
 * us, of which kind soever. Pure.
 *
 *   Unlisted --entry--> Idle --call, invite--> Calling --ended--> Idle
 *   Idle --3 calls failed--> GivenUp --invite, entry renewed, minutes--> Calling
 *   any --entry gone for 2 s or lapsed, new session, we leave--> Closed
 */
class MeshLeg {
 public:
  enum class State { Unlisted, Idle, Calling, GivenUp, Closed };

  /* @context is borrowed. */
  MeshLeg(const MeshContext& context, Address remote, std::string session_id);
  ~MeshLeg();
  MeshLeg(MeshLeg&&) = delete;
  MeshLeg& operator=(MeshLeg&&) = delete;

  /* The room lists the device, first or again, as @entry says. */
  Effects listed(const DeviceEntry& entry, const std::string& display_name, Time now);
  /* The room does not list it (any more). */
  void unlisted(Time now);
  /* A message of this very device and session. While it is not listed it is kept;
   * @prepare: an invite's connection may be readied. */
  Effects receive(CallMessage message, bool prepare, Time now);
  Effects device_trusted(Trust trust, Time now);
  Effects sent(std::uint64_t token, bool ok, Time now);

  /* A track of ours has come or gone. */
  Effects media_changed(Time now);
  /* Tells the peer what of ours is muted, unless it knows. */
  Effects announce();

  Effects local_description(const SessionDescription& description, Time now);
  Effects local_candidate(const IceCandidate& candidate, Time now);
  Effects remote_tracks(const std::vector<rtc::RemoteTrack>& tracks, Time now);
  Effects peer_state(rtc::PeerState state, Time now);
  Effects peer_failed(rtc::PeerFailure failure, const std::string& message, Time now);

  /* @reason: of the participant's leaving. @hangup: what the peer is told; empty: nothing. */
  Effects close(const std::string& reason, const std::string& hangup);
  Effects on_timeout(Time now);
  std::optional<Time> next_deadline() const;

  State state() const { return state_; }
  const Participant& participant() const { return participant_; }
  bool is_listed() const { return state_ != State::Unlisted && state_ != State::Closed; }
  bool is_connected() const;
  /* Of its present connection, or 0. */
  rtc::PeerId peer() const { return call_ ? (*call_)->peer() : 0; }
  size_t held_messages() const { return held_.size(); }
  size_t held_bytes() const;

 private:
  Effects hold(CallMessage message, bool prepare, Time now);
  Effects prepare_call(const std::string& call_id, const Invite& invite, Time now);
  Effects deliver(const CallMessage& message, Time now);
  Effects receive_invite(const CallMessage& message, const Invite& invite, Time now);
  void note_trust(const CallMessage& message) {
    if (has_description(message.signal)) trust_.described(message.trust);
  }
  Effects place_call(Time now);
  AddressedCall& begin(std::string call_id);
  Effects refuse(const std::string& call_id, const std::string& reason);
  Effects settle(Time now);
  Effects call_ended(Time now);
  void plan_retry(const PeerCall::Ending& ending, Time now);
  Effects give_up(const PeerCall::Ending& ending, Time now);
  Effects on_call_due(Time now);
  Effects bring_tracks(Time now);
  Effects trouble(rtc::Error::Kind kind, const std::string& what, const std::string& detail);
  bool we_call() const;
  void drop(const char* why);

  const MeshContext& context_;
  const SessionAddress remote_;
  Participant participant_;
  const std::string who_; /* for the log */
  State state_ = State::Unlisted;

  std::optional<DeviceEntry> entry_;
  std::optional<Time> gone_at_;   /* not listed: closed then */
  bool lapsed_ = false;           /* kept by its connection only */
  std::vector<CallMessage> held_; /* Unlisted: in the order of their arrival */

  Sequencer sequencer_;
  std::optional<AddressedCall> call_;
  CallTrust trust_{Trust::Clear};
  unsigned video_sections_ = 1;
  unsigned retries_ = 0;
  std::optional<Time> call_at_;    /* we call (again) */
  std::optional<Time> expect_by_;  /* they should have called */
  bool troubled_ = false;          /* reported, not connected since */
  unsigned unanswered_offers_ = 0; /* made in running calls, in a row */
  bool told_of_missing_tracks_ = false;
  Feeds feeds_;
};

}  // namespace matrix
