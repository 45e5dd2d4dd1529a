/* SPDX-License-Identifier: LGPL-2.1-or-later */
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

struct Scene {
  explicit Scene(fake::Homeserver::Transport transport = fake::Homeserver::Transport::Clear)
      : server(transport) {
    config.homeserver = server.url();
    config.access_token = server.add_user("@a:fake", "A", "secret-password");
    config.room = server.add_room("@a:fake");
    config.create = true;
  }

  /* The one error that ends it, within 10 s. */
  rtc::Error error() {
    const gint64 start = g_get_monotonic_time();
    Party party(config);
    party.start();
    const auto ended = party.ending();
    g_assert_true(ended.error.has_value());
    g_assert_cmpint(g_get_monotonic_time() - start, <, 10000000);
    g_assert_true(ended.error->message.ends_with('.') || ended.error->message.ends_with('?'));
    g_assert_true(ended.error->message.find(config.access_token) == std::string::npos ||
                  config.access_token.empty());
    return *ended.error;
  }

  fake::Homeserver server;
  SessionConfig config;
};

void check(const rtc::Error& error, Kind kind, const char* words) {
  g_test_message("%s (%s)", error.message.c_str(), error.detail.c_str());
  g_assert_true(error.kind == kind);
  g_assert_nonnull(strstr(error.message.c_str(), words));
}

Answer status(unsigned code, const char* body) {
  Answer answer;
  answer.status = code;
  answer.body = body;
  return answer;
}

void a_wrong_token() {
  Scene scene;
  scene.config.access_token = "wrong-token";
  check(scene.error(), Kind::Auth, "access token is not valid");
  g_assert_cmpuint(fake::logged("wrong-token"), ==, 0);
}

void a_wrong_password() {
  Scene scene;
  scene.config.access_token.clear();
  scene.config.user_id = "@a:fake";
  scene.config.password = "wrong-password";
  check(scene.error(), Kind::Auth, "password is wrong");
  g_assert_cmpuint(fake::logged("wrong-password"), ==, 0);
}

void a_token_without_a_device() {
  Scene scene;
  scene.config.access_token = scene.server.add_user("@a:fake", "");
  check(scene.error(), Kind::Auth, "belongs to no device");
}

void a_token_of_somebody_else() {
  Scene scene;
  scene.config.user_id = "@b:fake";
  check(scene.error(), Kind::Settings, "belongs to @a:fake, not to @b:fake");
  scene.config.user_id = "@a:fake";
  scene.config.device_id = "B";
  check(scene.error(), Kind::Settings, "belongs to the device A, not to B");
}

void settings_that_cannot_work() {
  Scene scene;
  const SessionConfig good = scene.config;
  scene.config.access_token.clear();
  check(scene.error(), Kind::Settings, "neither an access token nor a password");
  scene.config.password = "x";
  check(scene.error(), Kind::Settings, "needs the user id");
  scene.config = good;
  scene.config.room = "room";
  check(scene.error(), Kind::Settings, "neither an id");
  scene.config = good;
  scene.config.homeserver = "http://example.org";
  check(scene.error(), Kind::Settings, "https://");
  scene.config = good;
  scene.config.user_id = "a";
  check(scene.error(), Kind::Settings, "@name:example.org");
  g_assert_cmpuint(scene.server.requests().size(), ==, 0);
}

void no_such_room() {
  Scene scene;
  scene.config.room = "#nowhere:fake";
  check(scene.error(), Kind::NotFound, "no such room as #nowhere:fake");
}

void a_room_that_we_may_not_join() {
  Scene scene;
  scene.config.room = scene.server.add_room("@b:fake", "", false);
  check(scene.error(), Kind::Denied, "may not join");
}

void a_room_where_we_may_not_take_part() {
  Scene scene;
  scene.server.set_state(scene.config.room, "@a:fake", "m.room.power_levels", "",
                         R"({"users":{"@b:fake":100},"events":{"org.matrix.msc3401.call":0}})");
  check(scene.error(), Kind::Denied, matrix::call_member_event_type);
}

