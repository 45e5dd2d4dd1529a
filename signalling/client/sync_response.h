/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <vector>

#include "signalling/core/member_events.h"

namespace matrix {

struct ToDeviceEvent {
  std::string sender;
  std::string type;
  Json content;
  bool operator==(const ToDeviceEvent&) const = default;
};

/* What one sync says about our room and our device, in the order to process it. */
struct SyncBatch {
  std::vector<RoomEvent> events; /* the gap's state, then the timeline */
  std::vector<ToDeviceEvent> to_device;
  bool in_room = false; /* the room is among those that we are in; if not, it has no news */
  bool left = false;    /* we left it, or were removed */
};

/* Events that lack a type or sender are skipped; timeline events that are neither
 * state nor redactions too. Pure. */
SyncBatch read_sync_response(const Json& body, std::string_view room_id);

/* The filter for one room's call and its memberships as far as the server finds them
 * relevant. @unique: any number; the server answers equal first requests from a cache. */
std::string sync_filter(std::string_view room_id, std::uint32_t unique);

}  // namespace matrix
