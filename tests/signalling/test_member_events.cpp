/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/member_events.h"

using namespace matrix;

namespace {

Json json(const std::string& text) {
  const auto parsed = Json::parse(text);
  g_assert_true(parsed.ok());
  return *parsed;
}

RoomEvent member_event(const Json& content) {
  return {call_member_event_type, "@b:hs", "@b:hs", "$1", Time(0), content, ""};
}

std::vector<DeviceEntry> read(const std::string& content, std::string_view conf_id = "conf") {
  return read_member_devices(member_event(json(content)), conf_id);
}

std::string calls(const std::string& devices) {
  return R"({"m.calls":[{"m.call_id":"conf","m.devices":[)" + devices + "]}]}";
}

std::string device(const std::string& id, int expires = 9000) {
  return R"({"device_id":")" + id + R"(","session_id":"s","expires_ts":)" +
         std::to_string(expires) + R"(,"feeds":[{"purpose":"m.usermedia"}]})";
}

const DeviceEntry own{"OURS", "session", Time(3600000), false};
const std::string own_text = R"({"device_id":"OURS","session_id":"session","expires_ts":3600000,)"
                             R"("feeds":[{"purpose":"m.usermedia"}]})";

void expect(const std::optional<Json>& written, const std::string& expected) {
  g_assert_true(written.has_value());
  if (*written != json(expected)) g_test_message("%s", written->text().c_str());
  g_assert_true(*written == json(expected));
}

void reads_conferences_of_both_clients() {
  const auto js = read_conference(json(R"({"m.intent":"m.prompt","m.type":"m.video",
      "io.element.ptt":false,"dataChannelsEnabled":false})"));
  g_assert_true((js == ConferenceContent{Intent::Prompt, false, false}));
  const auto hydrogen = read_conference(
      json(R"({"m.intent":"m.ring","m.type":"m.voice","m.name":"A call","m.terminated":true})"));
  g_assert_true((hydrogen == ConferenceContent{Intent::Ring, true, true}));
  const auto ended = read_conference(
      json(R"({"m.intent":"m.room","m.type":"m.video","m.terminated":"call_ended"})"));
  g_assert_true((ended == ConferenceContent{Intent::Room, false, true}));
}

void refuses_what_is_no_conference() {
  for (const char* content :
       {"{}", "[]", "5", "null", R"({"m.intent":"m.prompt"})", R"({"m.type":"m.video"})",
        R"({"m.intent":"m.later","m.type":"m.video"})",
        R"({"m.intent":"m.ring","m.type":"m.smell"})", R"({"m.intent":5,"m.type":["m.video"]})"})
    g_assert_false(read_conference(json(content)).has_value());
}

void a_conference_comes_back_as_it_was_written() {
  for (const auto intent : {Intent::Ring, Intent::Prompt, Intent::Room})
    for (const bool voice : {false, true})
      for (const bool terminated : {false, true}) {
        const ConferenceContent conference{intent, voice, terminated};
        g_assert_true(read_conference(write_conference(conference, "A name")) == conference);
      }
  expect(write_conference({}, "Stand-up"), R"({"m.intent":"m.prompt","m.type":"m.video",
      "m.name":"Stand-up","io.element.ptt":false})");
}

void reads_the_devices_of_one_conference() {
  const auto devices = read(R"({"m.calls":[{"m.call_id":"other","m.devices":[)" + device("X") +
                            R"(]},{"m.call_id":"conf","m.foci":[],"m.devices":[)" + device("A") +
                            R"(,{"device_id":"B","session_id":"t","expires_ts":5.0,"feeds":
        [{"purpose":"m.usermedia"},null,7,{"purpose":"m.screenshare"}]}]}]})");
  const std::vector<DeviceEntry> expected{{"A", "s", Time(9000), false}, {"B", "t", Time(5), true}};
  g_assert_true(devices == expected);
}

