/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "signalling/core/counters.h"
#include "signalling/core/effects.h"
#include "signalling/core/local_media.h"
#include "signalling/core/member_events.h"
#include "signalling/core/selection.h"

namespace matrix {

struct CallConfig {
  std::string user_id;
  std::string device_id;
  std::string room_id;
  std::string call_id;            /* the conference to join; empty: the room's */
  bool create = false;            /* start one if there is none */
  Intent intent = Intent::Prompt; /* of a conference that we start */
  unsigned max_participants = 50;
  unsigned max_devices_per_user = 5;
  /* For ids and jitter; 256 random bits, different for each run. */
  std::array<std::uint32_t, 8> seed{};
  Selection selection{};
};

/* One device's part in one room's call: finds or starts the conference, keeps our entry
 * in it, and lets a transport connect to the others. Pure: no I/O, thread, clock or
 * callback. Every method takes the time and returns what to do; the caller carries the
 * effects out in order and then asks next_deadline() when to call on_timeout().
 *
 *   Syncing --synced--> Joining --our entry is written--> Joined --leave, terminated,
 *   removed from the room--> Leaving --everything sent, or 2 s--> Ended
 *   Syncing, Joining --no conference, no permission--> Ended
 */
class Call {
 public:
  enum class State { Syncing, Joining, Joined, Leaving, Ended };

  explicit Call(CallConfig config);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  /* A state event of the room: first of all of its state, later as it changes; also a
   * redaction. */
  Effects room_event(const RoomEvent& event, Time now);
  /* All of the room's state was handed in: decide which conference it is, join it. */
  Effects synced(Time now);
  /* Our user is no member of the room any more. */
  Effects removed_from_room(Time now);
  /* A to-device event. @sender is what the server vouches for, @trust what we know of that. */
  Effects to_device(const std::string& sender, std::string_view type, const Json& content,
                    Trust trust, Time now);
  /* How well we know the device has changed; it does not matter to one that sends in clear. */
  Effects device_trusted(const Address& device, Trust trust, Time now);
  /* The answer to SendToDevice or SendState. */
  Effects sent(std::uint64_t token, const rtc::Result<void>& result, Time now);

  /* What we send from now on: nothing at first. Any state; may be called again at any time:
   * every peer is told by a renegotiation. A source that went away comes back on its section. */
  Effects set_local_tracks(const std::vector<LocalSource>& tracks, Time now);
  /* Of a track that we have. Everybody hears of all such changes within 100 ms at once.
   * Unmuted video is to be announced when a key frame is on its way. */
  Effects set_muted(TrackSource source, bool muted, Time now);

  Effects local_description(rtc::PeerId peer, const SessionDescription& description, Time now);
  Effects local_candidate(rtc::PeerId peer, const IceCandidate& candidate, Time now);
  Effects remote_tracks(rtc::PeerId peer, const std::vector<rtc::RemoteTrack>& tracks, Time now);
  Effects peer_state(rtc::PeerId peer, rtc::PeerState state, Time now);
  Effects peer_failed(rtc::PeerId peer, rtc::PeerFailure failure, const std::string& message,
                      Time now);

  Effects leave(Time now);
  Effects on_timeout(Time now);
  std::optional<Time> next_deadline() const;

  State state() const;
  const std::string& call_id() const;
  const Counters& dropped() const;
  /* Whose connection it is; nullptr: nobody's any more. */
  const Participant* participant_of(rtc::PeerId peer) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace matrix
