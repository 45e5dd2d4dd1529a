/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signalling/core/json.h"
#include "signalling/core/time.h"

/* The room state of a group call (MSC3401): org.matrix.msc3401.call says that there is
 * one, org.matrix.msc3401.call.member which devices of a user take part. Pure. */
namespace matrix {

inline constexpr const char* call_event_type = "org.matrix.msc3401.call";
inline constexpr const char* call_member_event_type = "org.matrix.msc3401.call.member";

/* A state or timeline event as a sync brings it. Readers skip events that lack what
 * the fields below need. */
struct RoomEvent {
  std::string type;
  std::optional<std::string> state_key;
  std::string sender;
  std::string event_id;
  Time origin_server_ts{0};
  Json content;
  std::string redacts; /* of m.room.redaction */
};

enum class Intent { Ring, Prompt, Room };

/* The conference event's content. */
struct ConferenceContent {
  Intent intent = Intent::Prompt;
  bool voice_only = false;
  bool terminated = false;
  bool operator==(const ConferenceContent&) const = default;
};
/* Nothing if it is not a group call's (types wrong, intent or type unknown). */
std::optional<ConferenceContent> read_conference(const Json& content);
Json write_conference(const ConferenceContent& conference, std::string_view name);

/* One device of one user in one conference. */
struct DeviceEntry {
  std::string device_id;
  std::string session_id;
  Time expires_ts{0};
  bool screenshare = false; /* its feeds list m.screenshare */
  bool operator==(const DeviceEntry&) const = default;
};
/* The devices that a user's member event lists for @conf_id, in order, malformed entries
 * skipped, the first of equal device ids kept, expired ones kept too: the reader judges.
 * At most 1000 devices. Nothing at all if the content is not that of a group call
 * (MatrixRTC uses the same event type), if it lists the conference more than once (peers
 * read that differently), or if @event's state key is not its sender. */
std::vector<DeviceEntry> read_member_devices(const RoomEvent& event, std::string_view conf_id);

/* Our user's member event after our device joins (@own) or leaves (no @own) @conf_id:
 * entries of other conferences stay as they are, other devices stay while valid at @now,
 * emptied entries go. @current may be anything, also nothing; an m.calls that is no array,
 * or holds what is no object, is mended. A MatrixRTC client's content (no m.calls, but
 * other members that are not empty) is not rewritten: nothing is returned. */
std::optional<Json> write_member_devices(const Json& current, std::string_view conf_id,
                                         std::string_view device_id,
                                         const std::optional<DeviceEntry>& own, Time now);
/* Whether any conference lists @device_id. */
bool lists_device(const Json& content, std::string_view device_id);
/* @current without @device_id in any conference: what a crashed run of ours left. Nothing
 * if none lists it. */
std::optional<Json> remove_device_everywhere(const Json& current, std::string_view device_id,
                                             Time now);

}  // namespace matrix
