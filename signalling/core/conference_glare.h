/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "signalling/core/effects.h"
#include "signalling/core/room_state.h"
#include "signalling/core/tokens.h"

namespace matrix {

inline constexpr const char* conference_name = "GStreamer call";

/* Users who did not know of each other may start a conference each. Then everybody ends in
 * the one that was started first, unless nobody is there and somebody here; and the one that
 * we had started is terminated once nobody is in it any more. Pure. */
class ConferenceGlare {
 public:
  /* Both are borrowed. */
  ConferenceGlare(const RoomState& room, const Address& own) : room_(room), own_(own) {}

  /* @conf_id is ours to clean up. */
  void started(const std::string& conf_id) { ours_.insert(conf_id); }
  /* To be called after the room state has changed, with the conference that we are in. */
  void room_changed(const std::string& current, Time now);
  /* The conference to move to from @current, if it is time to. */
  std::optional<std::string> on_timeout(const std::string& current, Time now);
  std::optional<Time> next_deadline() const { return move_at_; }
  /* Terminates what we have started, are not in (any more), and nobody else is in. */
  Effects clean_up(const std::string& current, Tokens& tokens, Time now);

 private:
  const Conference* better_than(const std::string& current, Time now) const;
  bool has_others(const std::string& conf_id, Time now) const;

  const RoomState& room_;
  const Address& own_;
  std::set<std::string> ours_;
  std::optional<Time> move_at_;
};

}  // namespace matrix
