/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/session.h"

#include <atomic>

#include "tests/signalling/fake_homeserver.h"
#include "tests/signalling/log_capture.h"
#include "tests/signalling/party.h"

using fake::Answer;
using fake::Party;
using matrix::SessionConfig;
using matrix::SessionState;
using std::chrono::milliseconds;
using Kind = rtc::Error::Kind;

namespace {

constexpr const char* password = "correct horse";

struct Scene {
  fake::Homeserver server;
  std::string alice_token = server.add_user("@alice:fake", "ALICE", password);
  std::string bob_token = server.add_user("@bob:fake", "BOB");
  std::string room = server.add_room("@alice:fake", "#room:fake");

  SessionConfig alice() {
    SessionConfig config = base("@alice:fake", alice_token);
    config.create = true;
    return config;
  }
  SessionConfig bob() { return base("@bob:fake", bob_token); }
  SessionConfig base(const std::string& user, const std::string& token) {
    SessionConfig config;
    config.homeserver = server.url();
    config.user_id = user;
    config.access_token = token;
    config.room = room;
    return config;
  }
  std::string entry(const std::string& user) {
    return server.state(room, matrix::call_member_event_type, user);
  }
  /* No secret in any line so far. */
  ~Scene() {
    for (const auto& secret :
         {alice_token, bob_token, std::string(password), std::string("turn-secret")})
      g_assert_cmpuint(fake::logged(secret), ==, 0);
  }
};

/* Both are in the call, and each has the other's microphone and camera. */
void meet(Party& a, Party& b) {
  a.start();
  g_assert_true(a.reaches(SessionState::Joined));
  b.start();
  g_assert_true(a.reports_soon<matrix::FeedAdded>(2));
  g_assert_true(b.reports_soon<matrix::FeedAdded>(2));
}

void two_devices_call_each_other() {
  Scene scene;
  Party alice(scene.alice());
  Party bob(scene.bob());
  meet(alice, bob);
  g_assert_true(scene.entry("@bob:fake").find("BOB") != std::string::npos);
  g_assert_cmpuint(alice.reports<matrix::ParticipantJoined>(), ==, 1);
  bob.leave();
  g_assert_true(bob.ending().reason == "left");
  g_assert_false(bob.ending().error.has_value());
  g_assert_cmpint(bob.open_peers(), ==, 0);
  g_assert_true(scene.entry("@bob:fake") == R"({"m.calls":[]})");
  g_assert_true(alice.reports_soon<matrix::ParticipantLeft>(1));
  g_assert_true(alice.reports_soon<matrix::FeedRemoved>(2));
  g_assert_true(alice.eventually([&] { return true; }));
  alice.leave();
  alice.ending();
}

void starts_everything_at_once() {
  Scene scene;
  std::atomic<bool> hold = true;
  scene.server.set_hook([&](const fake::Request& request) -> std::optional<Answer> {
    if (!hold || request.path.find("whoami") == std::string::npos) return std::nullopt;
    Answer never;
    never.never = true;
    return never;
  });
  Party alice(scene.alice());
  alice.start();
  g_assert_true(alice.eventually([&] {
    return scene.server.count("/sync") && scene.server.count("/voip/turnServer") &&
           scene.server.count("/whoami");
  }));
  alice.leave();
  alice.ending();
}

void does_not_join_a_room_that_it_is_in() {
  Scene scene;
  Party alice(scene.alice());
  Party bob(scene.bob());
  alice.start();
  bob.start();
  g_assert_true(alice.reaches(SessionState::Joined));
  g_assert_true(bob.reaches(SessionState::Joined));
  g_assert_cmpuint(scene.server.count("/join/"), ==, 1);
}

void joins_by_alias_and_password_and_logs_its_device_out() {
  Scene scene;
  const size_t devices = scene.server.devices();
  SessionConfig config = scene.alice();
  config.access_token.clear();
  config.password = password;
  config.room = "#room:fake";
  Party alice(config);
  alice.start();
  g_assert_true(alice.reaches(SessionState::Joined));
  g_assert_cmpuint(scene.server.devices(), ==, devices + 1);
  alice.leave();
  alice.ending();
  g_assert_cmpuint(scene.server.devices(), ==, devices);
  g_assert_true(scene.entry("@alice:fake") == R"({"m.calls":[]})");
}

void never_logs_a_given_token_out() {
  Scene scene;
  Party alice(scene.alice());
  alice.start();
  g_assert_true(alice.reaches(SessionState::Joined));
  alice.leave();
  alice.ending();
  g_assert_cmpuint(scene.server.count("logout"), ==, 0);
}

void lends_the_homeservers_turn_servers_to_peers() {
  Scene scene;
  scene.server.set_turn(
      R"({"username":"u","password":"turn-secret","uris":["turn:h:1?transport=udp",7],"ttl":60})");
  Party alice(scene.alice());
  SessionConfig own = scene.bob();
  own.ice_servers = {{"stun:own", "", ""}};
  own.relay_only = true;
  Party bob(own);
  meet(alice, bob);
  const rtc::IceServer lent{"turn:h:1?transport=udp", "u", "turn-secret"};
  g_assert_true(alice.peers().at(0).ice_servers == std::vector{lent});
  g_assert_false(alice.peers().at(0).relay_only);
  g_assert_true(bob.peers().at(0).ice_servers == own.ice_servers);
  g_assert_true(bob.peers().at(0).relay_only);
  g_assert_cmpuint(scene.server.count("turnServer"), ==, 1);
}

void serves_those_who_come_when_the_server_is_back() {
  Scene scene;
  Party alice(scene.alice());
  alice.start();
  g_assert_true(alice.reaches(SessionState::Joined));
  scene.server.stop();
  g_assert_true(alice.eventually([&] { return fake::logged("sync failed 2 times") > 0; }));
  scene.server.start();
  Party bob(scene.bob());
  bob.start();
  g_assert_true(alice.reports_soon<matrix::FeedAdded>(2));
}

void goes_on_where_a_stopped_server_goes_on() {
  Scene scene;
  Party alice(scene.alice());
  alice.start();
  g_assert_true(alice.reaches(SessionState::Joined));
  scene.server.pause();
  Party bob(scene.bob());
  bob.start();
  g_assert_true(bob.eventually([&] { return scene.server.count("whoami") == 2; }));
  scene.server.resume();
  g_assert_true(alice.reports_soon<matrix::FeedAdded>(2));
  g_assert_true(bob.reports_soon<matrix::FeedAdded>(2));
}

/* Leaves a session whose server answers nothing more. */
void leave_in_time(Party& party) {
  const gint64 start = g_get_monotonic_time();
  party.leave();
  g_assert_true(party.ending().reason == "left");
  g_assert_cmpint(g_get_monotonic_time() - start, <, 2900000);
}

void leaves_in_time_when_the_server_hangs() {
  Scene scene;
  Party alice(scene.alice());
  Party bob(scene.bob());
  meet(alice, bob);
  scene.server.pause();
  leave_in_time(alice);
  g_assert_cmpint(alice.open_peers(), ==, 0);
}

void leaves_in_time_while_logging_in() {
  Scene scene;
  scene.server.pause();
  SessionConfig config = scene.alice();
  config.access_token.clear();
  config.password = password;
  Party alice(config);
  alice.start();
  g_assert_true(alice.eventually([&] { return scene.server.count("login") == 1; }));
  leave_in_time(alice);
}

void a_device_that_was_logged_in_too_late_is_logged_out() {
  Scene scene;
  const size_t devices = scene.server.devices();
  scene.server.pause();
  SessionConfig config = scene.alice();
  config.access_token.clear();
  config.password = password;
  Party alice(config);
  alice.start();
  g_assert_true(alice.eventually([&] { return scene.server.count("login") == 1; }));
  alice.leave();
  scene.server.resume();
  alice.ending();
  g_assert_cmpuint(scene.server.count("logout"), ==, 1);
  g_assert_cmpuint(scene.server.devices(), ==, devices);
  g_assert_cmpuint(scene.server.count("join"), ==, 0);
}

void may_leave_at_any_moment() {
  Scene scene;
  Party never_started(scene.alice());
  never_started.leave();
  for (const char* stage : {"whoami", "sync", "state"}) {
    Party alice(scene.alice());
    const size_t before = scene.server.count(stage);
    alice.start();
    g_assert_true(alice.eventually([&] { return scene.server.count(stage) > before; }));
    alice.leave();
    alice.leave();
    g_assert_false(alice.ending().error.has_value());
    const std::string entry = scene.entry("@alice:fake");
    g_assert_true(entry.empty() || entry == R"({"m.calls":[]})");
  }
}

void may_be_destroyed_at_any_moment() {
  Scene scene;
  for (const char* stage : {"whoami", "sync", "state"}) {
    Party alice(scene.alice());
    const size_t before = scene.server.count(stage);
    alice.start();
    g_assert_true(alice.eventually([&] { return scene.server.count(stage) > before; }));
  }
}

void ends_when_removed_from_the_room() {
  Scene scene;
  Party alice(scene.alice());
  Party bob(scene.bob());
  meet(alice, bob);
  scene.server.set_state(scene.room, "@alice:fake", "m.room.member", "@bob:fake",
                         R"({"membership":"leave"})");
  g_assert_true(bob.ending().reason == "removed-from-room");
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  fake::capture_log();
#define TEST(name) g_test_add_func("/session/" #name, name)
  TEST(two_devices_call_each_other);
  TEST(starts_everything_at_once);
  TEST(does_not_join_a_room_that_it_is_in);
  TEST(joins_by_alias_and_password_and_logs_its_device_out);
  TEST(never_logs_a_given_token_out);
  TEST(lends_the_homeservers_turn_servers_to_peers);
  TEST(serves_those_who_come_when_the_server_is_back);
  TEST(goes_on_where_a_stopped_server_goes_on);
  TEST(leaves_in_time_when_the_server_hangs);
  TEST(leaves_in_time_while_logging_in);
  TEST(a_device_that_was_logged_in_too_late_is_logged_out);
  TEST(may_leave_at_any_moment);
  TEST(may_be_destroyed_at_any_moment);
  TEST(ends_when_removed_from_the_room);
  return g_test_run();
}
