/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/json.h"

#include <cmath>

GLIB_OBJECT(JsonParser);
GLIB_OBJECT(JsonGenerator);
GLIB_FREE(GList, g_list_free);

namespace matrix {

using glib::Ref;
using glib::Unique;

namespace {

constexpr int max_depth = 64;

/* Our own check comes before json-glib's parser, which recurses without bound. */
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); i++) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > max_depth) return true;
    } else if (c == '}' || c == ']') {
      depth--;
    }
  }
  return false;
}

JsonNode* value_node(JsonNodeType type) {
  return json_node_new(type);
}

}  // namespace

rtc::Result<Json> Json::parse(std::string_view text) {
  const auto malformed = [](const char* why) {
    return rtc::Error{rtc::Error::Kind::Protocol, "The server's answer is not valid JSON.", why};
  };
  if (!g_utf8_validate_len(text.data(), text.size(), nullptr)) return malformed("not UTF-8");
  if (too_deep(text)) return malformed("nested too deeply");
  auto parser = Ref<JsonParser>::adopt(json_parser_new_immutable());
  GError* raw = nullptr;
  const bool parsed =
      json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()), &raw);
  Unique<GError> error(raw);
  if (!parsed) return malformed(error ? error->message : "unreadable");
  JsonNode* root = json_parser_get_root(parser.get());
  if (!root) return malformed("empty");
  return Json(Ref<JsonNode>::share(root));
}

Json Json::string(std::string_view value) {
  auto* node = value_node(JSON_NODE_VALUE);
  json_node_set_string(node, std::string(value).c_str());
  return adopt(node);
}

Json Json::integer(std::int64_t value) {
  auto* node = value_node(JSON_NODE_VALUE);
  json_node_set_int(node, value);
  return adopt(node);
}

Json Json::boolean(bool value) {
  auto* node = value_node(JSON_NODE_VALUE);
  json_node_set_boolean(node, value);
  return adopt(node);
}

bool Json::is_object() const {
  return node_ && JSON_NODE_HOLDS_OBJECT(node_.get());
}
bool Json::is_array() const {
  return node_ && JSON_NODE_HOLDS_ARRAY(node_.get());
}

std::optional<std::string> Json::as_string() const {
  if (!node_ || !JSON_NODE_HOLDS_VALUE(node_.get()) ||
      json_node_get_value_type(node_.get()) != G_TYPE_STRING)
    return std::nullopt;
  return json_node_get_string(node_.get());
}

std::optional<std::int64_t> Json::as_integer() const {
  if (!node_ || !JSON_NODE_HOLDS_VALUE(node_.get())) return std::nullopt;
  const GType type = json_node_get_value_type(node_.get());
  if (type == G_TYPE_INT64) return json_node_get_int(node_.get());
  if (type != G_TYPE_DOUBLE) return std::nullopt;
  const double value = json_node_get_double(node_.get());
  constexpr double exact = 9007199254740992.0; /* 2^53 */
  if (std::trunc(value) != value || std::fabs(value) > exact) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<bool> Json::as_boolean() const {
  if (!node_ || !JSON_NODE_HOLDS_VALUE(node_.get()) ||
      json_node_get_value_type(node_.get()) != G_TYPE_BOOLEAN)
    return std::nullopt;
  return json_node_get_boolean(node_.get()) != FALSE;
}

bool Json::truthy() const {
  if (!node_ || JSON_NODE_HOLDS_NULL(node_.get())) return false;
  if (!JSON_NODE_HOLDS_VALUE(node_.get())) return true;
  if (const auto text = as_string()) return !text->empty();
  if (const auto flag = as_boolean()) return *flag;
  return json_node_get_double(node_.get()) != 0;
}

Json Json::operator[](const char* key) const {
  if (!is_object()) return {};
  return Json(Ref<JsonNode>::share(json_object_get_member(json_node_get_object(node_.get()), key)));
}

std::vector<Json> Json::elements() const {
  std::vector<Json> result;
  if (!is_array()) return result;
  JsonArray* array = json_node_get_array(node_.get());
  const guint length = json_array_get_length(array);
  result.reserve(length);
  for (guint i = 0; i < length; i++)
    result.push_back(Json(Ref<JsonNode>::share(json_array_get_element(array, i))));
  return result;
}

void Json::for_each_member(const std::function<void(const char* key, const Json&)>& visit) const {
  if (!is_object()) return;
  JsonObject* object = json_node_get_object(node_.get());
  const Unique<GList> keys(json_object_get_members(object));
  for (GList* item = keys.get(); item; item = item->next) {
    const auto* key = static_cast<const char*>(item->data);
    visit(key, (*this)[key]);
  }
}

std::string Json::text() const {
  if (!node_) return "";
  const Unique<char> text(json_to_string(node_.get(), FALSE));
  return text.get();
}

bool Json::operator==(const Json& other) const {
  if (!node_ || !other.node_) return !node_ && !other.node_;
  return json_node_equal(node_.get(), other.node_.get()) != FALSE;
}

JsonObjectBuilder::JsonObjectBuilder()
    : node_(Ref<JsonNode>::adopt(json_node_new(JSON_NODE_OBJECT))) {
  json_node_take_object(node_.get(), json_object_new());
}

JsonObjectBuilder::JsonObjectBuilder(const Json& object) : JsonObjectBuilder() {
  object.for_each_member([this](const char* key, const Json& value) { set(key, value); });
}

JsonObjectBuilder& JsonObjectBuilder::set(const char* key, const Json& value) {
  if (value.exists())
    json_object_set_member(json_node_get_object(node_.get()), key, json_node_copy(value.node()));
  return *this;
}

JsonObjectBuilder& JsonObjectBuilder::set(const char* key, std::string_view value) {
  return set(key, Json::string(value));
}

JsonObjectBuilder& JsonObjectBuilder::set(const char* key, const char* value) {
  return set(key, std::string_view(value));
}

JsonObjectBuilder& JsonObjectBuilder::set(const char* key, std::int64_t value) {
  return set(key, Json::integer(value));
}

JsonObjectBuilder& JsonObjectBuilder::set(const char* key, int value) {
  return set(key, static_cast<std::int64_t>(value));
}

JsonObjectBuilder& JsonObjectBuilder::set(const char* key, bool value) {
  return set(key, Json::boolean(value));
}

Json JsonObjectBuilder::build() {
  json_node_seal(node_.get());
  return Json::adopt(std::exchange(node_, Ref<JsonNode>()).release());
}

Json json_array(const std::vector<Json>& elements) {
  JsonArray* array = json_array_new();
  for (const auto& element : elements)
    if (element.exists()) json_array_add_element(array, json_node_copy(element.node()));
  JsonNode* node = json_node_new(JSON_NODE_ARRAY);
  json_node_take_array(node, array);
  json_node_seal(node);
  return Json::adopt(node);
}

}  // namespace matrix
