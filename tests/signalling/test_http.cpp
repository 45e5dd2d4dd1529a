/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/http.h"

#include "tests/signalling/fake_homeserver.h"
#include "tests/signalling/log_capture.h"
#include "tests/signalling/wait.h"

using fake::Answer;
using matrix::Http;
using matrix::HttpReply;
using matrix::HttpRequest;
using Kind = rtc::Error::Kind;
using std::chrono::milliseconds;

namespace {

constexpr const char* token = "syt_never_to_be_seen";

/* A client on a loop of its own. */
struct Client {
  rtc::Loop loop;
  std::unique_ptr<Http> http;
  std::vector<Http::Pending> pending;
  std::vector<HttpReply> replies;

  explicit Client(const std::string& url, const std::string& ca_file = "") {
    loop.run_sync([&] {
      auto made = Http::create(loop, url, ca_file);
      g_assert_true(made.ok());
      http = std::move(*made);
      http->set_identity("@a:fake/A", token);
    });
  }
  ~Client() {
    loop.run_sync([&] {
      pending.clear();
      http.reset();
    });
  }
  void send(const HttpRequest& request) {
    loop.run_sync([&] {
      pending.push_back(
          http->send(request, [this](HttpReply reply) { replies.push_back(std::move(reply)); }));
    });
  }
  bool answered(size_t number = 1) {
    return fake::eventually(loop, [&] { return replies.size() >= number; });
  }
  HttpReply ask(const HttpRequest& request) {
    send(request);
    g_assert_true(answered());
    pending.clear();
    return std::exchange(replies, {}).front();
  }
};

HttpRequest get(const std::string& path) {
  return {.method = "GET", .path = path, .query = {}, .body = {}};
}

Answer text(unsigned status, std::string body, std::map<std::string, std::string> headers = {}) {
  return {.status = status, .body = std::move(body), .headers = std::move(headers)};
}

/* What the client makes of one scripted answer. */
HttpReply reply_to(const Answer& answer) {
  fake::Homeserver server;
  server.set_hook([&](const fake::Request&) { return answer; });
  Client client(server.url());
  return client.ask(get("/x"));
}

rtc::Error refusal_of(const std::string& url, const std::string& ca_file = "") {
  rtc::Loop loop;
  rtc::Error error;
  loop.run_sync([&] {
    const auto made = Http::create(loop, url, ca_file);
    g_assert_false(made.ok());
    error = made.error();
  });
  return error;
}

void sends_the_token_in_the_header_and_json_in_the_body() {
  fake::Homeserver server;
  server.set_hook([](const fake::Request&) { return text(200, R"({"k":[1]})"); });
  Client client(server.url() + "/");
  const auto body = matrix::JsonObjectBuilder().set("a", "\xc3\xa4").build();
  const auto reply = client.ask(
      {.method = "PUT", .path = "/x/" + matrix::url_part("!r:@#/"), .query = "q=1", .body = body});
  g_assert_true(reply.ok());
  g_assert_true(reply.body["k"].is_array());
  const auto request = server.requests().at(0);
  g_assert_cmpstr(request.path.c_str(), ==, "/x/%21r%3A%40%23%2F");
  g_assert_cmpstr(request.query.c_str(), ==, "q=1");
  g_assert_true(request.authorization == std::string("Bearer ") + token);
  g_assert_cmpstr(request.body.c_str(), ==, "{\"a\":\"\xc3\xa4\"}");
}

void logs_neither_token_nor_query() {
  fake::Homeserver server;
  Client client(server.url());
  client.ask({.method = "GET", .path = "/seen", .query = "secretquery=1", .body = {}});
  g_assert_cmpuint(fake::logged("/seen"), >, 0);
  g_assert_cmpuint(fake::logged("secretquery"), ==, 0);
  g_assert_cmpuint(fake::logged(token), ==, 0);
}

void refuses_addresses_that_would_give_the_token_away() {
  g_assert_true(refusal_of("http://example.org").kind == Kind::Settings);
  g_assert_true(refusal_of("http://localhost.example.org").kind == Kind::Settings);
  g_assert_true(refusal_of("example.org").kind == Kind::Settings);
  g_assert_true(refusal_of("ftp://example.org").kind == Kind::Settings);
  g_assert_true(refusal_of("https://user:pass@example.org").kind == Kind::Settings);
  g_assert_true(refusal_of("https://example.org/?q").kind == Kind::Settings);
  g_assert_true(refusal_of("").kind == Kind::Settings);
  g_assert_true(refusal_of("https://example.org", "/does/not/exist").kind == Kind::Settings);
  for (const char* url : {"http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1",
                          "https://example.org/sub/folder/"})
    Client client(url);
}

void does_not_follow_redirections() {
  const auto reply = reply_to(text(302, "{}", {{"Location", "https://elsewhere.example/"}}));
  g_assert_true(reply.error->kind == Kind::Settings);
  g_assert_nonnull(strstr(reply.error->message.c_str(), "https://elsewhere.example/"));
}

void names_what_the_server_says() {
  const auto forbidden = reply_to(text(403, R"({"errcode":"M_FORBIDDEN","error":"no\nno"})"));
  g_assert_true(forbidden.error->kind == Kind::Denied);
  g_assert_cmpstr(forbidden.errcode.c_str(), ==, "M_FORBIDDEN");
  g_assert_cmpstr(forbidden.error->detail.c_str(), ==, "HTTP 403 M_FORBIDDEN: no no");
  g_assert_true(reply_to(text(401, "{}")).error->kind == Kind::Auth);
  g_assert_true(reply_to(text(404, "<html>")).error->kind == Kind::NotFound);
  g_assert_true(reply_to(text(502, "<html>")).error->kind == Kind::Network);
  g_assert_true(reply_to(text(502, "")).may_retry());
  g_assert_true(reply_to(text(413, "{}")).error->kind == Kind::Protocol);
  g_assert_false(forbidden.may_retry());
}

void takes_no_garbage_for_an_answer() {
  for (const char* body : {"", "garbage", "[]", "null", "{\"a\":\"\xff\"}", "{\"a\":"}) {
    const auto reply = reply_to(text(200, body));
    g_assert_false(reply.ok());
    g_assert_true(reply.error->kind == Kind::Protocol);
    g_assert_false(reply.body.exists());
  }
}

void reads_every_form_of_a_rate_limit() {
  const auto seconds = reply_to(text(429, "{}", {{"Retry-After", "7"}}));
  g_assert_true(seconds.error->kind == Kind::RateLimit);
  g_assert_true(seconds.retry_after == milliseconds(7000));
  const auto old = reply_to(text(429, R"({"retry_after_ms":1500})"));
  g_assert_true(old.retry_after == milliseconds(1500));
  const auto date = reply_to(text(429, "{}", {{"Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"}}));
  g_assert_true(date.retry_after == milliseconds(0));
  const auto far = reply_to(text(429, "{}", {{"Retry-After", "Wed, 21 Oct 2115 07:28:00 GMT"}}));
  g_assert_true(far.retry_after == std::chrono::hours(1));
  g_assert_false(reply_to(text(429, "", {{"Retry-After", "soon"}})).retry_after.has_value());
}

void stops_reading_what_is_too_large() {
  fake::Homeserver server;
  server.set_hook([](const fake::Request&) {
    return text(200, R"({"a":")" + std::string(20 << 20, 'x') + "\"}");
  });
  Client client(server.url());
  HttpRequest request = get("/large");
  request.size_limit = 100000;
  const auto reply = client.ask(request);
  g_assert_true(reply.error->kind == Kind::Protocol);
  g_assert_nonnull(strstr(reply.error->detail.c_str(), "100000"));
}

