/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "signalling/base/peer_connection.h"
#include "signalling/base/result.h"
#include "signalling/core/time.h"
#include "signalling/core/trust.h"

/* News of a call for whoever shows it. Every kind of call tells the same: participants
 * and feeds, never connections. */
namespace matrix {

/* One device of one user, for as long as it stays in the call with one session. */
struct Participant {
  std::string user_id;
  std::string device_id;
  std::string session_id;
  std::string display_name; /* the user id if the room knows no name */
  bool operator==(const Participant&) const = default;
};

enum class FeedKind { Audio, Video, Screen, ScreenAudio };

/* Names a feed for ever: @number belongs to one participant, all its feeds share it and
 * it is never given out again. It is given out with the participant's first feed. */
struct FeedId {
  unsigned number = 0;
  FeedKind kind = FeedKind::Audio;
  auto operator<=>(const FeedId&) const = default;
};

/* Where a feed's media comes from at present. */
struct FeedSource {
  rtc::PeerId peer = 0;
  std::string mid;
  bool operator==(const FeedSource&) const = default;
};

/* Somebody is in the call, whether or not a connection to them exists yet. */
struct ParticipantJoined {
  Participant participant;
  bool operator==(const ParticipantJoined&) const = default;
};
/* Display name changed. */
struct ParticipantChanged {
  Participant participant;
  bool operator==(const ParticipantChanged&) const = default;
};
struct ParticipantLeft {
  Participant participant;
  std::string reason; /* "left", "expired", "new-session", "hangup", "call-ended", ... */
  bool operator==(const ParticipantLeft&) const = default;
};
/* A participant gets no media, or none any more, for a reason the user should know. */
struct ParticipantTrouble {
  Participant participant;
  rtc::Error error;
  bool operator==(const ParticipantTrouble&) const = default;
};
/* Something of ours does not work; the call goes on. */
struct CallTrouble {
  rtc::Error error;
  bool operator==(const CallTrouble&) const = default;
};
/* The connection is verified and the peer says that it sends this. */
struct FeedAdded {
  FeedId id;
  Participant participant;
  FeedSource source;
  std::string stream_id;
  bool muted = false;
  Trust trust = Trust::Clear; /* that it is the participant's */
  bool operator==(const FeedAdded&) const = default;
};
struct FeedMuted {
  FeedId id;
  bool muted = false;
  bool operator==(const FeedMuted&) const = default;
};
struct FeedTrusted {
  FeedId id;
  Trust trust = Trust::Clear;
  bool operator==(const FeedTrusted&) const = default;
};
/* The same feed comes from another connection or section from now on. An empty source
 * (peer 0): it comes from nowhere until told otherwise, the pad stays. */
struct FeedMoved {
  FeedId id;
  FeedSource source;
  bool operator==(const FeedMoved&) const = default;
};
struct FeedRemoved {
  FeedId id;
  std::string reason;
  bool operator==(const FeedRemoved&) const = default;
};
/* Our entry is in the room: others can call us. */
struct CallJoined {
  std::string room_id;
  std::string call_id;
  bool operator==(const CallJoined&) const = default;
};
/* The last report. */
struct CallEnded {
  std::string reason;              /* "left", "terminated", "removed-from-room", ... */
  std::optional<rtc::Error> error; /* if it ended because something went wrong */
  bool operator==(const CallEnded&) const = default;
};

using Report = std::variant<ParticipantJoined, ParticipantChanged, ParticipantLeft,
                            ParticipantTrouble, CallTrouble, FeedAdded, FeedMuted, FeedTrusted,
                            FeedMoved, FeedRemoved, CallJoined, CallEnded>;

}  // namespace matrix