void a_room_without_a_call() {
  Scene scene;
  scene.config.create = false;
  check(scene.error(), Kind::NotFound, "create=true");
}

void a_token_of_another_client() {
  Scene scene;
  scene.server.with_keys([](fake::Keys& keys) {
    keys.set_device_keys({"@a:fake", "A"},
                         *matrix::Json::parse(R"({"keys":{"curve25519:A":"x"}})"));
  });
  check(scene.error(), Kind::Settings, "belongs to another client");
  g_assert_cmpuint(scene.server.count("/keys/upload"), ==, 0);
  g_assert_cmpuint(scene.server.count("/logout"), ==, 0);
  g_assert_cmpuint(scene.server.count("/state/", "PUT"), ==, 0);
}

void nobody_there() {
  Scene scene;
  scene.server.stop();
  check(scene.error(), Kind::Network, "does not answer");
}

void a_server_that_says_nothing() {
  Scene scene;
  scene.server.pause();
  check(scene.error(), Kind::Network, "does not answer");
}

void a_server_in_trouble() {
  Scene scene;
  scene.server.set_hook([](const fake::Request&) { return status(502, "<html>Bad gateway"); });
  check(scene.error(), Kind::Network, "in trouble");
}

void something_else_than_a_homeserver() {
  Scene scene;
  scene.server.set_hook([](const fake::Request&) { return status(404, "<html>Not found"); });
  check(scene.error(), Kind::NotFound, "is the address right?");
  scene.server.set_hook([](const fake::Request&) { return status(200, "<html>Hello"); });
  check(scene.error(), Kind::Protocol, "is the address right?");
}

void a_certificate_that_nobody_vouches_for() {
  Scene scene(fake::Homeserver::Transport::Tls);
  check(scene.error(), Kind::Tls, "certificate");
  scene.config.ca_file = scene.server.ca_file();
  Party party(scene.config);
  party.start();
  g_assert_true(party.reaches(SessionState::Joined));
  g_assert_cmpuint(party.reports<matrix::CallEnded>(), ==, 0);
}

void a_token_that_ends_during_the_call() {
  Scene scene;
  Party party(scene.config);
  party.start();
  g_assert_true(party.reaches(SessionState::Joined));
  scene.server.set_hook([](const fake::Request&) {
    return status(401, R"({"errcode":"M_UNKNOWN_TOKEN","error":"gone"})");
  });
  scene.server.set_state(scene.config.room, "@a:fake", "org.matrix.msc3401.call", "other", "{}");
  check(*party.ending().error, Kind::Auth, "not valid");
}

void passing_trouble_is_waited_out() {
  Scene scene;
  std::atomic<int> joins = 0;
  std::atomic<int> questions = 0;
  scene.config.room = scene.server.add_room("@b:fake");
  scene.server.set_hook([&](const fake::Request& request) -> std::optional<Answer> {
    if (request.path.find("/join/") != std::string::npos && joins++ < 2)
      return status(429, R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":20})");
    if (request.path.find("/whoami") != std::string::npos && questions++ < 1)
      return status(503, "<html>");
    return std::nullopt;
  });
  Party party(scene.config);
  party.start();
  g_assert_true(party.reaches(SessionState::Joined));
  g_assert_cmpuint(party.reports<matrix::CallEnded>(), ==, 0);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  fake::capture_log();
#define TEST(name) g_test_add_func("/session/refuses/" #name, name)
  TEST(a_wrong_token);
  TEST(a_wrong_password);
  TEST(a_token_without_a_device);
  TEST(a_token_of_somebody_else);
  TEST(settings_that_cannot_work);
  TEST(no_such_room);
  TEST(a_room_that_we_may_not_join);
  TEST(a_room_where_we_may_not_take_part);
  TEST(a_room_without_a_call);
  TEST(a_token_of_another_client);
  TEST(nobody_there);
  TEST(a_server_that_says_nothing);
  TEST(a_server_in_trouble);
  TEST(something_else_than_a_homeserver);
  TEST(a_certificate_that_nobody_vouches_for);
  TEST(a_token_that_ends_during_the_call);
  TEST(passing_trouble_is_waited_out);
  return g_test_run();
}
