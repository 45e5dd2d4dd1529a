/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "signalling/base/result.h"
#include "signalling/core/member_events.h"
#include "signalling/core/power_levels.h"

namespace matrix {

/* A group call that is going on. */
struct Conference {
  std::string id;
  std::string sender; /* who started it, or wrote it last */
  std::string event_id;
  Time origin_server_ts{0};
  ConferenceContent content;
  bool operator==(const Conference&) const = default;
};

/* A device that a user lists in a conference. */
struct UserDevice {
  std::string user_id;
  DeviceEntry entry;
  bool operator==(const UserDevice&) const = default;
};

/* What a call needs to know of its room: its members, their calls, their power. Keeps
 * nothing else, some 200 bytes for a member. Events of any kind and content may be fed to
 * it, in the order of the sync. Pure. */
class RoomState {
 public:
  /* State, or a redaction. True if one of the answers below may have changed. */
  bool apply(const RoomEvent& event);

  bool is_joined(const std::string& user_id) const { return names_.contains(user_id); }
  /* Not made unique; the user id of who has none or is no member. */
  const std::string& display_name(const std::string& user_id) const;
  const PowerLevels& power_levels() const { return power_levels_; }

  /* Nullptr if there is none of that id or it was terminated or redacted. Valid until the
   * next apply(). */
  const Conference* conference(const std::string& id) const;
  const std::map<std::string, Conference>& conferences() const { return conferences_; }
  /* The one to join; @wanted: that one or none, unless empty. Nullptr if there is none. */
  const Conference* find_conference(Time now, const std::string& wanted = "") const;

  /* Of those that were started at the same time as @current the first, if that is another
   * one. Valid until the next apply(). */
  const Conference* find_earlier(const std::string& current) const;

  /* Which calls a user takes part in; nullptr if they never wrote it or it was redacted.
   * Valid until the next apply(). */
  const RoomEvent* call_member_event(const std::string& user_id) const;
  /* The devices that joined members list in a conference, lapsed ones too, by user. */
  std::vector<UserDevice> devices(std::string_view conf_id) const;

 private:
  bool apply_member(const RoomEvent& event);
  bool apply_conference(const RoomEvent& event);
  bool apply_call_member(const RoomEvent& event);
  bool apply_redaction(const RoomEvent& event);
  bool is_inhabited(const Conference& conference, Time now) const;

  std::unordered_map<std::string, std::string> names_; /* of joined members; may be empty */
  PowerLevels power_levels_;
  std::map<std::string, Conference> conferences_; /* live ones */
  std::map<std::string, RoomEvent> call_members_; /* by user; their own events only */
};

/* Why the server may have refused our state event, in words for the user. @detail: the
 * server's. */
rtc::Error state_refused(const RoomState& room, const std::string& user_id, const std::string& type,
                         const std::string& detail);

}  // namespace matrix
