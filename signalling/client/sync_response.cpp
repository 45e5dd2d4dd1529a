/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/sync_response.h"

#include <algorithm>

namespace matrix {
namespace {

Json strings(std::initializer_list<std::string_view> values) {
  std::vector<Json> elements;
  for (const auto value : values) elements.push_back(Json::string(value));
  return json_array(elements);
}

std::optional<RoomEvent> read_event(const Json& json) {
  auto type = json.string_at("type");
  auto sender = json.string_at("sender");
  const Json content = json["content"];
  if (!type || !sender || !content.is_object()) return std::nullopt;
  RoomEvent event{.type = std::move(*type),
                  .state_key = json.string_at("state_key"),
                  .sender = std::move(*sender),
                  .event_id = json.string_at("event_id").value_or(""),
                  .origin_server_ts = Time(json.integer_at("origin_server_ts").value_or(0)),
                  .content = content,
                  .redacts = {}};
  if (event.type == "m.room.redaction") {
    /* Since room version 11 it is in the content. */
    auto redacts = json.string_at("redacts");
    if (!redacts) redacts = content.string_at("redacts");
    event.redacts = redacts.value_or("");
  }
  return event;
}

void read_events(const Json& section, std::vector<RoomEvent>& events) {
  for (const auto& json : section["events"].elements()) {
    auto event = read_event(json);
    if (event && (event->state_key || !event->redacts.empty())) events.push_back(std::move(*event));
  }
}

std::vector<std::string> read_strings(const Json& array) {
  std::vector<std::string> strings;
  for (const auto& element : array.elements())
    if (auto string = element.as_string()) strings.push_back(std::move(*string));
  return strings;
}

KeyCounts read_key_counts(const Json& body) {
  KeyCounts counts;
  const Json one_time_keys = body["device_one_time_keys_count"];
  if (one_time_keys.is_object())
    counts.one_time_keys = one_time_keys.integer_at(one_time_key_algorithm).value_or(0);
  const Json unused = body["device_unused_fallback_key_types"];
  if (unused.is_array()) {
    const auto types = read_strings(unused);
    counts.unused_fallback_key =
        std::find(types.begin(), types.end(), one_time_key_algorithm) != types.end();
  }
  return counts;
}

}  // namespace

bool SyncBatch::encrypts_room() const {
  return std::any_of(events.begin(), events.end(), [](const RoomEvent& event) {
    return event.type == "m.room.encryption" && event.state_key == "";
  });
}

SyncBatch read_sync_response(const Json& body, std::string_view room_id) {
  SyncBatch batch;
  batch.next_batch = body.string_at("next_batch").value_or("");
  batch.devices_changed = read_strings(body["device_lists"]["changed"]);
  batch.devices_left = read_strings(body["device_lists"]["left"]);
  batch.key_counts = read_key_counts(body);
  const std::string id(room_id);
  const Json room = body["rooms"]["join"][id.c_str()];
  batch.in_room = room.is_object();
  batch.left = body["rooms"]["leave"].has(id.c_str());
  read_events(room["state"], batch.events);
  read_events(room["timeline"], batch.events);
  for (const auto& json : body["to_device"]["events"].elements()) {
    auto type = json.string_at("type");
    auto sender = json.string_at("sender");
    if (type && sender)
      batch.to_device.push_back(
          {std::move(*sender), std::move(*type), json["content"], Trust::Clear, {}});
  }
  return batch;
}

std::string sync_filter(std::string_view room_id, std::uint32_t unique) {
  const Json state_types = strings({"m.room.create", "m.room.member", "m.room.power_levels",
                                    "m.room.encryption", call_event_type, call_member_event_type});
  /* State that changes arrives in the timeline. */
  const Json timeline_types =
      strings({"m.room.create", "m.room.member", "m.room.power_levels", "m.room.encryption",
               "m.room.redaction", call_event_type, call_member_event_type});
  const Json nothing = JsonObjectBuilder().set("types", strings({})).build();
  const Json room =
      JsonObjectBuilder()
          .set("rooms", strings({room_id}))
          .set("ephemeral", nothing)
          .set("account_data", nothing)
          .set("state",
               JsonObjectBuilder().set("types", state_types).set("lazy_load_members", true).build())
          .set("timeline", JsonObjectBuilder()
                               .set("limit", 20)
                               .set("types", timeline_types)
                               .set("lazy_load_members", true)
                               .build())
          .build();
  return JsonObjectBuilder()
      .set("presence", JsonObjectBuilder(nothing)
                           .set("limit", static_cast<std::int64_t>(unique % 1000000000 + 1))
                           .build())
      .set("account_data", nothing)
      .set("room", room)
      .build()
      .text();
}

}  // namespace matrix
