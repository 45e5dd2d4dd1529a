/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/conference_glare.h"

#include <glib.h>

#include "tests/signalling/pick.h"

using namespace matrix;
using namespace std::chrono_literals;

namespace {

constexpr Time t0 = 1'700'000'000'000ms;
const Address own{"@m:hs", "US"};

struct Fixture {
  void conference(const char* id, Time at) {
    apply(call_event_type, id, "@z:hs", write_conference({}, ""), at);
  }
  void member(const std::string& user_id, const char* device, const char* conf_id,
              Time expires = t0 + 1h) {
    apply("m.room.member", user_id, user_id, JsonObjectBuilder().set("membership", "join").build(),
          t0);
    const DeviceEntry entry{device, "s", expires};
    apply(call_member_event_type, user_id, user_id,
          *write_member_devices({}, conf_id, device, entry, t0 - 2h), t0);
  }
  void apply(const char* type, const std::string& key, const std::string& sender,
             const Json& content, Time at) {
    room.apply({type, key, sender, "$" + std::to_string(++events), at, content, ""});
  }
  std::optional<std::string> moves_from(const char* current) {
    glare.room_changed(current, t0);
    return glare.on_timeout(current, t0 + 1s);
  }
  RoomState room;
  ConferenceGlare glare{room, own};
  Tokens tokens;
  int events = 0;
};

void goes_to_the_conference_that_was_started_first() {
  Fixture alone;
  alone.conference("b", t0);
  alone.conference("a", t0 - 9s);
  alone.conference("long-ago", t0 - 1h);
  alone.glare.room_changed("b", t0);
  g_assert_true(alone.glare.next_deadline() == t0 + 1s);
  g_assert_false(alone.glare.on_timeout("b", t0 + 1s - 1ms).has_value());
  g_assert_true(alone.glare.on_timeout("b", t0 + 1s) == "a");
  g_assert_false(alone.glare.next_deadline().has_value());
  g_assert_false(alone.moves_from("a").has_value());
}

void takes_the_lower_id_of_two_of_the_same_millisecond() {
  Fixture both;
  both.conference("a", t0);
  both.conference("b", t0);
  g_assert_true(both.moves_from("b") == "a");
  g_assert_false(both.moves_from("a").has_value());
}

void goes_where_people_are_and_with_those_who_are_here() {
  Fixture room;
  room.conference("a", t0 - 1s);
  room.conference("b", t0);
  room.member("@m:hs", "US", "b");
  room.member("@x:hs", "X", "b");
  g_assert_false(room.moves_from("b").has_value()); /* nobody is in "a" */
  room.member("@y:hs", "Y", "a", t0 - 1s);
  g_assert_false(room.moves_from("b").has_value()); /* nobody any more */
  room.member("@y:hs", "Y", "a");
  g_assert_true(room.moves_from("b") == "a");
}

void terminates_what_it_started_when_the_last_one_has_left_it() {
  Fixture room;
  room.conference("a", t0 - 1s);
  room.conference("b", t0);
  room.glare.started("b");
  room.member("@m:hs", "US", "b");
  room.member("@x:hs", "X", "b");
  g_assert_true(room.glare.clean_up("b", room.tokens, t0).empty());
  g_assert_true(room.glare.clean_up("a", room.tokens, t0).empty());
  room.member("@x:hs", "X", "a");
  const auto writes = pick<SendState>(room.glare.clean_up("a", room.tokens, t0));
  g_assert_true(writes.size() == 1 && writes[0].state_key == "b");
  g_assert_true(read_conference(writes[0].content)->terminated);
  g_assert_true(room.glare.clean_up("a", room.tokens, t0).empty());
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/conference_glare/" #name, name)
  TEST(goes_to_the_conference_that_was_started_first);
  TEST(takes_the_lower_id_of_two_of_the_same_millisecond);
  TEST(goes_where_people_are_and_with_those_who_are_here);
  TEST(terminates_what_it_started_when_the_last_one_has_left_it);
  return g_test_run();
}
