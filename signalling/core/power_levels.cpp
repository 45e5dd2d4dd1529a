/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/power_levels.h"

#include <algorithm>
#include <charconv>

namespace matrix {

namespace {

constexpr std::int64_t default_state_level = 50;
constexpr std::int64_t creator_level = 100;
constexpr int first_version_with_ruling_creators = 12;

std::optional<std::int64_t> read_level(const Json& json) {
  if (const auto number = json.as_integer()) return number;
  const auto text = json.as_string();
  if (!text) return std::nullopt;
  std::int64_t level = 0;
  const char* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, level);
  if (error != std::errc() || rest != end) return std::nullopt;
  return level;
}

int read_room_version(const Json& content) {
  const auto version = content.string_at("room_version");
  int number = 1;
  if (version) std::from_chars(version->data(), version->data() + version->size(), number);
  return number;
}

}  // namespace

void PowerLevels::set_create_event(const RoomEvent& event) {
  const int version = read_room_version(event.content);
  creators_rule_ = version >= first_version_with_ruling_creators;
  creators_ = {event.sender};
  if (version < 11)
    if (auto creator = event.content.string_at("creator")) creators_ = {std::move(*creator)};
  if (!creators_rule_) return;
  for (const Json& json : event.content["additional_creators"].elements())
    if (auto creator = json.as_string()) creators_.push_back(std::move(*creator));
}

void PowerLevels::set_power_levels_event(const RoomEvent& event) {
  levels_ = event.content;
}

bool PowerLevels::is_creator(std::string_view user_id) const {
  return std::find(creators_.begin(), creators_.end(), user_id) != creators_.end();
}

std::int64_t PowerLevels::of_user(const std::string& user_id) const {
  if (creators_rule_ && is_creator(user_id)) return infinite;
  if (!levels_.exists()) return is_creator(user_id) ? creator_level : 0;
  if (const auto level = read_level(levels_["users"][user_id.c_str()])) return *level;
  return read_level(levels_["users_default"]).value_or(0);
}

std::int64_t PowerLevels::of_state(const std::string& type) const {
  if (const auto level = read_level(levels_["events"][type.c_str()])) return *level;
  /* Also without any m.room.power_levels, since MSC1304. */
  return read_level(levels_["state_default"]).value_or(default_state_level);
}

}  // namespace matrix
