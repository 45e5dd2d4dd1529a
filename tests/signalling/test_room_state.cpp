/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/room_state.h"

#include <malloc.h>

#include <cstring>
#include <memory>

using namespace matrix;

namespace {

RoomEvent state(std::string type, const std::string& key, const std::string& content) {
  const auto json = Json::parse(content);
  g_assert_true(json.ok());
  return {std::move(type), key, key, "$" + key, Time(0), *json, ""};
}

RoomEvent member(const std::string& user, const char* membership = "join",
                 const std::string& name = "") {
  return state(
      "m.room.member", user,
      std::string(R"({"membership":")") + membership + R"(","displayname":")" + name + R"("})");
}

RoomEvent conference(const std::string& id, int started, bool terminated = false) {
  auto event = state(call_event_type, id, "{}");
  event.content = write_conference({Intent::Prompt, false, terminated}, "");
  event.origin_server_ts = Time(started);
  return event;
}

RoomEvent in_call(const std::string& user, const std::string& conf_id, int expires = 5000) {
  auto event = state(call_member_event_type, user, "{}");
  event.content =
      *write_member_devices({}, conf_id, "DEV", DeviceEntry{"DEV", "s", Time(expires)}, Time(0));
  return event;
}

RoomEvent redaction(const std::string& of) {
  RoomEvent event;
  event.type = "m.room.redaction";
  event.redacts = of;
  return event;
}

std::string found(const RoomState& room, const std::string& wanted = "") {
  const auto* conference = room.find_conference(Time(1000), wanted);
  return conference ? conference->id : "";
}

void knows_who_is_joined_and_what_they_are_called() {
  RoomState room;
  g_assert_true(room.apply(member("@a:hs", "join", "Alice")));
  g_assert_false(room.apply(member("@a:hs", "join", "Alice")));
  g_assert_true(room.apply(member("@b:hs")));
  g_assert_false(room.apply(member("@c:hs", "invite", "Carol")));
  g_assert_true(room.is_joined("@a:hs"));
  g_assert_true(room.is_joined("@b:hs"));
  g_assert_false(room.is_joined("@c:hs"));
  g_assert_true(room.display_name("@a:hs") == "Alice");
  g_assert_true(room.display_name("@b:hs") == "@b:hs");
  g_assert_true(room.display_name("@c:hs") == "@c:hs");
  g_assert_true(room.apply(member("@a:hs", "leave")));
  g_assert_false(room.is_joined("@a:hs"));
}

void display_names_are_short_and_on_one_line() {
  RoomState room;
  std::string name = "a\\n";
  for (int i = 0; i < 200; i++) name += "é";
  room.apply(member("@a:hs", "join", name));
  const auto& shown = room.display_name("@a:hs");
  g_assert_cmpuint(shown.size(), ==, 254);
  g_assert_true(shown.starts_with("a é"));
  g_assert_true(g_utf8_validate_len(shown.data(), shown.size(), nullptr));
}

void a_conference_ends_by_termination_redaction_or_nonsense() {
  RoomState room;
  g_assert_true(room.apply(conference("c", 10)));
  g_assert_false(room.apply(conference("c", 10)));
  g_assert_nonnull(room.conference("c"));
  g_assert_true(room.apply(conference("c", 20, true)));
  g_assert_null(room.conference("c"));
  room.apply(conference("c", 30));
  g_assert_false(room.apply(redaction("$another")));
  g_assert_true(room.apply(redaction("$c")));
  g_assert_null(room.conference("c"));
  room.apply(conference("c", 40));
  auto by_content = redaction("");
  by_content.content = *Json::parse(R"({"redacts":"$c"})");
  g_assert_true(room.apply(by_content));
  room.apply(conference("c", 50));
  g_assert_true(room.apply(state(call_event_type, "c", R"({"m.intent":5})")));
  g_assert_true(room.conferences().empty());
}

void lists_the_devices_of_joined_members_only() {
  RoomState room;
  room.apply(member("@a:hs"));
  g_assert_true(room.apply(in_call("@a:hs", "c", 1)));
  room.apply(in_call("@b:hs", "c"));
  auto forged = in_call("@c:hs", "c");
  room.apply(member("@c:hs"));
  forged.sender = "@b:hs";
  g_assert_false(room.apply(forged));
  const std::vector<UserDevice> expected{{"@a:hs", {"DEV", "s", Time(1)}}};
  g_assert_true(room.devices("c") == expected);
  g_assert_true(room.devices("d").empty());
  room.apply(member("@b:hs"));
  g_assert_cmpuint(room.devices("c").size(), ==, 2);
  g_assert_true(room.apply(redaction("$@a:hs")));
  g_assert_null(room.call_member_event("@a:hs"));
  g_assert_cmpuint(room.devices("c").size(), ==, 1);
}

void joins_the_conference_where_people_are() {
  RoomState room;
  g_assert_true(found(room).empty());
  room.apply(conference("old", 100000));
  room.apply(conference("new", 200000));
  room.apply(conference("over", 300000, true));
  g_assert_true(found(room) == "new");
  room.apply(in_call("@a:hs", "old"));
  g_assert_true(found(room) == "new"); /* not a member of the room */
  room.apply(member("@a:hs"));
  g_assert_true(found(room) == "old");
  room.apply(in_call("@a:hs", "old", 1000));
  g_assert_true(found(room) == "new"); /* lapsed */
}

void of_several_inhabited_conferences_takes_the_newest() {
  RoomState room;
  for (const char* user : {"@a:hs", "@b:hs"}) room.apply(member(user));
  room.apply(conference("first", 100000));
  room.apply(conference("second", 200000));
  room.apply(conference("empty", 300000));
  room.apply(in_call("@a:hs", "first"));
  room.apply(in_call("@b:hs", "second"));
  g_assert_true(found(room) == "second");
}

void of_conferences_started_at_once_takes_the_older() {
  RoomState room;
  room.apply(conference("b", 100000));
  room.apply(conference("a", 109000));
  g_assert_true(found(room) == "b");
  room.apply(conference("c", 100000));
  g_assert_true(found(room) == "b"); /* the lower id */
  room.apply(conference("d", 111000));
  g_assert_true(found(room) == "b");
  room.apply(conference("e", 200000));
  g_assert_true(found(room) == "e");
}

void a_wanted_conference_is_found_or_none() {
  RoomState room;
  room.apply(conference("a", 1));
  room.apply(conference("b", 200000));
  g_assert_true(found(room, "a") == "a");
  g_assert_true(found(room, "c").empty());
}

void nonsense_changes_nothing() {
  RoomState room;
  for (const char* type : {"m.room.member", call_event_type, call_member_event_type,
                           "m.room.power_levels", "m.room.create", "m.room.redaction", "", "x"})
    for (const char* content : {"{}", "[]", "5", "null", R"({"membership":{},"m.calls":5})"})
      for (const char* key : {"", "@a:hs", "\n"}) {
        auto event = state(type, key, content);
        room.apply(event);
        event.state_key.reset();
        g_assert_false(room.apply(event));
      }
  g_assert_false(room.is_joined("@a:hs"));
  g_assert_true(found(room).empty());
  g_assert_true(room.devices("").empty());
  g_assert_false(room.apply(conference(std::string(256, 'x'), 1)));
}

void a_refusal_names_type_and_levels() {
  RoomState room;
  room.apply(state("m.room.power_levels", "", R"({"users_default":7,"events":{"t":60}})"));
  const auto error = state_refused(room, "@a:hs", "t", "M_FORBIDDEN");
  g_assert_true(error.kind == rtc::Error::Kind::Denied);
  for (const char* part : {"@a:hs", "sending t ", "level 60", "has 7"})
    g_assert_nonnull(strstr(error.message.c_str(), part));
  g_assert_cmpstr(error.detail.c_str(), ==, "M_FORBIDDEN");
  room.apply(state("m.room.power_levels", "", R"({"users_default":60,"events":{"t":60}})"));
  const auto other = state_refused(room, "@a:hs", "t", "");
  g_assert_null(strstr(other.message.c_str(), "level"));
}

void ten_thousand_members_cost_less_than_3_megabytes() {
  auto room = std::make_unique<RoomState>();
  const size_t before = mallinfo2().uordblks;
  for (int i = 0; i < 10000; i++) {
    const auto n = std::to_string(i);
    room->apply(member("@some.long.user" + n + ":matrix.example.org", "join",
                       "A Display Name of Number " + n));
  }
  const size_t used = mallinfo2().uordblks - before;
  g_test_message("%zu bytes", used);
  g_assert_cmpuint(used, <, 3000000);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/room_state/" #name, name)
  TEST(knows_who_is_joined_and_what_they_are_called);
  TEST(display_names_are_short_and_on_one_line);
  TEST(a_conference_ends_by_termination_redaction_or_nonsense);
  TEST(lists_the_devices_of_joined_members_only);
  TEST(joins_the_conference_where_people_are);
  TEST(of_several_inhabited_conferences_takes_the_newest);
  TEST(of_conferences_started_at_once_takes_the_older);
  TEST(a_wanted_conference_is_found_or_none);
  TEST(nonsense_changes_nothing);
  TEST(a_refusal_names_type_and_levels);
  TEST(ten_thousand_members_cost_less_than_3_megabytes);
  return g_test_run();
}
