/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/canonical_json.h"

#include <algorithm>
#include <string_view>

#include "signalling/core/identifier.h"

namespace matrix {
namespace {

void append_string(std::string& text, std::string_view value) {
  static constexpr const char* digits = "0123456789abcdef";
  text += '"';
  for (const char c : value) {
    switch (c) {
      case '"':
        text += "\\\"";
        break;
      case '\\':
        text += "\\\\";
        break;
      case '\b':
        text += "\\b";
        break;
      case '\f':
        text += "\\f";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\r':
        text += "\\r";
        break;
      case '\t':
        text += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          text += "\\u00";
          text += digits[static_cast<unsigned char>(c) >> 4];
          text += digits[c & 15];
        } else {
          text += c;
        }
    }
  }
  text += '"';
}

bool append_value(std::string& text, const Json& value);

bool append_object(std::string& text, const Json& object) {
  std::vector<std::pair<std::string, Json>> members;
  object.for_each_member(
      [&](const char* key, const Json& member) { members.emplace_back(key, member); });
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  text += '{';
  bool good = true;
  for (const auto& [key, member] : members) {
    if (text.back() != '{') text += ',';
    append_string(text, key);
    text += ':';
    good = good && append_value(text, member);
  }
  text += '}';
  return good;
}

bool append_array(std::string& text, const Json& array) {
  text += '[';
  bool good = true;
  for (const auto& element : array.elements()) {
    if (text.back() != '[') text += ',';
    good = good && append_value(text, element);
  }
  text += ']';
  return good;
}

bool append_value(std::string& text, const Json& value) {
  if (value.is_object()) return append_object(text, value);
  if (value.is_array()) return append_array(text, value);
  if (const auto string = value.as_string()) {
    append_string(text, *string);
    return true;
  }
  if (const auto flag = value.as_boolean()) {
    text += *flag ? "true" : "false";
    return true;
  }
  if (value.exists() && JSON_NODE_HOLDS_NULL(value.node())) {
    text += "null";
    return true;
  }
  const auto number = value.as_integer();
  if (!number || *number > max_safe_integer || *number < -max_safe_integer) return false;
  text += std::to_string(*number);
  return true;
}

}  // namespace

std::optional<std::string> canonical_json(const Json& value) {
  std::string text;
  if (!append_value(text, value)) return std::nullopt;
  return text;
}

Json without(const Json& object, std::initializer_list<const char*> keys) {
  JsonObjectBuilder rest;
  object.for_each_member([&](const char* key, const Json& value) {
    const bool left_out = std::any_of(keys.begin(), keys.end(), [key](const char* other) {
      return std::string_view(key) == other;
    });
    if (!left_out) rest.set(key, value);
  });
  return rest.build();
}

}  // namespace matrix
