/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/room_state.h"

#include <algorithm>

#include "signalling/core/identifier.h"

namespace matrix {

namespace {

constexpr size_t max_display_name_bytes = 255;
/* Conferences that were started within this time of each other were started by users
 * who did not know of each other. */
constexpr Time glare_window{10000};

/* At most max_display_name_bytes, whole characters, on one line. */
std::string shown_name(std::string name) {
  if (name.size() > max_display_name_bytes) {
    size_t end = max_display_name_bytes;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) end--;
    name.resize(end);
  }
  for (char& c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return name;
}

/* Newest first, of the same age the lower id first. */
bool is_newer(const Conference* a, const Conference* b) {
  if (a->origin_server_ts != b->origin_server_ts) return a->origin_server_ts > b->origin_server_ts;
  return a->id < b->id;
}

/* The conference that @chosen was in glare with and that was started first. */
const Conference* first_in_glare(const Conference* chosen,
                                 std::vector<const Conference*> candidates) {
  std::sort(candidates.begin(), candidates.end(), is_newer);
  for (const Conference* older : candidates)
    if (older->origin_server_ts < chosen->origin_server_ts &&
        older->origin_server_ts + glare_window >= chosen->origin_server_ts)
      chosen = older;
  /* Of the same age the lower id. */
  for (const Conference* twin : candidates)
    if (twin->origin_server_ts == chosen->origin_server_ts && twin->id < chosen->id) chosen = twin;
  return chosen;
}

/* The newest, or the one that it was in glare with. */
const Conference* choose(const std::vector<const Conference*>& candidates) {
  if (candidates.empty()) return nullptr;
  return first_in_glare(*std::min_element(candidates.begin(), candidates.end(), is_newer),
                        candidates);
}

}  // namespace

bool RoomState::apply(const RoomEvent& event) {
  if (event.type == "m.room.redaction") return apply_redaction(event);
  if (!event.state_key || event.state_key->size() > max_id_bytes) return false;
  if (event.type == "m.room.member") return apply_member(event);
  if (event.type == call_event_type) return apply_conference(event);
  if (event.type == call_member_event_type) return apply_call_member(event);
  if (!event.state_key->empty()) return false;
  if (event.type == "m.room.create") {
    power_levels_.set_create_event(event);
    return true;
  }
  if (event.type == "m.room.power_levels") {
    power_levels_.set_power_levels_event(event);
    return true;
  }
  return false;
}

bool RoomState::apply_member(const RoomEvent& event) {
  const std::string& user_id = *event.state_key;
  if (event.content.string_at("membership") != "join") return names_.erase(user_id) > 0;
  auto name = shown_name(event.content.string_at("displayname").value_or(""));
  const auto [entry, added] = names_.try_emplace(user_id);
  if (!added && entry->second == name) return false;
  entry->second = std::move(name);
  return true;
}

bool RoomState::apply_conference(const RoomEvent& event) {
  const std::string& id = *event.state_key;
  const auto content = read_conference(event.content);
  if (!is_identifier(id) || !content || content->terminated) return conferences_.erase(id) > 0;
  Conference conference{id, event.sender, event.event_id, event.origin_server_ts, *content};
  const auto [entry, added] = conferences_.try_emplace(id);
  if (!added && entry->second == conference) return false;
  entry->second = std::move(conference);
  return true;
}

bool RoomState::apply_call_member(const RoomEvent& event) {
  if (*event.state_key != event.sender) return false;
  call_members_.insert_or_assign(event.sender, event);
  return true;
}

bool RoomState::apply_redaction(const RoomEvent& event) {
  /* Room version 11 moved it into the content. */
  const auto target =
      event.redacts.empty() ? event.content.string_at("redacts").value_or("") : event.redacts;
  if (target.empty()) return false;
  const auto redacted = [&](const auto& entry) { return entry.second.event_id == target; };
  return std::erase_if(conferences_, redacted) + std::erase_if(call_members_, redacted) > 0;
}

const std::string& RoomState::display_name(const std::string& user_id) const {
  const auto entry = names_.find(user_id);
  return entry == names_.end() || entry->second.empty() ? user_id : entry->second;
}

const Conference* RoomState::conference(const std::string& id) const {
  const auto entry = conferences_.find(id);
  return entry == conferences_.end() ? nullptr : &entry->second;
}

/* Everybody has to end in the same conference, so it is the one where people are. Of
 * several of those, and of several empty ones (matrix-js-sdk leaves them behind), the
 * newest: that is what a matrix-js-sdk takes when it starts, and what MSC3401 wants
 * shown. But of two started at the same time the older, since the user who started the
 * newer is about to move there, and clients that were running have seen it first. */
const Conference* RoomState::find_conference(Time now, const std::string& wanted) const {
  if (!wanted.empty()) return conference(wanted);
  std::vector<const Conference*> inhabited;
  std::vector<const Conference*> all;
  for (const auto& [id, conference] : conferences_) {
    all.push_back(&conference);
    if (is_inhabited(conference, now)) inhabited.push_back(&conference);
  }
  return choose(inhabited.empty() ? all : inhabited);
}

const Conference* RoomState::find_earlier(const std::string& current) const {
  const Conference* from = conference(current);
  if (!from) return nullptr;
  std::vector<const Conference*> all;
  for (const auto& [id, conference] : conferences_) all.push_back(&conference);
  const Conference* first = first_in_glare(from, std::move(all));
  return first == from ? nullptr : first;
}

bool RoomState::is_inhabited(const Conference& conference, Time now) const {
  const auto listed = devices(conference.id);
  return std::any_of(listed.begin(), listed.end(),
                     [&](const UserDevice& device) { return device.entry.expires_ts > now; });
}

const RoomEvent* RoomState::call_member_event(const std::string& user_id) const {
  const auto entry = call_members_.find(user_id);
  return entry == call_members_.end() ? nullptr : &entry->second;
}

std::vector<UserDevice> RoomState::devices(std::string_view conf_id) const {
  std::vector<UserDevice> devices;
  for (const auto& [user_id, event] : call_members_) {
    if (!is_joined(user_id)) continue;
    for (auto& entry : read_member_devices(event, conf_id))
      devices.push_back({user_id, std::move(entry)});
  }
  return devices;
}

rtc::Error state_refused(const RoomState& room, const std::string& user_id, const std::string& type,
                         const std::string& detail) {
  const auto has = room.power_levels().of_user(user_id);
  const auto needs = room.power_levels().of_state(type);
  if (has >= needs)
    return {rtc::Error::Kind::Denied,
            "The server does not let " + user_id + " send " + type + " in this room.", detail};
  return {rtc::Error::Kind::Denied,
          user_id + " may not take part in calls here: sending " + type + " needs power level " +
              std::to_string(needs) + " in this room, and the user has " + std::to_string(has) +
              ". Ask a moderator of the room to lower the former or to raise the latter.",
          detail};
}

}  // namespace matrix
