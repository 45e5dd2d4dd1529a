/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signalling/base/glib_ptr.h"
#include "signalling/base/result.h"

GLIB_COUNTED(JsonNode, json_node_ref, json_node_unref);

/* JSON as foreign parties write it: every reader is tolerant, none asserts. */
namespace matrix {

/* An immutable JSON value, shared when copied. Readers of a missing or differently
 * typed member give an empty optional, an empty Json or an empty list. Compares by
 * content. Reentrant. */
class Json {
 public:
  Json() = default; /* nothing: neither null nor {} */

  /* Objects and arrays nested deeper than 64 levels are an Error, as is bad UTF-8. */
  static rtc::Result<Json> parse(std::string_view text);
  static Json string(std::string_view value);
  static Json integer(std::int64_t value);
  static Json boolean(bool value);
  static Json adopt(JsonNode* node) { return Json(glib::Ref<JsonNode>::adopt(node)); }

  bool exists() const { return static_cast<bool>(node_); }
  bool is_object() const;
  bool is_array() const;

  /* This value itself. as_integer() takes 5 and 5.0, not 5.5 and not "5". */
  std::optional<std::string> as_string() const;
  std::optional<std::int64_t> as_integer() const;
  std::optional<bool> as_boolean() const;
  /* As JavaScript: everything but absent, null, false, 0 and "". */
  bool truthy() const;

  /* A member of an object. */
  Json operator[](const char* key) const;
  bool has(const char* key) const { return (*this)[key].exists(); }
  std::optional<std::string> string_at(const char* key) const { return (*this)[key].as_string(); }
  std::optional<std::int64_t> integer_at(const char* key) const {
    return (*this)[key].as_integer();
  }
  std::optional<bool> boolean_at(const char* key) const { return (*this)[key].as_boolean(); }

  /* Elements of an array, members of an object in the order of the text. */
  std::vector<Json> elements() const;
  void for_each_member(const std::function<void(const char* key, const Json&)>& visit) const;

  /* Compact text; "" for nothing. */
  std::string text() const;
  JsonNode* node() const { return node_.get(); }

  bool operator==(const Json& other) const;

 private:
  explicit Json(glib::Ref<JsonNode> node) : node_(std::move(node)) {}
  glib::Ref<JsonNode> node_;
};

/* {"key": value, ...}; a later set() of a key replaces an earlier one. */
class JsonObjectBuilder {
 public:
  JsonObjectBuilder();
  /* Starts from a copy of @object's members, if it is an object. */
  explicit JsonObjectBuilder(const Json& object);
  JsonObjectBuilder& set(const char* key, const Json& value);
  JsonObjectBuilder& set(const char* key, std::string_view value);
  JsonObjectBuilder& set(const char* key, const char* value);
  JsonObjectBuilder& set(const char* key, std::int64_t value);
  JsonObjectBuilder& set(const char* key, int value);
  JsonObjectBuilder& set(const char* key, bool value);
  Json build();

 private:
  glib::Ref<JsonNode> node_;
};

Json json_array(const std::vector<Json>& elements);

}  // namespace matrix