void skips_malformed_and_repeated_devices() {
  const std::string long_id(256, 'x');
  const auto devices = read(calls(
      R"(null,5,"A",[],{},{"device_id":5,"session_id":"s","expires_ts":1,"feeds":[]},
      {"device_id":"C","expires_ts":1,"feeds":[]},{"device_id":"","session_id":"s","expires_ts":1},
      {"device_id":"D","session_id":"s","expires_ts":"soon"},
      {"device_id":"D","session_id":"s","expires_ts":9223372036854775807},
      {"device_id":"E","session_id":"s","expires_ts":-1},
      {"device_id":"F\n","session_id":"s","expires_ts":1},)" +
      device(long_id) + "," + device("A", 1) + "," + device("A", 2) + "," + device("B", 3)));
  const std::vector<DeviceEntry> expected{{"A", "s", Time(1)}, {"B", "s", Time(3)}};
  g_assert_true(devices == expected);
}

void reads_nothing_of_other_content() {
  for (const char* content :
       {"{}", "5", "[]", "null", R"({"m.calls":5})", R"({"m.calls":{"m.call_id":"conf"}})",
        R"({"m.calls":[null,5,[],"conf"]})", R"({"m.calls":[{"m.call_id":"conf"}]})",
        R"({"m.calls":[{"m.call_id":"conf","m.devices":{"0":{}}}]})",
        R"({"m.calls":[{"m.call_id":["conf"],"m.devices":[]}]})",
        R"({"application":"m.call","call_id":"","device_id":"A","expires":14400000,
            "focus_active":{"type":"livekit"},"foci_preferred":[]})",
        R"({"memberships":[{"device_id":"A","call_id":"conf","expires":9000}]})"})
    g_assert_true(read(content).empty());
  const auto twice = R"({"m.calls":[{"m.call_id":"conf","m.devices":[)" + device("A") +
                     R"(]},{"m.call_id":"conf","m.devices":[)" + device("B") + "]}]}";
  g_assert_true(read(twice).empty());
}

void reads_nothing_under_another_users_key() {
  auto event = member_event(json(calls(device("A"))));
  g_assert_cmpuint(read_member_devices(event, "conf").size(), ==, 1);
  for (const auto& key : {std::optional<std::string>(), std::optional<std::string>("@c:hs"),
                          std::optional<std::string>("_@b:hs_A"), std::optional<std::string>("")}) {
    event.state_key = key;
    g_assert_true(read_member_devices(event, "conf").empty());
  }
  event.state_key = "@b:hs";
  event.type = call_event_type;
  g_assert_true(read_member_devices(event, "conf").empty());
}

void reads_at_most_a_thousand_devices() {
  std::string many = device("D0");
  for (int i = 1; i < 1500; i++) many += "," + device("D" + std::to_string(i));
  const auto devices = read(calls(many));
  g_assert_cmpuint(devices.size(), ==, 1000);
  g_assert_true(devices.back().device_id == "D999");
}

void joins_an_empty_room() {
  for (const char* current : {"", "{}", R"({"m.calls":[]})"}) {
    const Json content = *current ? json(current) : Json();
    expect(write_member_devices(content, "conf", "OURS", own, Time(0)), calls(own_text));
  }
  auto sharing = own;
  sharing.screenshare = true;
  const auto written = write_member_devices({}, "conf", "OURS", sharing, Time(0));
  g_assert_true((read_member_devices(member_event(*written), "conf") == std::vector{sharing}));
}

void keeps_other_devices_and_drops_expired_ones() {
  const auto current = json(calls(device("A", 5001) + "," + device("OURS") + "," +
                                  device("B", 5000) + "," + device("A", 6000) + ",null,{}"));
  expect(write_member_devices(current, "conf", "OURS", own, Time(5000)),
         calls(device("A", 5001) + "," + own_text));
  expect(write_member_devices(current, "conf", "OURS", std::nullopt, Time(5000)),
         calls(device("A", 5001)));
}

