/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/mesh.h"

#include <glib.h>

#include "tests/signalling/pick.h"

using namespace matrix;
using namespace std::chrono_literals;

namespace {

constexpr Time t0 = 1'700'000'000'000ms;
const SessionDescription offer{SessionDescription::Type::Offer, "v=0 offer"};
const SessionDescription answer{SessionDescription::Type::Answer, "v=0 answer"};

/* Our mesh, in a room. We are in the middle of all ids. */
struct Fixture {
  explicit Fixture(MeshLimits limits = {})
      : mesh({{"@m:hs", "US"},
              "our-session",
              "conf",
              media,
              selection,
              random,
              tokens,
              numbers,
              last_peer,
              ended,
              dropped},
             limits, room) {}

  void join_room(const std::string& user_id, const char* membership = "join") {
    RoomEvent event;
    event.type = "m.room.member";
    event.state_key = event.sender = user_id;
    event.content = JsonObjectBuilder().set("membership", membership).build();
    room.apply(event);
  }
  /* @devices: "DEVICE/session" of each. */
  Effects list(const std::string& user_id, const std::vector<std::string>& devices, Time now = t0) {
    std::string text;
    for (const auto& device : devices) {
      const size_t slash = device.find('/');
      text += (text.empty() ? "" : ",") + (R"({"device_id":")" + device.substr(0, slash)) +
              R"(","session_id":")" + device.substr(slash + 1) + R"(","expires_ts":)" +
              std::to_string((t0 + 1h).count()) + R"(,"feeds":[]})";
    }
    RoomEvent event;
    event.type = call_member_event_type;
    event.state_key = event.sender = user_id;
    event.content =
        *Json::parse(R"({"m.calls":[{"m.call_id":"conf","m.devices":[)" + text + "]}]}");
    room.apply(event);
    return mesh.room_changed(now);
  }
  static CallMessage message(const char* device, const char* session, const char* call_id,
                             std::optional<std::int64_t> seq, Signal signal) {
    return {{call_id, "conf", device, device, session, "our-session", seq}, std::move(signal)};
  }
  static CallMessage invite(const char* device, const char* session, const char* call_id = "call") {
    Invite invite;
    invite.offer = offer;
    return message(device, session, call_id, 0, invite);
  }
  /* Alice, who calls us, is connected as peer 1. */
  void connect_alice() {
    join_room("@a:hs");
    list("@a:hs", {"A/s"});
    mesh.receive("@a:hs", invite("A", "s"), t0);
    mesh.local_description(1, answer, t0);
    mesh.remote_tracks(1, {{"0", rtc::MediaKind::Audio, "stream", true}}, t0);
    mesh.peer_state(1, rtc::PeerState::Connected, t0);
  }

  Random random{{1, 2, 3}};
  LocalMedia media;
  Selection selection;
  Tokens tokens;
  FeedNumbers numbers;
  rtc::PeerId last_peer = 0;
  EndedCalls ended;
  Counters dropped;
  RoomState room;
  Mesh mesh;
};

void has_a_leg_for_each_device_of_each_joined_member_but_ours() {
  Fixture us;
  for (const char* user : {"@a:hs", "@m:hs", "@z:hs"}) us.join_room(user);
  g_assert_true(reports<ParticipantJoined>(us.list("@a:hs", {"A/s", "B/s"})).size() == 2);
  const auto effects = us.list("@m:hs", {"US/our-session", "VS/s"});
  g_assert_true(reports<ParticipantJoined>(effects).size() == 1);
  g_assert_true(pick<CreateOffer>(effects).size() == 1); /* VS is higher than US */
  g_assert_true(pick<CreateOffer>(us.list("@z:hs", {"A/s"})).size() == 1);
  g_assert_true(us.list("@stranger:hs", {"A/s"}).empty());
}

void lets_go_of_who_leaves_the_room() {
  Fixture us;
  us.connect_alice();
  us.join_room("@a:hs", "leave");
  us.mesh.room_changed(t0);
  g_assert_true(reports<ParticipantLeft>(us.mesh.on_timeout(t0 + 2s)).size() == 1);
  g_assert_false(us.mesh.next_deadline().has_value());
}

