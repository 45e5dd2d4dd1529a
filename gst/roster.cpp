/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/roster.h"

#include <json-glib/json-glib.h>

GLIB_OBJECT(JsonBuilder);
GLIB_OBJECT(JsonParser);
GLIB_COUNTED(JsonNode, json_node_ref, json_node_unref);

namespace media {

using glib::Ref;
using glib::Unique;

namespace {

constexpr const char* event_name = "matrixcall/roster";
constexpr unsigned version = 1;

void add_text(JsonBuilder* builder, const char* field, const std::string& value) {
  json_builder_set_member_name(builder, field);
  json_builder_add_string_value(builder, value.c_str());
}

std::string to_json(const Roster& roster) {
  const auto builder = Ref<JsonBuilder>::adopt(json_builder_new());
  json_builder_begin_array(builder.get());
  for (const RosterEntry& entry : roster) {
    json_builder_begin_object(builder.get());
    add_text(builder.get(), "user-id", entry.user_id);
    add_text(builder.get(), "device-id", entry.device_id);
    add_text(builder.get(), "session-id", entry.session_id);
    add_text(builder.get(), "display-name", entry.display_name);
    json_builder_set_member_name(builder.get(), "joined");
    json_builder_add_int_value(builder.get(), entry.joined);
    json_builder_end_object(builder.get());
  }
  json_builder_end_array(builder.get());
  const auto root = Ref<JsonNode>::adopt(json_builder_get_root(builder.get()));
  return Unique<char>(json_to_string(root.get(), FALSE)).get();
}

std::string text(JsonObject* object, const char* field) {
  return json_object_get_string_member_with_default(object, field, "");
}

RosterEntry read_entry(JsonObject* object) {
  return {.user_id = text(object, "user-id"),
          .device_id = text(object, "device-id"),
          .session_id = text(object, "session-id"),
          .display_name = text(object, "display-name"),
          .joined = json_object_get_int_member_with_default(object, "joined", 0)};
}

std::optional<Roster> from_json(const char* json) {
  const auto parser = Ref<JsonParser>::adopt(json_parser_new());
  if (!json_parser_load_from_data(parser.get(), json, -1, nullptr)) return std::nullopt;
  JsonNode* root = json_parser_get_root(parser.get());
  if (!root || !JSON_NODE_HOLDS_ARRAY(root)) return std::nullopt;
  JsonArray* array = json_node_get_array(root);
  Roster roster;
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode* element = json_array_get_element(array, i);
    if (JSON_NODE_HOLDS_OBJECT(element))
      roster.push_back(read_entry(json_node_get_object(element)));
  }
  return roster;
}

}  // namespace

Ref<GstEvent> roster_event(const Roster& roster) {
  auto* structure = gst_structure_new(event_name, "version", G_TYPE_UINT, version, "participants",
                                      G_TYPE_STRING, to_json(roster).c_str(), nullptr);
  return Ref<GstEvent>::adopt(gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, structure));
}

std::optional<Roster> parse_roster(GstEvent* event) {
  if (!gst_event_has_name(event, event_name)) return std::nullopt;
  const GstStructure* structure = gst_event_get_structure(event);
  guint its_version = 0;
  const char* participants = gst_structure_get_string(structure, "participants");
  if (!participants || !gst_structure_get_uint(structure, "version", &its_version) ||
      its_version != version)
    return std::nullopt;
  return from_json(participants);
}

}  // namespace media
