/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "signalling/core/member_events.h"

namespace matrix {

/* Who may send which state in a room: m.room.power_levels, and m.room.create for the
 * creators' part in it. The server decides; this is to explain its refusals. Malformed
 * levels count as absent, numbers written as strings as numbers (rooms before version 10
 * have them). Pure. */
class PowerLevels {
 public:
  /* Of the creators of a room of version 12 or later: above any number. */
  static constexpr std::int64_t infinite = INT64_MAX;

  void set_create_event(const RoomEvent& event);
  void set_power_levels_event(const RoomEvent& event);

  std::int64_t of_user(const std::string& user_id) const;
  /* What sending a state event of @type needs. */
  std::int64_t of_state(const std::string& type) const;

 private:
  bool is_creator(std::string_view user_id) const;

  std::vector<std::string> creators_;
  bool creators_rule_ = false; /* their level is infinite */
  Json levels_;                /* the content of m.room.power_levels; may be nothing */
};

}  // namespace matrix
