/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/outbox.h"

#include <atomic>
#include <set>

#include "tests/signalling/fake_homeserver.h"
#include "tests/signalling/log_capture.h"
#include "tests/signalling/wait.h"

using fake::Answer;
using matrix::CallMessage;
using matrix::MatrixClient;
using matrix::Outbox;
using matrix::SendToDevice;
using std::chrono::milliseconds;
using Kind = rtc::Error::Kind;

namespace {

const char* room = "!room:fake";

struct Fixture {
  fake::Homeserver server;
  std::string token = server.add_user("@a:fake", "A");
  rtc::Loop loop;
  std::unique_ptr<MatrixClient> client;
  std::unique_ptr<Outbox> outbox;
  std::vector<std::pair<std::uint64_t, rtc::Result<void>>> sent;

  Fixture() {
    loop.run_sync([&] {
      client = std::move(*MatrixClient::create(loop, server.url(), ""));
      client->use({"@a:fake", "A", token});
      outbox =
          std::make_unique<Outbox>(loop, *client, nullptr, room,
                                   [this](std::uint64_t number, const rtc::Result<void>& result) {
                                     sent.emplace_back(number, result);
                                   });
    });
  }
  ~Fixture() {
    loop.run_sync([&] {
      outbox.reset();
      client.reset();
    });
  }
  bool all_sent(size_t number, milliseconds deadline = std::chrono::seconds(10)) {
    return fake::eventually(
        loop, [&] { return sent.size() == number; }, deadline);
  }
  template <typename... Effect>
  void send(const Effect&... effects) {
    loop.run_sync([&] { (outbox->send(effects), ...); });
  }
};

SendToDevice message(std::uint64_t token, const std::string& user, matrix::Signal signal) {
  CallMessage content;
  content.envelope.call_id = "c" + std::to_string(token);
  content.signal = std::move(signal);
  return {token, {user, "DEV"}, std::move(content)};
}

matrix::SendState state(std::uint64_t token, const std::string& key, int value) {
  return {token, "t", key, matrix::JsonObjectBuilder().set("v", value).build()};
}

/* In order of arrival: the call ids that each request to @part brought. */
std::vector<std::string> bodies(fake::Homeserver& server, const std::string& part) {
  std::vector<std::string> result;
  for (const auto& request : server.requests())
    if (request.path.find(part) != std::string::npos) result.push_back(request.body);
  return result;
}

Answer status(unsigned code, const char* body = "{}") {
  Answer answer;
  answer.status = code;
  answer.body = body;
  return answer;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void messages_to_one_address_leave_one_after_another() {
  Fixture f;
  f.server.set_hook([&](const fake::Request&) {
    Answer answer;
    answer.delay = milliseconds(5);
    return answer;
  });
  f.loop.run_sync([&] {
    for (std::uint64_t i = 0; i < 5; i++) f.outbox->send(message(i, "@b:fake", matrix::Hangup{}));
  });
  g_assert_true(f.all_sent(5));
  const auto requests = bodies(f.server, "sendToDevice");
  g_assert_cmpuint(requests.size(), ==, 5);
  for (size_t i = 0; i < 5; i++) {
    g_assert_true(holds(requests[i], "\"c" + std::to_string(i) + "\""));
    g_assert_cmpuint(f.sent[i].first, ==, i);
    g_assert_true(f.sent[i].second.ok());
  }
}

void the_next_message_waits_for_the_answer() {
  Fixture f;
  f.server.pause();
  f.send(message(1, "@b:fake", matrix::Hangup{}), message(2, "@b:fake", matrix::Hangup{}),
         message(3, "@c:fake", matrix::Candidates{}));
  g_assert_true(fake::eventually(f.loop, [&] { return f.server.count("sendToDevice") == 2; }));
  for (const auto& body : bodies(f.server, "sendToDevice")) g_assert_false(holds(body, "\"c2\""));
  f.server.resume();
  g_assert_true(f.all_sent(3));
}

void messages_of_one_type_travel_together() {
  Fixture f;
  f.loop.run_sync([&] {
    for (std::uint64_t i = 0; i < 45; i++)
      f.outbox->send(message(i, "@u" + std::to_string(i) + ":fake", matrix::Hangup{}));
    f.outbox->send(message(45, "@x:fake", matrix::Candidates{}));
  });
  g_assert_true(f.all_sent(46));
  g_assert_cmpuint(f.server.count("m.call.hangup"), ==, 3);
  g_assert_cmpuint(f.server.count("m.call.candidates"), ==, 1);
  std::set<std::string> paths;
  for (const auto& request : f.server.requests()) paths.insert(request.path);
  g_assert_cmpuint(paths.size(), ==, 4);
}

void invites_and_answers_travel_alone() {
  Fixture f;
  f.loop.run_sync([&] {
    for (std::uint64_t i = 0; i < 3; i++) {
      f.outbox->send(message(i, "@b" + std::to_string(i), matrix::Invite{}));
      f.outbox->send(message(10 + i, "@c" + std::to_string(i), matrix::Answer{}));
    }
  });
  g_assert_true(f.all_sent(6));
  g_assert_cmpuint(f.server.count("m.call.invite"), ==, 3);
  g_assert_cmpuint(f.server.count("m.call.answer"), ==, 3);
}

void a_repeated_request_is_the_same_request() {
  Fixture f;
  std::atomic<int> failures = 2;
  f.server.set_hook([&](const fake::Request&) -> std::optional<Answer> {
    if (failures-- > 0) return status(503, "<html>");
    return std::nullopt;
  });
  f.send(message(1, "@b:fake", matrix::Hangup{}));
  g_assert_true(f.all_sent(1));
  g_assert_true(f.sent[0].second.ok());
  const auto requests = f.server.requests();
  g_assert_cmpuint(requests.size(), ==, 3);
  for (const auto& request : requests) {
    g_assert_true(request.path == requests[0].path);
    g_assert_true(request.body == requests[0].body);
  }
}

void waits_as_long_as_a_rate_limit_says() {
  Fixture f;
  std::atomic<gint64> first = 0;
  std::atomic<gint64> second = 0;
  f.server.set_hook([&](const fake::Request&) -> std::optional<Answer> {
    if (first == 0) {
      first = g_get_monotonic_time();
      return status(429, R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":300})");
    }
    second = g_get_monotonic_time();
    return status(200);
  });
  f.send(state(1, "k", 1));
  g_assert_true(f.all_sent(1));
  g_assert_true(f.sent[0].second.ok());
  g_assert_cmpint(second - first, >=, 299000);
}

void what_is_refused_for_good_is_reported_and_the_next_goes_on() {
  Fixture f;
  f.server.set_hook([&](const fake::Request& request) -> std::optional<Answer> {
    if (holds(request.body, "\"v\":1")) return status(403, R"({"errcode":"M_FORBIDDEN"})");
    return status(200);
  });
  f.send(state(1, "k", 1), state(2, "k", 2), state(3, "other", 3));
  g_assert_true(f.all_sent(3));
  std::map<std::uint64_t, bool> ok;
  for (const auto& [token, result] : f.sent) ok[token] = result.ok();
  g_assert_true((ok == std::map<std::uint64_t, bool>{{1, false}, {2, true}, {3, true}}));
  for (const auto& [token, result] : f.sent)
    if (!result.ok()) g_assert_true(result.error().kind == Kind::Denied);
  g_assert_cmpuint(f.server.count("/state/t/k"), ==, 2);
}

void state_of_one_key_leaves_in_order() {
  Fixture f;
  f.server.set_hook([](const fake::Request&) {
    Answer answer;
    answer.delay = milliseconds(5);
    return answer;
  });
  f.send(state(1, "@a:fake", 1), state(2, "@a:fake", 2), state(3, "@a:fake", 3));
  g_assert_true(f.all_sent(3));
  const auto requests = bodies(f.server, "/state/");
  for (size_t i = 0; i < 3; i++)
    g_assert_true(requests[i] == "{\"v\":" + std::to_string(i + 1) + "}");
  const std::string path = f.server.requests()[0].path;
  g_assert_cmpstr(path.c_str(), ==, "/_matrix/client/v3/rooms/%21room%3Afake/state/t/%40a%3Afake");
}

void gives_up_after_the_last_attempt() {
  Fixture f;
  f.server.set_hook([](const fake::Request&) { return status(500); });
  f.loop.run_sync([&] { f.outbox->hurry(); });
  f.send(message(1, "@b:fake", matrix::Hangup{}));
  g_assert_true(f.all_sent(1));
  g_assert_true(f.sent[0].second.error().kind == Kind::Network);
  g_assert_cmpuint(f.server.count("sendToDevice"), ==, 6);
}

void hurrying_cuts_a_wait_short() {
  Fixture f;
  std::atomic<bool> limited = true;
  f.server.set_hook([&](const fake::Request&) -> std::optional<Answer> {
    if (limited) return status(429, R"({"retry_after_ms":30000})");
    return status(200);
  });
  f.send(state(1, "k", 1));
  g_assert_true(fake::eventually(f.loop, [&] { return fake::logged("HTTP 429") > 0; }));
  limited = false;
  f.loop.run_sync([&] { f.outbox->hurry(); });
  g_assert_true(f.all_sent(1, milliseconds(5000)));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  fake::capture_log();
#define TEST(name) g_test_add_func("/outbox/" #name, name)
  TEST(messages_to_one_address_leave_one_after_another);
  TEST(the_next_message_waits_for_the_answer);
  TEST(messages_of_one_type_travel_together);
  TEST(invites_and_answers_travel_alone);
  TEST(a_repeated_request_is_the_same_request);
  TEST(waits_as_long_as_a_rate_limit_says);
  TEST(what_is_refused_for_good_is_reported_and_the_next_goes_on);
  TEST(state_of_one_key_leaves_in_order);
  TEST(gives_up_after_the_last_attempt);
  TEST(hurrying_cuts_a_wait_short);
  return g_test_run();
}
