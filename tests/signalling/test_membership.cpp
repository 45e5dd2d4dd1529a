/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/membership.h"

#include <cstring>

using namespace matrix;
using namespace std::chrono_literals;

namespace {

using State = Membership::State;
using Kind = rtc::Error::Kind;

constexpr Time start = 1000h;

/* Our device in a room, in virtual time. */
struct Fixture {
  RoomState room;
  Random random{{1, 2, 3}};
  Tokens tokens;
  Membership membership{{"@me:hs", "OURS"}, "session", room, random, tokens};
  Time now = start;

  SendState write(const Effects& effects) {
    g_assert_cmpuint(effects.size(), ==, 1);
    const auto* write = std::get_if<SendState>(&effects[0]);
    g_assert_nonnull(write);
    g_assert_cmpstr(write->type.c_str(), ==, call_member_event_type);
    g_assert_cmpstr(write->state_key.c_str(), ==, "@me:hs");
    return *write;
  }
  /* The sync brings our user's member event, stamped now. */
  void show(const Json& content) {
    room.apply({call_member_event_type, "@me:hs", "@me:hs", "$1", now, content, ""});
    membership.room_changed(now);
  }
  void answer(const SendState& write, const rtc::Result<void>& result = {}) {
    g_assert_true(membership.sent(write.token, result, now).empty());
  }
  /* Goes to the next deadline and takes what is written there. */
  SendState next_write() {
    const auto deadline = membership.next_deadline();
    g_assert_true(deadline.has_value());
    if (*deadline > now) {
      g_assert_true(membership.on_timeout(*deadline - 1ms).empty());
      now = *deadline;
    }
    return write(membership.on_timeout(now));
  }
  void publish() {
    const auto first = write(membership.publish("conf", now));
    answer(first);
    show(first.content);
  }
  void expect_idle_until_renewal() { g_assert_true(*membership.next_deadline() - now >= 39min); }
};

std::vector<DeviceEntry> devices(const Json& content, std::string_view conf_id = "conf") {
  return read_member_devices(
      {call_member_event_type, "@me:hs", "@me:hs", "$1", Time(0), content, ""}, conf_id);
}

Json with_device(const Json& content, const char* conf_id, const char* device) {
  return *write_member_devices(content, conf_id, device,
                               DeviceEntry{device, "other-session", start + 10h}, start);
}

rtc::Error error(Kind kind) {
  return {kind, "It did not work.", "detail"};
}

void lists_a_screen_while_it_is_shared() {
  Fixture f;
  f.membership.set_screenshare(true, f.now);
  const auto first = f.write(f.membership.publish("conf", f.now));
  g_assert_true(devices(first.content).at(0).screenshare);
  f.membership.set_screenshare(false, f.now); /* under way already */
  f.answer(first);
  f.show(first.content);
  const auto second = f.next_write();
  g_assert_true(f.now == start + 5s);
  g_assert_false(devices(second.content).at(0).screenshare);
  f.answer(second);
  f.show(second.content);
  f.expect_idle_until_renewal();
}

void publishes_at_once_for_an_hour() {
  Fixture f;
  f.show(with_device({}, "conf", "PHONE"));
  const auto write = f.write(f.membership.publish("conf", f.now));
  g_assert_true(f.membership.state() == State::Publishing);
  g_assert_false(f.membership.next_deadline().has_value());
  const std::vector<DeviceEntry> expected{{"PHONE", "other-session", start + 10h},
                                          {"OURS", "session", start + 1h}};
  g_assert_true(devices(write.content) == expected);
  f.answer(write);
  g_assert_true(f.membership.state() == State::Published);
  f.show(write.content);
  f.expect_idle_until_renewal();
}

void renews_well_before_it_lapses() {
  Fixture f;
  f.publish();
  std::vector<Time> gaps;
  for (int i = 0; i < 20; i++) {
    const Time last = f.now;
    const auto write = f.next_write();
    gaps.push_back(f.now - last);
    g_assert_true(f.now - last >= 40min && f.now - last <= 45min);
    g_assert_true(devices(write.content)[0].expires_ts == f.now + 1h);
    f.answer(write);
    f.show(write.content);
  }
  g_assert_true(gaps[0] != gaps[1] || gaps[1] != gaps[2]);
}

void restores_its_entry_within_seconds() {
  Fixture f;
  f.publish();
  f.now += 10min;
  const Json overwritten = with_device({}, "conf", "PHONE");
  f.show(overwritten);
  const Time seen = f.now;
  const auto write = f.next_write();
  g_assert_true(f.now - seen >= 1s && f.now - seen <= 5s);
  g_assert_cmpuint(devices(write.content).size(), ==, 2);
  f.answer(write);
  f.show(write.content);
  f.expect_idle_until_renewal();
}

void an_entry_of_another_session_is_not_ours() {
  Fixture f;
  f.publish();
  f.now += 10min;
  f.show(with_device({}, "conf", "OURS"));
  const auto write = f.next_write();
  const std::vector<DeviceEntry> expected{{"OURS", "session", f.now + 1h}};
  g_assert_true(devices(write.content) == expected);
}

void does_not_restore_what_shows_up_in_time() {
  Fixture f;
  const auto write = f.write(f.membership.publish("conf", f.now));
  f.answer(write);
  g_assert_true(*f.membership.next_deadline() - f.now <= 10s);
  f.show(with_device({}, "conf", "PHONE")); /* from before our write */
  f.now += 500ms;
  f.show(write.content);
  f.expect_idle_until_renewal();
}

void sees_what_came_while_it_was_writing() {
  Fixture f;
  const auto write = f.write(f.membership.publish("conf", f.now));
  f.show(write.content);
  f.show(with_device({}, "conf", "PHONE"));
  g_assert_false(f.membership.next_deadline().has_value());
  f.answer(write);
  const auto again = f.next_write();
  g_assert_cmpuint(devices(again.content).size(), ==, 2);
}

void writes_at_most_every_five_seconds_and_tires_of_a_quarrel() {
  Fixture f;
  f.publish();
  std::vector<Time> gaps;
  for (int i = 0; i < 12; i++) {
    const Time last = f.now;
    f.now += 10ms;
    f.show(with_device({}, "conf", "PHONE"));
    const auto write = f.next_write();
    gaps.push_back(f.now - last);
    g_assert_true(gaps.back() >= 5s);
    f.answer(write);
    f.show(write.content);
  }
  g_assert_true(gaps[0] <= 6s && gaps[1] <= 6s && gaps[2] <= 6s);
  g_assert_true(gaps[11] >= 16s && gaps[11] <= 81s);
  f.now += 2min; /* of peace */
  const Time seen = f.now;
  f.show(with_device({}, "conf", "PHONE"));
  f.next_write();
  g_assert_true(f.now - seen <= 5s);
}

void tries_again_when_the_network_fails() {
  Fixture f;
  auto write = f.write(f.membership.publish("conf", f.now));
  Time longest{0};
  for (int i = 0; i < 10; i++) {
    f.answer(write, error(i % 2 ? Kind::Network : Kind::RateLimit));
    g_assert_true(f.membership.state() == State::Publishing);
    const Time failed = f.now;
    write = f.next_write();
    longest = std::max(longest, f.now - failed);
    g_assert_true(f.now - failed >= 500ms && f.now - failed <= 60s);
    g_assert_true(devices(write.content)[0].expires_ts == f.now + 1h);
  }
  g_assert_true(longest >= 30s);
  f.answer(write);
  g_assert_true(f.membership.state() == State::Published);
}

void a_failed_renewal_is_repeated_while_it_still_counts() {
  Fixture f;
  f.publish();
  auto write = f.next_write();
  for (int i = 0; i < 10; i++) {
    f.answer(write, error(Kind::Network));
    write = f.next_write();
  }
  g_assert_true(f.now < start + 1h);
  f.answer(write);
  f.show(write.content);
  f.expect_idle_until_renewal();
}

void a_refusal_names_the_levels_and_ends_it() {
  Fixture f;
  f.room.apply({"m.room.power_levels", "", "@admin:hs", "$p", Time(0),
                *Json::parse(R"({"users_default":3})"), ""});
  const auto write = f.write(f.membership.publish("conf", f.now));
  f.answer(write, error(Kind::Denied));
  g_assert_true(f.membership.state() == State::Failed);
  const auto& failure = *f.membership.error();
  g_assert_true(failure.kind == Kind::Denied);
  for (const char* part : {call_member_event_type, "level 50", "has 3"})
    g_assert_nonnull(strstr(failure.message.c_str(), part));
  g_assert_false(f.membership.next_deadline().has_value());
  g_assert_true(f.membership.leave(f.now).empty());
  g_assert_true(f.membership.state() == State::Left);
}

void what_cannot_mend_is_not_repeated() {
  for (const auto kind : {Kind::Auth, Kind::NotFound, Kind::Settings}) {
    Fixture f;
    f.answer(f.write(f.membership.publish("conf", f.now)), error(kind));
    g_assert_true(f.membership.state() == State::Failed);
    g_assert_true(f.membership.error() == error(kind));
  }
}

void leaves_at_once_and_keeps_the_others() {
  Fixture f;
  f.show(with_device({}, "conf", "PHONE"));
  f.publish();
  const auto write = f.write(f.membership.leave(f.now + 1ms));
  g_assert_true(f.membership.state() == State::Leaving);
  const std::vector<DeviceEntry> expected{{"PHONE", "other-session", start + 10h}};
  g_assert_true(devices(write.content) == expected);
  f.show(write.content);
  g_assert_false(f.membership.next_deadline().has_value());
  g_assert_true(f.membership.leave(f.now).empty());
  f.answer(write);
  g_assert_true(f.membership.state() == State::Left);
}

void leaves_while_it_is_still_joining() {
  Fixture f;
  const auto joining = f.write(f.membership.publish("conf", f.now));
  const auto leaving = f.write(f.membership.leave(f.now));
  g_assert_true(leaving.content.text() == R"({"m.calls":[]})");
  f.answer(joining);
  g_assert_true(f.membership.state() == State::Leaving);
  f.answer(leaving, error(Kind::Network));
  g_assert_true(f.membership.state() == State::Left);
  g_assert_true(f.membership.publish("conf", f.now).empty());
}

void leaves_without_a_word_if_it_never_joined() {
  Fixture f;
  g_assert_true(f.membership.leave(f.now).empty());
  g_assert_true(f.membership.state() == State::Left);
}

void removes_what_an_earlier_run_left_when_it_joins() {
  Fixture f;
  f.show(
      with_device(with_device(with_device({}, "stale", "OURS"), "stale", "PHONE"), "conf", "OURS"));
  const auto write = f.write(f.membership.publish("conf", f.now));
  const std::vector<DeviceEntry> phone{{"PHONE", "other-session", start + 10h}};
  const std::vector<DeviceEntry> ours{{"OURS", "session", start + 1h}};
  g_assert_true(devices(write.content, "stale") == phone);
  g_assert_true(devices(write.content) == ours);
}

void cleans_up_without_joining() {
  Fixture f;
  g_assert_true(f.membership.clean_up(f.now).empty());
  f.show(with_device({}, "stale", "PHONE"));
  g_assert_true(f.membership.clean_up(f.now).empty());
  f.show(with_device({}, "stale", "OURS"));
  const auto write = f.write(f.membership.clean_up(f.now));
  g_assert_true(write.content.text() == R"({"m.calls":[]})");
  f.answer(write);
  g_assert_true(f.membership.state() == State::Idle);
}

void does_not_touch_a_call_of_another_kind() {
  const Json matrixrtc = *Json::parse(R"({"application":"m.call","device_id":"PHONE"})");
  Fixture f;
  f.show(matrixrtc);
  g_assert_true(f.membership.publish("conf", f.now).empty());
  g_assert_true(f.membership.state() == State::Failed);
  g_assert_true(f.membership.error()->kind == Kind::Busy);

  Fixture g;
  g.publish();
  g.now += 10min;
  g.show(matrixrtc);
  g.now = *g.membership.next_deadline();
  g_assert_true(g.membership.on_timeout(g.now).empty());
  g_assert_true(g.membership.state() == State::Published);
  g.show(*Json::parse("{}"));
  g_assert_cmpuint(devices(g.next_write().content).size(), ==, 1);
}

void foreign_answers_and_early_timeouts_do_nothing() {
  Fixture f;
  g_assert_true(f.membership.sent(0, {}, f.now).empty());
  g_assert_true(f.membership.on_timeout(f.now).empty());
  const auto write = f.write(f.membership.publish("conf", f.now));
  f.membership.sent(write.token + 7, {}, f.now);
  f.membership.sent(0, {}, f.now);
  g_assert_true(f.membership.state() == State::Publishing);
  f.answer(write);
  f.membership.sent(write.token, error(Kind::Denied), f.now); /* answered before */
  g_assert_true(f.membership.state() == State::Published);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/membership/" #name, name)
  TEST(lists_a_screen_while_it_is_shared);
  TEST(publishes_at_once_for_an_hour);
  TEST(renews_well_before_it_lapses);
  TEST(restores_its_entry_within_seconds);
  TEST(an_entry_of_another_session_is_not_ours);
  TEST(does_not_restore_what_shows_up_in_time);
  TEST(sees_what_came_while_it_was_writing);
  TEST(writes_at_most_every_five_seconds_and_tires_of_a_quarrel);
  TEST(tries_again_when_the_network_fails);
  TEST(a_failed_renewal_is_repeated_while_it_still_counts);
  TEST(a_refusal_names_the_levels_and_ends_it);
  TEST(what_cannot_mend_is_not_repeated);
  TEST(leaves_at_once_and_keeps_the_others);
  TEST(leaves_while_it_is_still_joining);
  TEST(leaves_without_a_word_if_it_never_joined);
  TEST(removes_what_an_earlier_run_left_when_it_joins);
  TEST(cleans_up_without_joining);
  TEST(does_not_touch_a_call_of_another_kind);
  TEST(foreign_answers_and_early_timeouts_do_nothing);
  return g_test_run();
}