void ends_the_old_session_of_a_device_without_a_word() {
  Fixture us;
  us.connect_alice();
  const auto effects = us.list("@a:hs", {"A/new"});
  g_assert_true(pick<SendToDevice>(effects).empty());
  g_assert_true(pick<ClosePeer>(effects).size() == 1);
  g_assert_true(reports<FeedRemoved>(effects).at(0).reason == "new-session");
  g_assert_true(reports<ParticipantJoined>(effects).size() == 1);
  us.mesh.receive("@a:hs", us.invite("A", "new", "call-2"), t0);
  us.mesh.local_description(2, answer, t0);
  us.mesh.remote_tracks(2, {{"0", rtc::MediaKind::Audio, "stream", true}}, t0);
  const auto added = reports<FeedAdded>(us.mesh.peer_state(2, rtc::PeerState::Connected, t0));
  g_assert_cmpuint(added.at(0).id.number, ==, 1);
}

/* What matrix-js-sdk falls for. */
void takes_a_message_from_its_sender_for_its_own_device_only() {
  Fixture us;
  us.connect_alice();
  us.join_room("@mallory:hs");
  us.list("@mallory:hs", {"M/s"});
  const auto hangup = [](const char* device, const char* session) {
    return Fixture::message(device, session, "call", std::nullopt, Hangup{});
  };
  g_assert_true(us.mesh.receive("@mallory:hs", hangup("A", "s"), t0).empty());
  g_assert_true(us.mesh.receive("@mallory:hs", hangup("M", "s"), t0).empty());
  g_assert_true(us.mesh.receive("@a:hs", hangup("B", "s"), t0).empty());
  g_assert_true(us.mesh.receive("@a:hs", hangup("A", "other"), t0).empty());
  CallMessage elsewhere = hangup("A", "s");
  elsewhere.envelope.dest_session_id = "an-older-session";
  g_assert_true(us.mesh.receive("@a:hs", elsewhere, t0).empty());
  elsewhere = hangup("A", "s");
  elsewhere.envelope.conf_id = "another";
  g_assert_true(us.mesh.receive("@a:hs", elsewhere, t0).empty());
  elsewhere = hangup("", "s");
  g_assert_true(us.mesh.receive("@a:hs", elsewhere, t0).empty());
  g_assert_true(us.mesh.receive("@m:hs", hangup("US", "our-session"), t0).empty());
  std::uint64_t dropped = 0;
  for (const auto& [why, count] : us.dropped) dropped += count;
  g_assert_cmpuint(dropped, ==, 8);
  g_assert_false(us.mesh.receive("@a:hs", hangup("A", "s"), t0).empty());
}

void prepares_for_few_and_only_for_members_of_the_room() {
  Fixture us;
  g_assert_true(us.mesh.receive("@stranger:hs", us.invite("S", "s"), t0).empty());
  us.join_room("@b:hs");
  us.join_room("@c:hs");
  size_t opened = 0;
  for (int user = 0; user < 20; user++) {
    const std::string id = "@u" + std::to_string(user) + ":hs";
    us.join_room(id);
    for (const char* device : {"A", "B", "C", "D"})
      opened += pick<OpenPeer>(us.mesh.receive(id, us.invite(device, "s"), t0)).size();
    g_assert_cmpuint(opened, <=, static_cast<size_t>(user + 1) * 2);
  }
  g_assert_cmpuint(opened, ==, 8);
}

