/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench_room MEMBERS: a homeserver with a room of so many members, that sends them all at the first
 * sync, as one does that does not know lazy loading. Says URL, token and room for the one that is
 * to join the call there, and how many bytes the first sync has; runs until the end of input. */
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "signalling/core/member_events.h"
#include "tests/signalling/fake_homeserver.h"

namespace {

constexpr const char* owner = "@owner:fake";
constexpr const char* awaited = "@zoe:fake";

std::string state(const std::string& type, const std::string& key, const std::string& sender,
                  const std::string& content) {
  return R"({"type":")" + type + R"(","state_key":")" + key + R"(","sender":")" + sender +
         R"(","event_id":"$)" + type + key + R"(","origin_server_ts":1700000000000,"content":)" +
         content + R"(,"unsigned":{"age":86400000}})";
}

std::string member(const std::string& user) {
  return state("m.room.member", user, user,
               R"({"membership":"join","displayname":"Somebody called )" + user +
                   R"(","avatar_url":"mxc://example.org/AbCdEfGhIjKlMnOpQrStUvWx"})");
}

/* The position is beyond all that comes later, so the next sync waits. */
std::string first_sync(const std::string& room, int members) {
  std::string events =
      state(matrix::call_event_type, "call", owner, matrix::write_conference({}, "").text()) + "," +
      member(awaited);
  for (int i = 0; i < members; i++) events += "," + member("@member" + std::to_string(i) + ":fake");
  return R"({"next_batch":"s1000000000","rooms":{"join":{")" + room + R"(":{"state":{"events":[)" +
         events + R"(]},"timeline":{"events":[]}}}}})";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  fake::Homeserver server;
  server.add_user(owner, "OWNER");
  const std::string room = server.add_room(owner);
  const std::string token = server.add_user(awaited, "DEVICE");
  server.set_state(room, awaited, "m.room.member", awaited, R"({"membership":"join"})");
  const std::string body = first_sync(room, std::atoi(argv[1]));
  server.set_hook([&](const fake::Request& request) -> std::optional<fake::Answer> {
    const bool first =
        request.path.ends_with("/sync") && request.query.find("since=") == std::string::npos;
    if (!first) return std::nullopt;
    return fake::Answer{.status = 200, .body = body, .headers = {}};
  });
  std::cout << server.url() << ' ' << token << ' ' << room << ' ' << body.size() << std::endl;
  for (std::string line; std::getline(std::cin, line);) continue;
}
