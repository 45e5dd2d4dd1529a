/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/world.h"

/* What a member of the room, and a careless device of our own user, may do. */
namespace world {

using namespace matrix;
using namespace std::chrono_literals;

void World::be_hostile() {
  counts_["hostile acts"]++;
  const int act = dice_.between(0, 11);
  if (act < 1) return list_many_devices();
  if (act < 3) return write_nonsense();
  if (act < 6) return invite_uninvited();
  if (act < 9) return overwrite_entry();
  forge_hangups();
}

/* In the name of every client's device, to every client. The call ids are those that
 * really are in use: the worst case, as if they could be known. */
void World::forge_hangups() {
  note("mallory forges hangups");
  for (const auto& one : clients_)
    for (const auto& two : clients_)
      for (const auto& [call_id, seq] : two->next_seq) {
        const Envelope envelope{call_id,         one->call ? one->call->call_id() : "",
                                two->device_id,  two->device_id,
                                two->session_id, one->session_id,
                                std::nullopt};
        deliver("@mallory:hs", {one->user_id, one->device_id}, {envelope, Hangup{}});
      }
}

/* Invites from devices that are not in the call. */
void World::invite_uninvited() {
  note("mallory invites");
  for (const auto& client : clients_)
    for (int i = 0; i < 12; i++) {
      const Envelope envelope{"m" + std::to_string(dice_.between(0, INT32_MAX)),
                              client->call ? client->call->call_id() : "",
                              "EVIL" + std::to_string(i),
                              "EVIL",
                              "s",
                              client->session_id,
                              0};
      const std::string sdp =
          "v=0\r\ns=evil\r\na=candidate:evil\r\nm=audio\r\na=candidate:evil\r\n";
      Invite invite;
      invite.offer.sdp = sdp;
      deliver("@mallory:hs", {client->user_id, client->device_id}, {envelope, invite});
    }
}

void World::write_nonsense() {
  constexpr const char* contents[] = {R"({"m.calls":5})", R"({"m.calls":[{"m.devices":7}]})",
                                      R"({"m.calls":[[],null,{"m.call_id":[]}]})", "{}"};
  const auto content = Json::parse(contents[dice_.between(0, 3)]);
  put_state("@mallory:hs", call_member_event_type, "@mallory:hs", *content);
  const auto terminated = Json::parse(R"({"m.intent":{"a":1},"m.terminated":[]})");
  put_state("@mallory:hs", call_event_type, "nonsense", *terminated);
}

void World::list_many_devices() {
  std::string devices;
  for (int i = 0; i < 400; i++) {
    devices += i ? "," : "";
    devices += R"({"device_id":"D)" + std::to_string(i) + R"(","session_id":"s","feeds":[],)" +
               R"("expires_ts":)" + std::to_string((time_.now() + 30s).count()) + "}";
  }
  for (const auto& client : clients_) {
    if (!client->call || client->call->call_id().empty()) continue;
    const auto content = Json::parse(R"({"m.calls":[{"m.call_id":")" + client->call->call_id() +
                                     R"(","m.devices":[)" + devices + "]}]}");
    return put_state("@mallory:hs", call_member_event_type, "@mallory:hs", *content);
  }
}

/* Another device of the same user writes what it had read before ours was there. */
void World::overwrite_entry() {
  const auto& client = clients_[static_cast<size_t>(dice_.between(0, int(clients_.size()) - 1))];
  put_state(client->user_id, call_member_event_type, client->user_id,
            *Json::parse(R"({"m.calls":[]})"));
}

}  // namespace world
