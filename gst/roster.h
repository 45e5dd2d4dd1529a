/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gst/gst_ptr.h"

namespace media {

/* One device in the call. */
struct RosterEntry {
  std::string user_id;
  std::string device_id;
  std::string session_id;
  std::string display_name;
  gint64 joined = 0; /* when we saw it in the call first; us since 1970 */
  bool operator==(const RosterEntry&) const = default;
};

/* What the sticky event matrixcall/roster says: who else is in the call, whether or not they
 * send anything, in the order in which they came. In every feed, before the first buffer and
 * again at each change. */
using Roster = std::vector<RosterEntry>;

/* Its fields: version (uint, 1) and participants, the text of a JSON array of objects with
 * user-id, device-id, session-id, display-name (strings) and joined (integer). */
glib::Ref<GstEvent> roster_event(const Roster& roster);
/* Empty if @event is another event, or says what this version does not know. */
std::optional<Roster> parse_roster(GstEvent* event);

}  // namespace media
