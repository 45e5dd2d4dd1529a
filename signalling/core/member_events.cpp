/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/member_events.h"

#include <algorithm>
#include <set>
#include <utility>

#include "signalling/core/identifier.h"

namespace matrix {

namespace {

constexpr size_t max_devices = 1000;

std::optional<Intent> read_intent(const std::optional<std::string>& name) {
  if (name == "m.ring") return Intent::Ring;
  if (name == "m.prompt") return Intent::Prompt;
  if (name == "m.room") return Intent::Room;
  return std::nullopt;
}

const char* intent_name(Intent intent) {
  switch (intent) {
    case Intent::Ring:
      return "m.ring";
    case Intent::Prompt:
      return "m.prompt";
    case Intent::Room:
      return "m.room";
  }
  return "m.prompt";
}

bool lists_screenshare(const Json& feeds) {
  const auto elements = feeds.elements();
  return std::any_of(elements.begin(), elements.end(),
                     [](const Json& feed) { return feed.string_at("purpose") == "m.screenshare"; });
}

std::optional<DeviceEntry> read_device(const Json& json) {
  auto device_id = json.string_at("device_id");
  auto session_id = json.string_at("session_id");
  const auto expires_ts = json.integer_at("expires_ts");
  if (!device_id || !is_identifier(*device_id)) return std::nullopt;
  if (!session_id || !is_identifier(*session_id)) return std::nullopt;
  if (!expires_ts || *expires_ts < 0 || *expires_ts > max_safe_integer) return std::nullopt;
  return DeviceEntry{std::move(*device_id), std::move(*session_id), Time(*expires_ts),
                     lists_screenshare(json["feeds"])};
}

Json write_device(const DeviceEntry& device) {
  std::vector<Json> feeds{JsonObjectBuilder().set("purpose", "m.usermedia").build()};
  if (device.screenshare)
    feeds.push_back(JsonObjectBuilder().set("purpose", "m.screenshare").build());
  return JsonObjectBuilder()
      .set("device_id", device.device_id)
      .set("session_id", device.session_id)
      .set("expires_ts", device.expires_ts.count())
      .set("feeds", json_array(feeds))
      .build();
}

/* The devices of @entry but @device_id's, less what is malformed, lapsed or repeated. */
void add_other_devices(const Json& entry, std::string_view device_id, Time now,
                       std::vector<Json>& devices, std::set<std::string>& known) {
  for (const Json& json : entry["m.devices"].elements()) {
    const auto device = read_device(json);
    if (!device || device->device_id == device_id || device->expires_ts <= now) continue;
    if (known.size() < max_devices && known.insert(device->device_id).second)
      devices.push_back(json);
  }
}

bool lists_device_in_entry(const Json& entry, std::string_view device_id) {
  const auto devices = entry["m.devices"].elements();
  return std::any_of(devices.begin(), devices.end(), [&](const Json& device) {
    return device.string_at("device_id") == device_id;
  });
}

bool is_empty_value(const Json& value) {
  if (value.is_array()) return value.elements().empty();
  bool empty = true;
  value.for_each_member([&](const char*, const Json&) { empty = false; });
  return value.is_object() ? empty : !value.truthy();
}

/* A MatrixRTC client's content, which we must not touch. What such a client leaves
 * behind when it has gone, {} or {"memberships": []}, is nobody's. */
bool belongs_to_another_kind(const Json& content) {
  if (content.has("m.calls")) return false;
  bool holds_something = false;
  content.for_each_member(
      [&](const char*, const Json& value) { holds_something |= !is_empty_value(value); });
  return holds_something;
}

Json with_calls(const Json& content, const std::vector<Json>& calls) {
  return JsonObjectBuilder(content).set("m.calls", json_array(calls)).build();
}

}  // namespace

std::optional<ConferenceContent> read_conference(const Json& content) {
  const auto intent = read_intent(content.string_at("m.intent"));
  const auto type = content.string_at("m.type");
  if (!intent || (type != "m.video" && type != "m.voice")) return std::nullopt;
  return ConferenceContent{*intent, type == "m.voice", content["m.terminated"].truthy()};
}

Json write_conference(const ConferenceContent& conference, std::string_view name) {
  JsonObjectBuilder content;
  content.set("m.intent", intent_name(conference.intent))
      .set("m.type", conference.voice_only ? "m.voice" : "m.video")
      .set("io.element.ptt", false);
  if (!name.empty()) content.set("m.name", name);
  if (conference.terminated) content.set("m.terminated", "call_ended");
  return content.build();
}

std::vector<DeviceEntry> read_member_devices(const RoomEvent& event, std::string_view conf_id) {
  if (event.type != call_member_event_type || event.state_key != event.sender) return {};
  Json found;
  for (const Json& entry : event.content["m.calls"].elements()) {
    if (entry.string_at("m.call_id") != conf_id) continue;
    if (found.exists()) return {}; /* matrix-js-sdk reads the first one, Hydrogen all */
    found = entry;
  }
  std::vector<DeviceEntry> devices;
  std::set<std::string> known;
  for (const Json& json : found["m.devices"].elements()) {
    if (devices.size() >= max_devices) break;
    auto device = read_device(json);
    if (device && known.insert(device->device_id).second) devices.push_back(std::move(*device));
  }
  return devices;
}

std::optional<Json> write_member_devices(const Json& current, std::string_view conf_id,
                                         std::string_view device_id,
                                         const std::optional<DeviceEntry>& own, Time now) {
  if (belongs_to_another_kind(current)) return std::nullopt;
  std::vector<Json> calls;
  std::vector<Json> devices;
  std::set<std::string> known;
  Json ours;
  for (const Json& entry : current["m.calls"].elements()) {
    if (entry.string_at("m.call_id") != conf_id) {
      /* Hydrogen stops syncing at an entry that is no object. */
      if (entry.is_object()) calls.push_back(entry);
      continue;
    }
    if (!ours.exists()) ours = entry;
    add_other_devices(entry, device_id, now, devices, known);
  }
  if (own) devices.push_back(write_device(*own));
  if (!devices.empty())
    calls.push_back(JsonObjectBuilder(ours)
                        .set("m.call_id", conf_id)
                        .set("m.devices", json_array(devices))
                        .build());
  return with_calls(current, calls);
}

bool lists_device(const Json& content, std::string_view device_id) {
  const auto calls = content["m.calls"].elements();
  return std::any_of(calls.begin(), calls.end(),
                     [&](const Json& entry) { return lists_device_in_entry(entry, device_id); });
}

std::optional<Json> remove_device_everywhere(const Json& current, std::string_view device_id,
                                             Time now) {
  if (!lists_device(current, device_id)) return std::nullopt;
  std::vector<Json> calls;
  for (const Json& entry : current["m.calls"].elements()) {
    if (!lists_device_in_entry(entry, device_id)) {
      if (entry.is_object()) calls.push_back(entry);
      continue;
    }
    std::vector<Json> devices;
    std::set<std::string> known;
    add_other_devices(entry, device_id, now, devices, known);
    if (!devices.empty())
      calls.push_back(JsonObjectBuilder(entry).set("m.devices", json_array(devices)).build());
  }
  return with_calls(current, calls);
}

}  // namespace matrix
