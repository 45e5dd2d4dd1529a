/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/call_records.h"

#include "tests/signalling/fake_homeserver.h"
#include "tests/signalling/party.h"

using fake::Party;
using matrix::Json;
using matrix::OngoingCall;
using matrix::SessionConfig;
using matrix::SessionState;

namespace {

using Users = std::vector<std::string>;

/* Alice, with a store, and others who have entries in a call without being there. */
struct Scene {
  fake::Homeserver server;
  std::string token = server.add_user("@alice:fake", "ALICE");
  std::string room = server.add_room("@bob:fake");
  std::string folder = glib::Unique<char>(g_dir_make_tmp("calls-XXXXXX", nullptr)).get();

  Scene() { start_call(room, "call"); }
  ~Scene() {
    const std::string command = "rm -r '" + folder + "'";
    g_spawn_command_line_sync(command.c_str(), nullptr, nullptr, nullptr, nullptr);
  }
  void start_call(const std::string& room_id, const std::string& call_id) {
    server.set_state(room_id, "@bob:fake", matrix::call_event_type, call_id,
                     R"({"m.intent":"m.prompt","m.type":"m.video"})");
    enter(room_id, call_id, "@bob:fake");
  }
  void enter(const std::string& room_id, const std::string& call_id, const std::string& user) {
    server.set_state(room_id, user, "m.room.member", user, R"({"membership":"join"})");
    const std::string devices =
        R"([{"device_id":"D","session_id":"s","expires_ts":9999999999999,"feeds":[]}])";
    server.set_state(
        room_id, user, matrix::call_member_event_type, user,
        R"({"m.calls":[{"m.call_id":")" + call_id + R"(","m.devices":)" + devices + "}]}");
  }
  SessionConfig config(const std::string& room_id) const {
    SessionConfig config;
    config.homeserver = server.url();
    config.access_token = token;
    config.room = room_id;
    config.store = folder;
    return config;
  }
  std::vector<OngoingCall> calls() const {
    return *matrix::Store::read_calls(folder, {"@alice:fake", "ALICE"});
  }
  bool users_soon(Party& party, const Users& users) const {
    return party.eventually([&] {
      const auto now = calls();
      return now.size() == 1 && now.front().users == users;
    });
  }
  bool is_in(const std::string& room_id) {
    return server.state(room_id, matrix::call_member_event_type, "@alice:fake").find("ALICE") !=
           std::string::npos;
  }
  /* As after SIGKILL: nobody says goodbye. */
  void join_and_die(const std::string& room_id) {
    Party alice(config(room_id));
    alice.start();
    g_assert_true(alice.reaches(SessionState::Joined));
    g_assert_true(alice.eventually([&] { return !calls().empty(); }));
  }
};

void what_is_written_follows_who_is_there() {
  Scene scene;
  Party alice(scene.config(scene.room));
  alice.start();
  g_assert_true(scene.users_soon(alice, {"@alice:fake", "@bob:fake"}));
  scene.enter(scene.room, "call", "@carol:fake");
  g_assert_true(scene.users_soon(alice, {"@alice:fake", "@bob:fake", "@carol:fake"}));
  scene.server.set_state(scene.room, "@bob:fake", matrix::call_member_event_type, "@bob:fake",
                         "{}");
  g_assert_true(scene.users_soon(alice, {"@alice:fake", "@carol:fake"}));
  const auto call = scene.calls().front();
  g_assert_true(call.room_id == scene.room && call.call_id == "call" && call.joined);
  g_assert_cmpint(call.since.count(), <=, g_get_real_time() / 1000);
  alice.leave();
  alice.ending();
  const auto left = scene.calls().front();
  g_assert_true(!left.joined && left.users == Users{"@carol:fake"} && left.since == call.since);
}

void a_call_that_is_over_is_forgotten() {
  Scene scene;
  Party alice(scene.config(scene.room));
  alice.start();
  g_assert_true(alice.reports_soon<matrix::ParticipantJoined>(1));
  g_assert_true(alice.reaches(SessionState::Joined));
  scene.server.set_state(scene.room, "@bob:fake", matrix::call_event_type, "call",
                         R"({"m.intent":"m.prompt","m.type":"m.video","m.terminated":true})");
  alice.ending();
  g_assert_cmpuint(scene.calls().size(), ==, 0);
}

void the_same_device_comes_back_to_a_call_that_it_died_in() {
  Scene scene;
  scene.join_and_die(scene.room);
  const auto before = scene.calls().front();
  g_assert_true(before.joined && scene.is_in(scene.room));
  Party alice(scene.config(scene.room));
  alice.start();
  g_assert_true(alice.reaches(SessionState::Joined));
  g_assert_true(scene.users_soon(alice, {"@alice:fake", "@bob:fake"}));
  g_assert_true(scene.calls().front().since == before.since);
  alice.leave();
  alice.ending();
  g_assert_false(scene.is_in(scene.room));
}

void its_entry_in_another_room_is_taken_out() {
  Scene scene;
  scene.join_and_die(scene.room);
  const std::string other = scene.server.add_room("@bob:fake");
  scene.start_call(other, "later");
  Party alice(scene.config(other));
  alice.start();
  g_assert_true(alice.eventually([&] { return !scene.is_in(scene.room); }));
  g_assert_true(alice.eventually([&] {
    const auto calls = scene.calls();
    return calls.size() == 2 && !calls[0].joined && calls[0].users == Users{"@bob:fake"} &&
           calls[1].joined;
  }));
  g_assert_true(scene.is_in(other));
}

/* The room has another call now, which its entry names. */
void another_call_of_the_room_takes_the_old_ones_place() {
  Scene scene;
  scene.join_and_die(scene.room);
  scene.server.set_state(scene.room, "@bob:fake", matrix::call_event_type, "call",
                         R"({"m.terminated":true})");
  scene.start_call(scene.room, "later");
  Party alice(scene.config(scene.room));
  alice.start();
  g_assert_true(alice.eventually([&] {
    const auto calls = scene.calls();
    return calls.size() == 1 && calls.front().call_id == "later" && calls.front().joined;
  }));
}

void a_room_that_does_not_know_the_entry_needs_none_taken_out() {
  g_assert_false(matrix::without_device(*Json::parse("[]"), "D").has_value());
  g_assert_false(matrix::without_device(*Json::parse(R"({"m.calls":[5,{}]})"), "D").has_value());
  const auto content = Json::parse(
      R"({"m.calls":[{"m.call_id":"a","m.devices":[{"device_id":"D"},{"device_id":"E"}]},
          {"m.call_id":"b","m.devices":[{"device_id":"D"}]}],"other":1})");
  g_assert_true(matrix::without_device(*content, "D") ==
                *Json::parse(R"({"m.calls":[{"m.call_id":"a","m.devices":[{"device_id":"E"}]}],
                                 "other":1})"));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/call_records/" #name, name)
  TEST(what_is_written_follows_who_is_there);
  TEST(a_call_that_is_over_is_forgotten);
  TEST(the_same_device_comes_back_to_a_call_that_it_died_in);
  TEST(its_entry_in_another_room_is_taken_out);
  TEST(another_call_of_the_room_takes_the_old_ones_place);
  TEST(a_room_that_does_not_know_the_entry_needs_none_taken_out);
#undef TEST
  return g_test_run();
}
