/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/fake_rooms.h"

#include <set>

namespace fake {

using matrix::Json;
using matrix::JsonObjectBuilder;

namespace {

constexpr const char* prefix = "/_matrix/client/v3/";

std::string decoded(const std::string& text) {
  const glib::Unique<char> plain(g_uri_unescape_string(text.c_str(), nullptr));
  return plain ? plain.get() : "";
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text)
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

std::string query_value(const std::string& query, const std::string& name) {
  for (const auto& pair : split(query, '&'))
    if (pair.starts_with(name + "=")) return decoded(pair.substr(name.size() + 1));
  return "";
}

Json parse(const std::string& text) {
  auto json = Json::parse(text);
  return json.ok() ? *json : Json();
}

Answer answer(const Json& body) {
  Answer result;
  result.body = body.text();
  return result;
}

Json events(const std::vector<Json>& list) {
  return JsonObjectBuilder().set("events", matrix::json_array(list)).build();
}

}  // namespace

Answer refusal(unsigned status, const char* errcode, const char* error) {
  Answer result = answer(JsonObjectBuilder().set("errcode", errcode).set("error", error).build());
  result.status = status;
  return result;
}

Json Rooms::Event::json() const {
  return JsonObjectBuilder()
      .set("type", type)
      .set("state_key", state_key)
      .set("sender", sender)
      .set("event_id", id)
      .set("origin_server_ts", time)
      .set("content", content)
      .build();
}

std::string Rooms::Room::membership(const std::string& user) const {
  const auto event = state.find({"m.room.member", user});
  return event == state.end() ? "" : event->second.content.string_at("membership").value_or("");
}

std::int64_t Rooms::Room::level(const std::string& user) const {
  const auto event = state.find({"m.room.power_levels", ""});
  if (event == state.end()) return 0;
  const Json& levels = event->second.content;
  return levels["users"]
      .integer_at(user.c_str())
      .value_or(levels.integer_at("users_default").value_or(0));
}

std::int64_t Rooms::Room::level_for(const std::string& type) const {
  const auto event = state.find({"m.room.power_levels", ""});
  if (event == state.end()) return 0;
  const Json& levels = event->second.content;
  return levels["events"]
      .integer_at(type.c_str())
      .value_or(levels.integer_at("state_default").value_or(50));
}

std::string Rooms::add_user(const std::string& user_id, const std::string& device_id,
                            const std::string& password) {
  passwords_[user_id] = password;
  if (device_id.empty() && !password.empty()) return "";
  std::string token =
      "syt_secret_" + std::to_string(devices_.size()) + "_" + std::to_string(g_random_int());
  devices_[token] = {user_id, device_id, {}, {}};
  return token;
}

std::string Rooms::add_room(const std::string& creator, const std::string& alias, bool is_public) {
  std::string id = "!room" + std::to_string(rooms_.size()) + ":fake";
  rooms_[id].alias = alias;
  rooms_[id].is_public = is_public;
  set_state(id, creator, "m.room.create", "", parse(R"({"room_version":"10"})"));
  set_state(id, creator, "m.room.member", creator, parse(R"({"membership":"join"})"));
  const auto users = JsonObjectBuilder().set(creator.c_str(), 100).build();
  const auto calls = parse(R"({"org.matrix.msc3401.call":0,"org.matrix.msc3401.call.member":0})");
  set_state(id, creator, "m.room.power_levels", "",
            JsonObjectBuilder().set("users", users).set("events", calls).build());
  return id;
}

void Rooms::set_state(const std::string& room_id, const std::string& sender,
                      const std::string& type, const std::string& key, const Json& content) {
  Room& room = rooms_[room_id];
  Event event{.position = ++position_,
              .id = "$" + std::to_string(position_) + ":fake",
              .type = type,
              .state_key = key,
              .sender = sender,
              .time = g_get_real_time() / 1000,
              .content = content};
  room.log.push_back(event);
  room.state[{type, key}] = std::move(event);
}

std::string Rooms::state(const std::string& room_id, const std::string& type,
                         const std::string& key) const {
  const auto room = rooms_.find(room_id);
  if (room == rooms_.end()) return "";
  const auto event = room->second.state.find({type, key});
  return event == room->second.state.end() ? "" : event->second.content.text();
}

void Rooms::send_to_device(const std::string& sender, const std::string& type,
                           const std::string& user, const std::string& device,
                           const Json& content) {
  const auto event =
      JsonObjectBuilder().set("type", type).set("sender", sender).set("content", content).build();
  for (auto& [token, target] : devices_)
    if (target.user_id == user && target.device_id == device)
      target.inbox.emplace_back(++position_, event);
}

Rooms::Device* Rooms::device_of(const Request& request) {
  const std::string bearer = "Bearer ";
  if (!request.authorization.starts_with(bearer)) return nullptr;
  const auto device = devices_.find(request.authorization.substr(bearer.size()));
  return device == devices_.end() ? nullptr : &device->second;
}

Rooms::Room* Rooms::find_room(const std::string& id_or_alias, std::string* id) {
  for (auto& [room_id, room] : rooms_) {
    if (room_id != id_or_alias && (room.alias.empty() || room.alias != id_or_alias)) continue;
    *id = room_id;
    return &room;
  }
  return nullptr;
}

std::optional<Answer> Rooms::handle(const Request& request) {
  if (!request.path.starts_with(prefix)) return refusal(404, "M_UNRECOGNIZED", "Unrecognized");
  Path path;
  for (const auto& part : split(request.path.substr(std::string(prefix).size()), '/'))
    path.push_back(decoded(part));
  if (path[0] == "login") return login(parse(request.body));
  Device* device = device_of(request);
  if (!device) return refusal(401, "M_UNKNOWN_TOKEN", "Unknown access token");
  if (path[0] == "sync") return sync(request, *device);
  if (path[0] == "join" && path.size() == 2) return join(*device, path[1]);
  if (path[0] == "rooms") return room_request(request, *device, path);
  if (path[0] == "sendToDevice" && path.size() == 3) return deliver(request, *device, path);
  if (path[0] == "keys" && path.size() == 2) return keys_request(request, *device, path);
  if (path[0] == "voip") return Answer{.status = 200, .body = turn_, .headers = {}};
  if (path[0] == "account") {
    JsonObjectBuilder body;
    body.set("user_id", device->user_id);
    if (!device->device_id.empty()) body.set("device_id", device->device_id);
    return answer(body.build());
  }
  if (path[0] == "logout") {
    keys_.remove({device->user_id, device->device_id});
    announce_devices(device->user_id);
    devices_.erase(request.authorization.substr(std::string("Bearer ").size()));
    return Answer();
  }
  return refusal(404, "M_UNRECOGNIZED", "Unrecognized request");
}

Answer Rooms::login(const Json& body) {
  std::string user = body["identifier"].string_at("user").value_or("");
  if (!user.starts_with('@')) user = "@" + user + ":fake";
  const auto known = passwords_.find(user);
  if (known == passwords_.end() || known->second.empty() ||
      known->second != body.string_at("password").value_or(""))
    return refusal(403, "M_FORBIDDEN", "Invalid username or password");
  std::string device = body.string_at("device_id").value_or("");
  if (device.empty()) device = "MADE" + std::to_string(devices_.size());
  const std::string password = known->second;
  const std::string token = add_user(user, device, password);
  return answer(JsonObjectBuilder()
                    .set("user_id", user)
                    .set("device_id", device)
                    .set("access_token", token)
                    .build());
}

Answer Rooms::join(const Device& device, const std::string& name) {
  std::string id;
  Room* room = find_room(name, &id);
  if (!room) return refusal(404, "M_NOT_FOUND", "No such room");
  const std::string membership = room->membership(device.user_id);
  if (membership == "ban" || (!room->is_public && membership != "join" && membership != "invite"))
    return refusal(403, "M_FORBIDDEN", "You are not invited to this room.");
  if (membership != "join")
    set_state(id, device.user_id, "m.room.member", device.user_id,
              parse(R"({"membership":"join"})"));
  return answer(JsonObjectBuilder().set("room_id", id).build());
}

Answer Rooms::room_request(const Request& request, const Device& device, const Path& path) {
  if (path.size() != 5 || path[2] != "state") return refusal(404, "M_UNRECOGNIZED", "?");
  const auto room = rooms_.find(path[1]);
  if (room == rooms_.end() || room->second.membership(device.user_id) != "join")
    return refusal(403, "M_FORBIDDEN", "Not in the room");
  if (request.method == "PUT") return put_state(request, device, path);
  const std::string content = state(path[1], path[3], path[4]);
  return content.empty() ? refusal(404, "M_NOT_FOUND", "No such event")
                         : Answer{.status = 200, .body = content, .headers = {}};
}

Answer Rooms::put_state(const Request& request, const Device& device, const Path& path) {
  const Room& room = rooms_[path[1]];
  const bool foreign = path[4].starts_with('@') && path[4] != device.user_id;
  if (foreign || room.level(device.user_id) < room.level_for(path[3]))
    return refusal(403, "M_FORBIDDEN", "You don't have permission to post that to the room.");
  set_state(path[1], device.user_id, path[3], path[4], parse(request.body));
  return answer(JsonObjectBuilder().set("event_id", "$" + std::to_string(position_)).build());
}

Answer Rooms::keys_request(const Request& request, const Device& device, const Path& path) {
  const Json body = parse(request.body);
  if (path[1] == "query") return answer(keys_.query(body));
  if (path[1] == "claim") return answer(keys_.claim(body));
  if (path[1] != "upload") return refusal(404, "M_UNRECOGNIZED", "?");
  Answer uploaded = answer(keys_.upload({device.user_id, device.device_id}, body));
  if (body.has("device_keys")) announce_devices(device.user_id);
  return uploaded;
}

void Rooms::announce_devices(const std::string& user) {
  ++position_;
  for (auto& [token, device] : devices_) device.changed.emplace_back(position_, user);
}

Answer Rooms::deliver(const Request& request, const Device& device, const Path& path) {
  const std::string sender = device.user_id;
  parse(request.body)["messages"].for_each_member([&](const char* user, const Json& devices) {
    devices.for_each_member([&](const char* target, const Json& content) {
      send_to_device(sender, path[1], user, target, content);
    });
  });
  return {};
}

Json Rooms::room_news(const Room& room, const Device& device, std::int64_t since, bool lazy,
                      bool& left) const {
  const auto member = room.state.find({"m.room.member", device.user_id});
  if (member == room.state.end()) return {};
  std::vector<Json> state;
  std::vector<Json> timeline;
  if (room.membership(device.user_id) != "join") {
    left = since > 0 && member->second.position > since;
    return left ? JsonObjectBuilder().build() : Json();
  }
  if (since < member->second.position) {
    for (const auto& [key, event] : room.state)
      if (!lazy || key.first != "m.room.member" || key.second == device.user_id)
        state.push_back(event.json());
  } else {
    for (const auto& event : room.log)
      if (event.position > since) timeline.push_back(event.json());
    if (timeline.empty()) return {};
  }
  return JsonObjectBuilder().set("state", events(state)).set("timeline", events(timeline)).build();
}

std::optional<Answer> Rooms::sync(const Request& request, Device& device) {
  const std::string since_text = query_value(request.query, "since");
  const std::int64_t since = since_text.empty() ? 0 : std::stoll(since_text.substr(1));
  const Json filter = parse(query_value(request.query, "filter"));
  const bool lazy = filter["room"]["state"].boolean_at("lazy_load_members").value_or(false);
  std::set<std::string> wanted;
  for (const auto& room : filter["room"]["rooms"].elements())
    wanted.insert(room.as_string().value_or(""));
  JsonObjectBuilder joined;
  JsonObjectBuilder gone;
  const bool full_state = query_value(request.query, "full_state") == "true";
  bool news = since == 0 || full_state;
  for (const auto& [id, room] : rooms_) {
    bool left = false;
    if (!wanted.empty() && !wanted.contains(id)) continue;
    const Json section = room_news(room, device, full_state ? 0 : since, lazy, left);
    if (section.exists()) (left ? gone : joined).set(id.c_str(), section);
    news = news || section.exists();
  }
  std::vector<Json> messages;
  while (!device.inbox.empty() && device.inbox.front().first <= since) device.inbox.pop_front();
  for (const auto& [position, event] : device.inbox) messages.push_back(event);
  while (!device.changed.empty() && device.changed.front().first <= since)
    device.changed.pop_front();
  std::vector<Json> changed;
  for (const auto& [position, user] : device.changed) changed.push_back(Json::string(user));
  if (!news && messages.empty() && changed.empty()) return std::nullopt;
  const Keys::Device id{device.user_id, device.device_id};
  std::vector<Json> unused;
  if (keys_.has_unused_fallback(id)) unused.push_back(Json::string("signed_curve25519"));
  return answer(
      JsonObjectBuilder()
          .set("next_batch", "s" + std::to_string(position_))
          .set("rooms",
               JsonObjectBuilder().set("join", joined.build()).set("leave", gone.build()).build())
          .set("to_device", events(messages))
          .set("device_lists",
               JsonObjectBuilder().set("changed", matrix::json_array(changed)).build())
          .set("device_one_time_keys_count",
               JsonObjectBuilder().set("signed_curve25519", keys_.count(id)).build())
          .set("device_unused_fallback_key_types", matrix::json_array(unused))
          .build());
}

Answer Rooms::sync_timed_out() const {
  return answer(JsonObjectBuilder().set("next_batch", "s" + std::to_string(position_)).build());
}

}  // namespace fake