void keeps_what_it_does_not_know() {
  const std::string other = R"({"m.call_id":"other","m.devices":[)" + device("Z", 1) +
                            R"(],"x":[1]},{"m.call_id":"broken","m.devices":5})";
  const auto current = json(R"({"y":true,"m.calls":[)" + other +
                            R"(,{"m.call_id":"conf","m.foci":["f"],"m.devices":[
      {"device_id":"A","session_id":"s","expires_ts":9000,"later":{}}]}]})");
  expect(write_member_devices(current, "conf", "OURS", own, Time(5000)),
         R"({"y":true,"m.calls":[)" + other +
             R"(,{"m.call_id":"conf","m.foci":["f"],"m.devices":[
      {"device_id":"A","session_id":"s","expires_ts":9000,"later":{}},)" +
             own_text + "]}]}");
}

void leaving_removes_an_emptied_entry() {
  expect(write_member_devices(json(calls(device("OURS"))), "conf", "OURS", std::nullopt, Time(0)),
         R"({"m.calls":[]})");
  expect(write_member_devices({}, "conf", "OURS", std::nullopt, Time(0)), R"({"m.calls":[]})");
}

void mends_content_that_stops_other_clients() {
  expect(write_member_devices(json(R"({"m.calls":5})"), "conf", "OURS", own, Time(0)),
         calls(own_text));
  expect(write_member_devices(json(R"({"m.calls":[null,5,{"m.call_id":"conf","m.devices":5}]})"),
                              "conf", "OURS", own, Time(0)),
         calls(own_text));
  const auto twice = json(R"({"m.calls":[{"m.call_id":"conf","m.devices":[)" + device("A") +
                          R"(]},{"m.call_id":"conf","m.devices":[)" + device("B") + "]}]}");
  expect(write_member_devices(twice, "conf", "OURS", own, Time(0)),
         calls(device("A") + "," + device("B") + "," + own_text));
}

void leaves_the_content_of_matrixrtc_alone() {
  for (const char* current :
       {R"({"application":"m.call","device_id":"OURS"})", R"({"memberships":[{"call_id":""}]})"})
    g_assert_false(write_member_devices(json(current), "conf", "OURS", own, Time(0)).has_value());
  const auto left =
      write_member_devices(json(R"({"memberships":[]})"), "conf", "OURS", own, Time(0));
  g_assert_true(left.has_value());
  g_assert_true(left->has("memberships"));
}

void finds_and_removes_leftovers_everywhere() {
  const auto current =
      json(R"({"m.calls":[{"m.call_id":"a","m.devices":[)" + device("OURS") +
           R"(]},{"m.call_id":"b","m.devices":[)" + device("X", 1) + "," + device("OURS") + "," +
           device("Y") + R"(]},{"m.call_id":"c","m.devices":[)" + device("Z", 1) + "]}]}");
  g_assert_true(lists_device(current, "OURS"));
  g_assert_false(lists_device(current, "THEIRS"));
  g_assert_false(lists_device(Json(), "OURS"));
  expect(remove_device_everywhere(current, "OURS", Time(5000)),
         R"({"m.calls":[{"m.call_id":"b","m.devices":[)" + device("Y") +
             R"(]},{"m.call_id":"c","m.devices":[)" + device("Z", 1) + "]}]}");
  g_assert_false(remove_device_everywhere(current, "THEIRS", Time(5000)).has_value());
  g_assert_false(
      remove_device_everywhere(json(R"({"device_id":"OURS"})"), "OURS", Time(0)).has_value());
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/member_events/" #name, name)
  TEST(reads_conferences_of_both_clients);
  TEST(refuses_what_is_no_conference);
  TEST(a_conference_comes_back_as_it_was_written);
  TEST(reads_the_devices_of_one_conference);
  TEST(skips_malformed_and_repeated_devices);
  TEST(reads_nothing_of_other_content);
  TEST(reads_nothing_under_another_users_key);
  TEST(reads_at_most_a_thousand_devices);
  TEST(joins_an_empty_room);
  TEST(keeps_other_devices_and_drops_expired_ones);
  TEST(keeps_what_it_does_not_know);
  TEST(leaving_removes_an_emptied_entry);
  TEST(mends_content_that_stops_other_clients);
  TEST(leaves_the_content_of_matrixrtc_alone);
  TEST(finds_and_removes_leftovers_everywhere);
  return g_test_run();
}
