/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/signals.h"

using namespace matrix;

namespace {

const StreamMetadataMap streams{{"cam-1", {Purpose::Usermedia, false, true}},
                                {"screen-1", {Purpose::Screenshare, true, false}}};

Envelope envelope() {
  return {"leg0123456789abcdef", "conf1", "OURS", "OURS", "session-a", "session-b", 3};
}

/* One of each kind. */
std::vector<Signal> signals() {
  const SessionDescription offer{SessionDescription::Type::Offer, "v=0\r\no=- 1 1\r\n"};
  const SessionDescription answer{SessionDescription::Type::Answer, "v=0\r\no=- 2 2\r\n"};
  return {
      Invite{offer, Time(45000), "@b:hs", streams},
      Invite{offer, Time(60000), "", std::nullopt},
      Answer{answer, streams},
      Answer{answer, StreamMetadataMap()},
      Candidates{{{"candidate:1 1 udp 5 192.0.2.1 9 typ host", "audio0", 0},
                  {"candidate:2 1 udp 5 192.0.2.1 9 typ host", "", 1},
                  {"candidate:3 1 udp 5 192.0.2.1 9 typ host", "video1", -1},
                  {"", "", -1}}},
      Negotiate{offer, Time(30000), streams},
      Negotiate{answer, Time(60000), std::nullopt},
      MetadataChanged{streams},
      Hangup{"ice_failed"},
      SelectAnswer{"THEIRS"},
      Reject{},
  };
}

void every_kind_comes_back_as_it_was_written() {
  for (const auto& signal : signals()) {
    const CallMessage message{envelope(), signal};
    const auto text = write_call_message(message).text();
    g_test_message("%s %s", call_message_type(signal), text.c_str());
    const auto back = read_call_message(call_message_type(signal), *Json::parse(text));
    g_assert_true(back.has_value());
    g_assert_true(*back == message);
  }
}

void a_leg_outside_a_conference_names_none() {
  CallMessage message{{}, Hangup{}};
  message.envelope.call_id = "c1";
  message.envelope.party_id = "P";
  g_assert_true(write_call_message(message) == *Json::parse(R"({"version":"1","call_id":"c1",
      "party_id":"P","reason":"user_hangup"})"));
}

void an_invite_has_the_fields_that_peers_look_for() {
  const Invite invite{{SessionDescription::Type::Offer, "v=0"},
                      Time(60000),
                      "@b:hs",
                      StreamMetadataMap{{"s", {Purpose::Usermedia, true, true}}}};
  const auto expected = Json::parse(R"({"version":"1","call_id":"leg0123456789abcdef",
      "conf_id":"conf1","device_id":"OURS","party_id":"OURS","sender_session_id":"session-a",
      "dest_session_id":"session-b","seq":3,"lifetime":60000,"invitee":"@b:hs",
      "offer":{"type":"offer","sdp":"v=0"},
      "capabilities":{"m.call.transferee":false,"m.call.dtmf":false},
      "sdp_stream_metadata":
        {"s":{"purpose":"m.usermedia","audio_muted":true,"video_muted":true}},
      "org.matrix.msc3077.sdp_stream_metadata":
        {"s":{"purpose":"m.usermedia","audio_muted":true,"video_muted":true}}})");
  g_assert_true(write_call_message({envelope(), invite}) == *expected);
}

void streams_are_written_under_both_names_alike() {
  for (const auto& signal : signals()) {
    const Json content = write_call_message({envelope(), signal});
    g_assert_true(content["sdp_stream_metadata"] ==
                  content["org.matrix.msc3077.sdp_stream_metadata"]);
  }
  const Json changed = write_call_message({envelope(), MetadataChanged{streams}});
  g_assert_true(changed.has("sdp_stream_metadata"));
  g_assert_cmpstr(call_message_type(MetadataChanged{}), ==, "m.call.sdp_stream_metadata_changed");
}

void a_stream_of_unknown_purpose_is_not_announced() {
  const MetadataChanged changed{{{"a", {Purpose::Other, false, false}}}};
  const Json content = write_call_message({envelope(), changed});
  g_assert_true(content["sdp_stream_metadata"].text() == "{}");
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/write_signals/" #name, name)
  TEST(every_kind_comes_back_as_it_was_written);
  TEST(a_leg_outside_a_conference_names_none);
  TEST(an_invite_has_the_fields_that_peers_look_for);
  TEST(streams_are_written_under_both_names_alike);
  TEST(a_stream_of_unknown_purpose_is_not_announced);
  return g_test_run();
}
