/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/power_levels.h"

using namespace matrix;

namespace {

RoomEvent event(const char* content) {
  RoomEvent event;
  event.sender = "@creator:hs";
  event.content = *Json::parse(content);
  return event;
}

PowerLevels levels(const char* create, const char* content) {
  PowerLevels levels;
  levels.set_create_event(event(create));
  if (content) levels.set_power_levels_event(event(content));
  return levels;
}

void a_room_without_levels_belongs_to_its_creator() {
  const auto room = levels(R"({"room_version":"11"})", nullptr);
  g_assert_cmpint(room.of_user("@creator:hs"), ==, 100);
  g_assert_cmpint(room.of_user("@other:hs"), ==, 0);
  g_assert_cmpint(room.of_state("x"), ==, 50);
  const auto old = levels(R"({"creator":"@founder:hs"})", nullptr);
  g_assert_cmpint(old.of_user("@founder:hs"), ==, 100);
  g_assert_cmpint(old.of_user("@creator:hs"), ==, 0);
}

void levels_of_users_and_types_have_defaults() {
  const auto room = levels(R"({"room_version":"10"})", R"({"users":{"@a:hs":75},
      "users_default":5,"events":{"x":10},"state_default":30,"events_default":99})");
  g_assert_cmpint(room.of_user("@a:hs"), ==, 75);
  g_assert_cmpint(room.of_user("@creator:hs"), ==, 5);
  g_assert_cmpint(room.of_state("x"), ==, 10);
  g_assert_cmpint(room.of_state("y"), ==, 30);
  const auto empty = levels("{}", "{}");
  g_assert_cmpint(empty.of_user("@creator:hs"), ==, 0);
  g_assert_cmpint(empty.of_state("x"), ==, 50);
}

void creators_of_new_rooms_have_no_limit() {
  const auto room = levels(R"({"room_version":"12","additional_creators":["@b:hs",5,null],
      "creator":"@nobody:hs"})",
                           R"({"users":{"@a:hs":100}})");
  g_assert_cmpint(room.of_user("@creator:hs"), ==, PowerLevels::infinite);
  g_assert_cmpint(room.of_user("@b:hs"), ==, PowerLevels::infinite);
  g_assert_cmpint(room.of_user("@a:hs"), ==, 100);
  g_assert_cmpint(room.of_user("@nobody:hs"), ==, 0);
  const auto older = levels(R"({"room_version":"11","additional_creators":["@b:hs"]})", "{}");
  g_assert_cmpint(older.of_user("@b:hs"), ==, 0);
}

void malformed_levels_count_as_absent() {
  const auto room = levels(R"({"room_version":12,"creator":5})", R"({"users":{"@a:hs":"50",
      "@b:hs":"many","@c:hs":[1],"@d:hs":"5x"},"users_default":{},"events":[],
      "state_default":"25"})");
  g_assert_cmpint(room.of_user("@a:hs"), ==, 50);
  g_assert_cmpint(room.of_user("@b:hs"), ==, 0);
  g_assert_cmpint(room.of_user("@c:hs"), ==, 0);
  g_assert_cmpint(room.of_user("@d:hs"), ==, 0);
  g_assert_cmpint(room.of_state("x"), ==, 25);
  g_assert_cmpint(levels("[]", "5").of_state("x"), ==, 50);
  g_assert_cmpint(PowerLevels().of_user("@a:hs"), ==, 0);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/power_levels/" #name, name)
  TEST(a_room_without_levels_belongs_to_its_creator);
  TEST(levels_of_users_and_types_have_defaults);
  TEST(creators_of_new_rooms_have_no_limit);
  TEST(malformed_levels_count_as_absent);
  return g_test_run();
}
