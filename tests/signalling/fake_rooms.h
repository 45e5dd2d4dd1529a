/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "signalling/core/json.h"
#include "tests/signalling/fake_keys.h"

namespace fake {

struct Request {
  std::string method;
  std::string path;  /* as it came, percent-encoded */
  std::string query; /* as it came */
  std::string authorization;
  std::string body;
};

struct Answer {
  unsigned status = 200;
  std::string body = "{}";
  std::map<std::string, std::string> headers;
  std::chrono::milliseconds delay{0};
  bool never = false; /* the connection stays open and silent */
};

/* Users, rooms and to-device queues of a homeserver, and the requests on them. One
 * thread; Homeserver owns one and is what tests see. */
class Rooms {
 public:
  std::string add_user(const std::string& user_id, const std::string& device_id,
                       const std::string& password);
  std::string add_room(const std::string& creator, const std::string& alias, bool is_public);
  void set_state(const std::string& room_id, const std::string& sender, const std::string& type,
                 const std::string& key, const matrix::Json& content);
  std::string state(const std::string& room_id, const std::string& type,
                    const std::string& key) const;
  void send_to_device(const std::string& sender, const std::string& type, const std::string& user,
                      const std::string& device, const matrix::Json& content);
  Keys& keys() { return keys_; }
  void announce_devices(const std::string& user);
  void set_turn(std::string body) { turn_ = std::move(body); }
  size_t devices() const { return devices_.size(); }

  /* Nothing if it is a sync without news: ask again when something has changed. */
  std::optional<Answer> handle(const Request& request);
  /* The same, as if the sync's time were up. */
  Answer sync_timed_out() const;

 private:
  struct Event {
    std::int64_t position = 0;
    std::string id;
    std::string type;
    std::string state_key;
    std::string sender;
    std::int64_t time = 0;
    matrix::Json content;
    matrix::Json json() const;
  };
  struct Room {
    std::string alias;
    bool is_public = true;
    std::vector<Event> log;
    std::map<std::pair<std::string, std::string>, Event> state;
    std::string membership(const std::string& user) const;
    std::int64_t level(const std::string& user) const;
    std::int64_t level_for(const std::string& type) const;
  };
  struct Device {
    std::string user_id;
    std::string device_id;
    std::deque<std::pair<std::int64_t, matrix::Json>> inbox;
    std::deque<std::pair<std::int64_t, std::string>> changed; /* users whose devices did */
  };
  using Path = std::vector<std::string>;

  Device* device_of(const Request& request);
  Answer login(const matrix::Json& body);
  Answer join(const Device& device, const std::string& room);
  Answer room_request(const Request& request, const Device& device, const Path& path);
  Answer put_state(const Request& request, const Device& device, const Path& path);
  Answer keys_request(const Request& request, const Device& device, const Path& path);
  Answer deliver(const Request& request, const Device& device, const Path& path);
  std::optional<Answer> sync(const Request& request, Device& device);
  matrix::Json room_news(const Room& room, const Device& device, std::int64_t since, bool lazy,
                         bool& left) const;
  Room* find_room(const std::string& id_or_alias, std::string* id);

  std::int64_t position_ = 1;
  std::map<std::string, std::string> passwords_; /* by user */
  std::map<std::string, Device> devices_;        /* by token */
  std::map<std::string, Room> rooms_;
  std::string turn_ = "{}";
  Keys keys_;
};

Answer refusal(unsigned status, const char* errcode, const char* error);

}  // namespace fake
