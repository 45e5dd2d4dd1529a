/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <vector>

#include "signalling/core/member_events.h"
#include "signalling/core/trust.h"
#include "signalling/crypto/key_supply.h"

namespace matrix {

struct ToDeviceEvent {
  std::string sender;
  std::string type;
  Json content;
  Trust trust = Trust::Clear;
  std::string device_id; /* of the sender, if it was encrypted */
  bool operator==(const ToDeviceEvent&) const = default;
};

/* What one sync says about our room and our device, in the order to process it. */
struct SyncBatch {
  std::string next_batch;                   /* where the next sync starts */
  std::vector<std::string> devices_changed; /* users */
  std::vector<std::string> devices_left;
  KeyCounts key_counts;
  std::vector<RoomEvent> events; /* the gap's state, then the timeline */
  std::vector<ToDeviceEvent> to_device;
  bool in_room = false; /* the room is among those that we are in; if not, it has no news */
  bool left = false;    /* we left it, or were removed */
  /* Encryption is switched on, which is for good. */
  bool encrypts_room() const;
};

/* Events that lack a type or sender are skipped; timeline events that are neither
 * state nor redactions too. Pure. */
SyncBatch read_sync_response(const Json& body, std::string_view room_id);

/* The filter for one room's call and its memberships as far as the server finds them
 * relevant. @unique: any number; the server answers equal first requests from a cache. */
std::string sync_filter(std::string_view room_id, std::uint32_t unique);

}  // namespace matrix
