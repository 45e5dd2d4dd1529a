/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/sync.h"

#include <algorithm>
#include <atomic>

#include "tests/signalling/fake_homeserver.h"
#include "tests/signalling/log_capture.h"
#include "tests/signalling/wait.h"

using fake::Answer;
using matrix::MatrixClient;
using matrix::RoomEvent;
using matrix::Sync;
using matrix::SyncBatch;
using std::chrono::milliseconds;
using Kind = rtc::Error::Kind;

namespace {

constexpr const char* member_type = matrix::call_member_event_type;
constexpr const char* entry = R"({"m.calls":[{"m.call_id":"c","m.devices":[]}]})";

struct Fixture : Sync::Observer {
  fake::Homeserver server;
  std::string token = server.add_user("@a:fake", "A");
  std::string room = server.add_room("@a:fake");
  rtc::Loop loop;
  std::unique_ptr<MatrixClient> client;
  std::unique_ptr<Sync> sync;
  std::vector<SyncBatch> batches;
  std::vector<rtc::Error> failures;

  ~Fixture() override {
    loop.run_sync([&] {
      sync.reset();
      client.reset();
    });
  }
  void start() {
    loop.run_sync([&] {
      client = std::move(*MatrixClient::create(loop, server.url(), ""));
      client->use({"@a:fake", "A", token});
      sync = std::make_unique<Sync>(loop, *client, room, "", *this);
      sync->start();
    });
  }
  int lost = 0;
  void on_sync(const SyncBatch& batch) override { batches.push_back(batch); }
  void on_sync_lost() override { lost++; }
  void on_sync_failed(const rtc::Error& error, unsigned attempts) override {
    failures.push_back(error);
    g_assert_cmpuint(attempts, >, 0);
  }
  bool brings(size_t number) {
    return fake::eventually(loop, [&] { return batches.size() >= number; });
  }
  /* Position of an event among all that came; -1 if it did not. */
  int position(const std::string& type, const std::string& key) const {
    int at = 0;
    for (const auto& batch : batches)
      for (const auto& event : batch.events) {
        if (event.type == type && event.state_key == key) return at;
        at++;
      }
    return -1;
  }
};

void brings_the_rooms_state_first_and_then_its_changes() {
  Fixture f;
  f.start();
  g_assert_true(f.brings(1));
  g_assert_true(f.batches[0].in_room);
  g_assert_cmpint(f.position("m.room.create", ""), >=, 0);
  g_assert_cmpint(f.position("m.room.power_levels", ""), >=, 0);
  f.server.set_state(f.room, "@a:fake", "org.matrix.msc3401.call", "conf",
                     R"({"m.intent":"m.ring"})");
  g_assert_true(f.brings(2));
  const RoomEvent& event = f.batches[1].events.at(0);
  g_assert_cmpstr(event.state_key->c_str(), ==, "conf");
  g_assert_cmpstr(event.sender.c_str(), ==, "@a:fake");
  g_assert_cmpint(event.origin_server_ts.count(), >, 0);
  g_assert_true(event.content.string_at("m.intent") == "m.ring");
}

void brings_messages_to_our_device_once() {
  Fixture f;
  f.start();
  g_assert_true(f.brings(1));
  f.server.send_to_device("@b:fake", "m.call.hangup", "@a:fake", "A", R"({"call_id":"x"})");
  f.server.send_to_device("@b:fake", "m.call.hangup", "@a:fake", "OTHER", R"({"call_id":"y"})");
  g_assert_true(f.brings(2));
  f.server.set_state(f.room, "@a:fake", "org.matrix.msc3401.call", "conf", "{}");
  g_assert_true(f.brings(3));
  g_assert_cmpuint(f.batches[1].to_device.size(), ==, 1);
  g_assert_true(f.batches[1].to_device[0].sender == "@b:fake");
  g_assert_true(f.batches[1].to_device[0].type == "m.call.hangup");
  g_assert_true(f.batches[2].to_device.empty());
}

void asks_for_the_membership_of_those_in_a_call_before_their_entry() {
  Fixture f;
  for (int i = 0; i < 50; i++)
    f.server.set_state(f.room, "@idle" + std::to_string(i), "m.room.member",
                       "@idle" + std::to_string(i), R"({"membership":"join"})");
  f.server.set_state(f.room, "@b:fake", "m.room.member", "@b:fake",
                     R"({"membership":"join","displayname":"Bea"})");
  f.server.set_state(f.room, "@b:fake", member_type, "@b:fake", entry);
  f.server.set_state(f.room, "@gone:fake", member_type, "@gone:fake", entry);
  f.server.set_state(f.room, "@over:fake", member_type, "@over:fake", R"({"m.calls":[]})");
  f.start();
  g_assert_true(f.brings(1));
  const int member = f.position("m.room.member", "@b:fake");
  g_assert_cmpint(member, >=, 0);
  g_assert_cmpint(member, <, f.position(member_type, "@b:fake"));
  g_assert_cmpint(f.position("m.room.member", "@idle1"), ==, -1);
  g_assert_cmpint(f.position(member_type, "@gone:fake"), >=, 0);
  g_assert_cmpuint(f.server.count("m.room.member"), ==, 2);
}

void equal_starts_make_different_requests() {
  std::string query;
  for (int i = 0; i < 3; i++) {
    Fixture f;
    f.start();
    g_assert_true(f.brings(1));
    const auto first = f.server.requests().at(0).query;
    g_assert_true(first != query);
    query = first;
  }
}

void goes_on_when_the_server_is_back() {
  Fixture f;
  f.start();
  g_assert_true(f.brings(1));
  f.server.stop();
  g_assert_true(fake::eventually(f.loop, [&] { return f.failures.size() >= 2; }));
  g_assert_true(f.failures[1].kind == Kind::Network);
  f.server.start();
  f.server.set_state(f.room, "@a:fake", "org.matrix.msc3401.call", "conf", "{}");
  g_assert_true(f.brings(2));
}

void goes_on_after_answers_that_make_no_sense() {
  Fixture f;
  std::atomic<int> answers = 0;
  f.server.set_hook([&](const fake::Request&) -> std::optional<Answer> {
    const char* bodies[] = {"garbage", "{}", R"({"next_batch":5})"};
    Answer answer;
    if (answers < 3) answer.body = bodies[answers];
    return answers++ < 3 ? std::optional(answer) : std::nullopt;
  });
  f.start();
  g_assert_true(f.brings(1));
  g_assert_cmpuint(f.failures.size(), ==, 3);
}

void starts_again_when_its_position_is_unknown() {
  Fixture f;
  f.start();
  g_assert_true(f.brings(1));
  std::atomic<bool> unknown = true;
  f.server.set_hook([&](const fake::Request& request) -> std::optional<Answer> {
    if (request.query.find("since=") == std::string::npos || !unknown) return std::nullopt;
    unknown = false;
    return fake::refusal(400, "M_UNKNOWN_POS", "?");
  });
  f.server.set_state(f.room, "@a:fake", "org.matrix.msc3401.call", "conf", "{}");
  const auto starts = [&] {
    return std::count_if(f.batches.begin(), f.batches.end(), [](const SyncBatch& batch) {
      return !batch.events.empty() && batch.events[0].type == "m.room.create";
    });
  };
  g_assert_true(fake::eventually(f.loop, [&] { return starts() == 2; }));
  g_assert_false(unknown);
}

void stops_when_the_token_is_over() {
  Fixture f;
  f.token = "other";
  f.start();
  g_assert_true(fake::eventually(f.loop, [&] { return f.failures.size() == 1; }));
  g_assert_true(f.failures[0].kind == Kind::Auth);
}

void says_that_we_left() {
  Fixture f;
  f.start();
  g_assert_true(f.brings(1));
  g_assert_false(f.batches[0].left);
  f.server.set_state(f.room, "@admin:fake", "m.room.member", "@a:fake",
                     R"({"membership":"leave"})");
  g_assert_true(f.brings(2));
  g_assert_true(f.batches[1].left);
  g_assert_false(f.batches[1].in_room);
}

void reads_whatever_a_server_sends() {
  const auto batch = matrix::read_sync_response(*matrix::Json::parse(R"({
    "rooms": {"join": {"!r": {
      "state": {"events": [1, null, {}, {"type":"t"}, {"type":"a","sender":"s","content":[]},
        {"type":"a","sender":"s","content":{},"state_key":""}]},
      "timeline": {"limited": true, "events": [
        {"type":"m.room.message","sender":"s","content":{}},
        {"type":"m.room.redaction","sender":"s","content":{"redacts":"$new"}},
        {"type":"m.room.redaction","sender":"s","content":{},"redacts":"$old"},
        {"type":"m.room.redaction","sender":"s","content":{}},
        {"type":"b","sender":"s","content":{},"state_key":"k","origin_server_ts":"late"}]}}},
      "leave": []},
    "to_device": {"events": [{"type":"x"}, {"sender":"s"}, {"type":"x","sender":"s"}, 7]}})"),
                                                "!r");
  g_assert_cmpuint(batch.events.size(), ==, 4);
  g_assert_true(batch.events[0].type == "a");
  g_assert_true(batch.events[1].redacts == "$new");
  g_assert_true(batch.events[2].redacts == "$old");
  g_assert_true(batch.events[3].state_key == "k");
  g_assert_cmpuint(batch.to_device.size(), ==, 1);
  for (const char* text : {"{}", R"({"rooms":7})", R"({"rooms":{"join":[]},"to_device":null})"})
    g_assert_false(matrix::read_sync_response(*matrix::Json::parse(text), "!r").in_room);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  fake::capture_log();
#define TEST(name) g_test_add_func("/sync/" #name, name)
  TEST(brings_the_rooms_state_first_and_then_its_changes);
  TEST(brings_messages_to_our_device_once);
  TEST(asks_for_the_membership_of_those_in_a_call_before_their_entry);
  TEST(equal_starts_make_different_requests);
  TEST(goes_on_when_the_server_is_back);
  TEST(goes_on_after_answers_that_make_no_sense);
  TEST(starts_again_when_its_position_is_unknown);
  TEST(stops_when_the_token_is_over);
  TEST(says_that_we_left);
  TEST(reads_whatever_a_server_sends);
  return g_test_run();
}