void keeps_a_bounded_number_of_early_messages() {
  Fixture us;
  us.join_room("@a:hs");
  for (int i = 0; i < 20; i++)
    us.mesh.receive("@a:hs", us.invite(std::to_string(i).c_str(), "s"), t0);
  g_assert_cmpuint(us.dropped["too many from senders without an entry"], ==, 12);
  us.dropped.clear();
  for (int user = 0; user < 20; user++)
    for (int i = 0; i < 100; i++)
      us.mesh.receive("@u" + std::to_string(user) + ":hs",
                      us.message("A", "s", "call", i, Candidates{}), t0);
  g_assert_cmpuint(us.dropped["too many from senders without an entry"], ==, 2000 - (256 - 8));
  us.mesh.on_timeout(t0 + 60s);
  g_assert_false(us.mesh.next_deadline().has_value());
}

void ignores_devices_beyond_what_one_user_may_have() {
  Fixture us({50, 5});
  us.join_room("@a:hs");
  std::vector<std::string> devices;
  devices.reserve(400);
  for (int i = 0; i < 400; i++) devices.push_back("D" + std::to_string(i) + "/s");
  const auto effects = us.list("@a:hs", devices);
  g_assert_true(reports<ParticipantJoined>(effects).size() == 5);
  g_assert_true(reports<ParticipantTrouble>(effects).size() == 1);
  g_assert_cmpuint(us.dropped["too many devices of a user"], ==, 395);
  g_assert_true(us.list("@a:hs", devices).empty());
  g_assert_cmpuint(us.dropped["too many devices of a user"], ==, 395);
}

void ignores_participants_beyond_the_limit_until_there_is_room() {
  Fixture us({2, 5});
  for (const char* user : {"@a:hs", "@b:hs", "@c:hs", "@d:hs"}) us.join_room(user);
  us.list("@a:hs", {"A/s"});
  us.list("@b:hs", {"A/s"});
  g_assert_true(reports<ParticipantTrouble>(us.list("@c:hs", {"A/s"})).size() == 1);
  g_assert_true(us.list("@d:hs", {"A/s"}).empty());
  us.list("@a:hs", {});
  const auto joined = reports<ParticipantJoined>(us.mesh.on_timeout(t0 + 2s));
  g_assert_true(joined.at(0).participant.user_id == "@c:hs");
}

void does_not_answer_an_invite_again_after_its_sender_was_gone() {
  Fixture us;
  us.connect_alice();
  us.list("@a:hs", {});
  us.mesh.on_timeout(t0 + 2s);
  g_assert_true(us.mesh.receive("@a:hs", us.invite("A", "s"), t0).empty());
  g_assert_true(us.mesh.next_deadline().has_value()); /* it is not kept for ever */
  us.list("@a:hs", {"A/s"});
  g_assert_true(us.mesh.receive("@a:hs", us.invite("A", "s"), t0).empty());
  g_assert_false(us.mesh.receive("@a:hs", us.invite("A", "s", "another"), t0).empty());
}

void says_goodbye_to_all() {
  Fixture us;
  us.connect_alice();
  us.join_room("@z:hs");
  us.list("@z:hs", {"Z/s"});
  us.mesh.local_description(2, offer, t0);
  const auto effects = us.mesh.close("call-ended");
  g_assert_true(sent<Hangup>(effects).size() == 2);
  g_assert_true(pick<ClosePeer>(effects).size() == 2);
  g_assert_true(reports<ParticipantLeft>(effects).size() == 2);
  g_assert_true(us.mesh.peer_state(1, rtc::PeerState::Connected, t0).empty());
  g_assert_false(us.mesh.next_deadline().has_value());
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/mesh/" #name, name)
  TEST(has_a_leg_for_each_device_of_each_joined_member_but_ours);
  TEST(lets_go_of_who_leaves_the_room);
  TEST(ends_the_old_session_of_a_device_without_a_word);
  TEST(takes_a_message_from_its_sender_for_its_own_device_only);
  TEST(prepares_for_few_and_only_for_members_of_the_room);
  TEST(keeps_a_bounded_number_of_early_messages);
  TEST(ignores_devices_beyond_what_one_user_may_have);
  TEST(ignores_participants_beyond_the_limit_until_there_is_room);
  TEST(does_not_answer_an_invite_again_after_its_sender_was_gone);
  TEST(says_goodbye_to_all);
  return g_test_run();
}
