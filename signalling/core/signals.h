/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "signalling/base/peer_connection.h"
#include "signalling/core/json.h"
#include "signalling/core/time.h"
#include "signalling/core/trust.h"

/* What two devices of a call tell each other: MSC2746 (m.call.*), MSC3077 (stream
 * metadata), MSC3291 (mute), addressed by MSC3401. Pure. */
namespace matrix {

using rtc::IceCandidate;
using rtc::SessionDescription;

enum class Purpose { Usermedia, Screenshare, Other };

/* What MSC3077 says of one media stream. */
struct StreamMetadata {
  Purpose purpose = Purpose::Usermedia;
  bool audio_muted = false;
  bool video_muted = false;
  bool operator==(const StreamMetadata&) const = default;
};
/* By stream id, as in a=msid. */
using StreamMetadataMap = std::map<std::string, StreamMetadata>;

/* @streams: absent if the sender knows nothing of stream metadata. */
struct Invite {
  SessionDescription offer;
  Time lifetime{60000};
  std::string invitee; /* user id; may be empty */
  std::optional<StreamMetadataMap> streams;
  bool operator==(const Invite&) const = default;
};
/* @answer may wrongly hold an offer (Hydrogen); its receiver must look. */
struct Answer {
  SessionDescription answer;
  std::optional<StreamMetadataMap> streams;
  bool operator==(const Answer&) const = default;
};
/* The end of candidates is a candidate whose text is empty. */
struct Candidates {
  std::vector<IceCandidate> candidates;
  bool operator==(const Candidates&) const = default;
};
struct Negotiate {
  SessionDescription description;
  Time lifetime{60000};
  std::optional<StreamMetadataMap> streams;
  bool operator==(const Negotiate&) const = default;
};
struct MetadataChanged {
  StreamMetadataMap streams;
  bool operator==(const MetadataChanged&) const = default;
};
struct Hangup {
  std::string reason = "user_hangup"; /* never empty */
  bool operator==(const Hangup&) const = default;
};
struct SelectAnswer {
  std::string selected_party_id;
  bool operator==(const SelectAnswer&) const = default;
};
struct Reject {
  bool operator==(const Reject&) const = default;
};
using Signal = std::variant<Invite, Answer, Candidates, Negotiate, MetadataChanged, Hangup,
                            SelectAnswer, Reject>;

/* The fields that every call message carries. Strings are empty where absent. */
struct Envelope {
  std::string call_id;
  std::string conf_id;
  std::string device_id; /* the sender's */
  std::string party_id;
  std::string sender_session_id;
  std::string dest_session_id;
  std::optional<std::int64_t> seq;
  bool operator==(const Envelope&) const = default;
};

struct CallMessage {
  Envelope envelope;
  Signal signal;
  Trust trust = Trust::Clear; /* of one that was received */
  bool operator==(const CallMessage&) const = default;
};

/* Whether it says what the connection is to be, with the sender's certificate. */
bool has_description(const Signal& signal);
/* Whether the event type is one of a call's. */
bool is_call_message_type(std::string_view type);
/* Reads the content of a to-device (or room) event. Nothing if it is no call message or
 * lacks what it cannot be understood without: a call_id, an SDP of at most 256 KiB and
 * its type; nor if an id has more than 255 bytes or a control character. Else what is
 * malformed is left out, down to a message without candidates or streams, so that it
 * still takes its place in the sequence. At most 256 candidates and 64 streams. Both names
 * of stream metadata are read; where they differ the stable one holds. */
std::optional<CallMessage> read_call_message(std::string_view type, const Json& content);
/* The event type to send @signal as. */
const char* call_message_type(const Signal& signal);
/* Content ready to be sent: stream metadata under both names, version "1", empty ids and
 * streams of another purpose left out. */
Json write_call_message(const CallMessage& message);

}  // namespace matrix