void gives_up_a_request_at_its_time_limit() {
  fake::Homeserver server;
  server.set_hook([](const fake::Request&) {
    Answer answer;
    answer.never = true;
    return answer;
  });
  Client client(server.url());
  HttpRequest request = get("/slow");
  request.time_limit = milliseconds(50);
  const auto reply = client.ask(request);
  g_assert_true(reply.error->kind == Kind::Network);
  g_assert_true(reply.may_retry());
}

void a_destroyed_request_is_never_answered() {
  fake::Homeserver server;
  server.set_hook([](const fake::Request& request) -> std::optional<Answer> {
    Answer answer;
    answer.never = request.path == "/given-up";
    return answer;
  });
  Client client(server.url());
  client.send(get("/given-up"));
  g_assert_true(fake::eventually(client.loop, [&] { return server.count("/given-up") == 1; }));
  client.loop.run_sync([&] { client.pending.clear(); });
  client.send(get("/next"));
  g_assert_true(client.answered());
  g_assert_cmpuint(client.replies.size(), ==, 1);
  g_assert_true(client.replies.front().ok());
}

void long_polls_hold_up_nothing() {
  fake::Homeserver server;
  server.set_hook([](const fake::Request& request) -> std::optional<Answer> {
    Answer answer;
    answer.never = request.path == "/poll";
    return answer;
  });
  Client client(server.url());
  for (int i = 0; i < 10; i++) client.send(get("/poll"));
  client.send(get("/quick"));
  g_assert_true(client.answered());
}

void says_that_nobody_is_there() {
  fake::Homeserver server;
  server.stop();
  Client client(server.url());
  const auto reply = client.ask(get("/x"));
  g_assert_true(reply.error->kind == Kind::Network);
  g_assert_nonnull(strstr(reply.error->message.c_str(), "does not answer"));
}

void verifies_certificates() {
  fake::Homeserver server(fake::Homeserver::Transport::Tls);
  server.set_hook([](const fake::Request&) { return Answer(); });
  const auto error = Client(server.url()).ask(get("/x")).error;
  g_assert_true(error->kind == Kind::Tls);
  g_assert_nonnull(strstr(error->message.c_str(), "certificate"));
  g_assert_cmpuint(server.count("/x"), ==, 0);
  g_assert_true(Client(server.url(), server.ca_file()).ask(get("/x")).ok());
  const std::string other_name =
      "https://localhost" + server.url().substr(strlen("https://127.0.0.1"));
  g_assert_true(Client(other_name, server.ca_file()).ask(get("/x")).error->kind == Kind::Tls);
}

void survives_the_end_of_its_loop() {
  fake::Homeserver server;
  server.set_hook([](const fake::Request&) {
    Answer answer;
    answer.never = true;
    return answer;
  });
  Client client(server.url());
  client.send(get("/x"));
  g_assert_true(fake::eventually(client.loop, [&] { return server.count("/x") == 1; }));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  fake::capture_log();
#define TEST(name) g_test_add_func("/http/" #name, name)
  TEST(sends_the_token_in_the_header_and_json_in_the_body);
  TEST(logs_neither_token_nor_query);
  TEST(refuses_addresses_that_would_give_the_token_away);
  TEST(does_not_follow_redirections);
  TEST(names_what_the_server_says);
  TEST(takes_no_garbage_for_an_answer);
  TEST(reads_every_form_of_a_rate_limit);
  TEST(stops_reading_what_is_too_large);
  TEST(gives_up_a_request_at_its_time_limit);
  TEST(a_destroyed_request_is_never_answered);
  TEST(long_polls_hold_up_nothing);
  TEST(says_that_nobody_is_there);
  TEST(verifies_certificates);
  TEST(survives_the_end_of_its_loop);
  return g_test_run();
}
