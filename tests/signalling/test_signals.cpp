/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/signals.h"

#include <array>
#include <random>

using namespace matrix;

namespace {

#define GROUP                                                               \
  R"("call_id":"c1","conf_id":"conf1","device_id":"DEV","party_id":"DEV",)" \
  R"("sender_session_id":"theirs","dest_session_id":"ours")"

std::optional<CallMessage> read(std::string_view type, const std::string& text) {
  const auto json = Json::parse(text);
  g_assert_true(json.ok());
  return read_call_message(type, *json);
}

template <typename T>
T signal(const std::optional<CallMessage>& message) {
  g_assert_true(message.has_value());
  const T* signal = std::get_if<T>(&message->signal);
  g_assert_nonnull(signal);
  return *signal;
}

void reads_the_invite_of_matrix_js_sdk() {
  const auto message = read("m.call.invite", R"({"lifetime":60000,"invitee":"@b:hs",
      "offer":{"type":"offer","sdp":"v=0"},
      "capabilities":{"m.call.transferee":false,"m.call.dtmf":false},
      "sdp_stream_metadata":{"80f9":{"purpose":"m.usermedia","audio_muted":false,
        "video_muted":true}},
      "version":"1","seq":0,"org.matrix.msgid":"61ff",)" GROUP "}");
  const Invite expected{{SessionDescription::Type::Offer, "v=0"},
                        Time(60000),
                        "@b:hs",
                        StreamMetadataMap{{"80f9", {Purpose::Usermedia, false, true}}}};
  g_assert_true(signal<Invite>(message) == expected);
  g_assert_true((message->envelope == Envelope{"c1", "conf1", "DEV", "DEV", "theirs", "ours", 0}));
}

void reads_the_invite_of_hydrogen() {
  const auto message = read("m.call.invite", R"({"offer":{"type":"offer","sdp":"v=0"},
      "org.matrix.msc3077.sdp_stream_metadata":{"s":{"purpose":"m.screenshare"}},
      "version":1,"lifetime":60000,"seq":4,)" GROUP "}");
  const auto invite = signal<Invite>(message);
  g_assert_true(invite.streams == StreamMetadataMap({{"s", {Purpose::Screenshare}}}));
  g_assert_true(invite.invitee.empty());
  g_assert_true(message->envelope.seq == 4);
}

void reads_the_room_events_of_nheko() {
  const auto invite = read("m.call.invite", R"({"call_id":"1","party_id":"Ab3","version":"1",
      "lifetime":120000,"invitee":"@b:hs","offer":{"sdp":"v=0","type":"offer"}})");
  g_assert_false(signal<Invite>(invite).streams.has_value());
  g_assert_true(signal<Invite>(invite).lifetime == Time(120000));
  g_assert_true((invite->envelope == Envelope{"1", "", "", "Ab3", "", "", std::nullopt}));
  const auto candidates = read("m.call.candidates", R"({"call_id":"1","party_id":"Ab3",
      "version":"1","candidates":[{"candidate":"candidate:1","sdpMLineIndex":1,"sdpMid":"v"}]})");
  g_assert_true(
      (signal<Candidates>(candidates) == Candidates{{IceCandidate{"candidate:1", "v", 1}}}));
  const auto select =
      read("m.call.select_answer", R"({"call_id":"1","party_id":"A","selected_party_id":"B"})");
  g_assert_true(signal<SelectAnswer>(select).selected_party_id == "B");
}

void an_answer_that_holds_an_offer_says_so() {
  const auto message =
      read("m.call.answer", R"({"answer":{"type":"offer","sdp":"v=0"},)" GROUP "}");
  g_assert_true(signal<Answer>(message).answer.type == SessionDescription::Type::Offer);
}

void a_description_needs_a_type_and_a_text() {
  for (const char* offer :
       {R"({"type":"offer"})", R"({"sdp":"v=0"})", R"({"type":"offer","sdp":""})",
        R"({"type":"pranswer","sdp":"v=0"})", R"({"type":"answer","sdp":"v=0"})",
        R"({"type":5,"sdp":"v=0"})", R"({"type":"offer","sdp":["v=0"]})", "null", "5", "[]"})
    g_assert_false(
        read("m.call.invite", std::string(R"({"offer":)") + offer + "," GROUP "}").has_value());
  g_assert_false(read("m.call.invite", "{" GROUP "}").has_value());
  g_assert_false(
      read("m.call.negotiate", R"({"description":{"type":"rollback","sdp":"v=0"},)" GROUP "}")
          .has_value());
}

void candidates_are_read_one_by_one() {
  const auto message = read("m.call.candidates", R"({"candidates":[
      {"candidate":"candidate:1","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"x"},
      {"candidate":"candidate:2","sdpMid":"0"},
      {"candidate":"candidate:3","sdpMLineIndex":2},
      {"candidate":"a=candidate:4","sdpMLineIndex":2.0,"sdpMid":null},
      {"candidate":"candidate:neither"},
      {"candidate":"candidate:5","sdpMid":"0","sdpMLineIndex":-4},
      {"candidate":"candidate:huge","sdpMLineIndex":4294967296},
      {"candidate":"candidate:x\r\na=setup:active","sdpMid":"0"},
      {"candidate":null,"sdpMid":"0"},{"sdpMid":"0"},null,7,"candidate:1",[],
      {"candidate":""}],)" GROUP "}");
  const Candidates expected{{{"candidate:1", "0", 0},
                             {"candidate:2", "0", -1},
                             {"candidate:3", "", 2},
                             {"candidate:4", "", 2},
                             {"candidate:5", "0", -1},
                             {"", "", -1}}};
  g_assert_true(signal<Candidates>(message) == expected);
}

void a_message_without_a_payload_keeps_its_place() {
  for (const char* type : {"m.call.candidates", "m.call.sdp_stream_metadata_changed",
                           "m.call.select_answer", "m.call.reject", "m.call.hangup"}) {
    const auto message = read(type, R"({"candidates":5,"sdp_stream_metadata":[],"seq":7,)" GROUP
                                    R"(,"reason":{},"selected_party_id":null})");
    g_assert_true(message.has_value());
    g_assert_true(message->envelope.seq == 7);
  }
}

void both_names_of_stream_metadata_are_merged() {
  const auto message = read("org.matrix.call.sdp_stream_metadata_changed",
                            R"({"org.matrix.msc3077.sdp_stream_metadata":{
        "a":{"purpose":"m.screenshare"},"b":{"purpose":"m.usermedia","audio_muted":true}},
      "sdp_stream_metadata":{"a":{"purpose":"m.usermedia","video_muted":true},
        "c":{"purpose":"m.later"},"d":{"audio_muted":true},"e":{"purpose":5},"f":null,
        "g":{"purpose":"m.usermedia","audio_muted":"yes","video_muted":1},
        "h\u000ai":{"purpose":"m.usermedia"},"":{"purpose":"m.usermedia"}},)" GROUP "}");
  const StreamMetadataMap expected{{"a", {Purpose::Usermedia, false, true}},
                                   {"b", {Purpose::Usermedia, true, false}},
                                   {"c", {Purpose::Other, false, false}},
                                   {"g", {Purpose::Usermedia, false, false}}};
  g_assert_true(signal<MetadataChanged>(message).streams == expected);
}

void a_hangup_always_has_a_reason() {
  const auto reason = [](const char* field) {
    return signal<Hangup>(read("m.call.hangup", std::string("{") + field + GROUP "}")).reason;
  };
  g_assert_true(reason("") == "user_hangup");
  g_assert_true(reason(R"("reason":"",)") == "user_hangup");
  g_assert_true(reason(R"("reason":5,)") == "user_hangup");
  g_assert_true(reason(R"("reason":"invite_timeout",)") == "invite_timeout");
  g_assert_true(reason(R"("reason":"two\nlines",)") == "unknown_error");
}

void an_envelope_needs_a_call_id_and_sane_ids() {
  const std::string long_id(256, 'x');
  g_assert_false(read("m.call.reject", R"({"conf_id":"c"})").has_value());
  g_assert_false(read("m.call.reject", R"({"call_id":5})").has_value());
  g_assert_false(read("m.call.reject", R"({"call_id":""})").has_value());
  g_assert_false(read("m.call.reject", R"({"call_id":")" + long_id + "\"}").has_value());
  g_assert_false(
      read("m.call.reject", R"({"call_id":"c","device_id":")" + long_id + "\"}").has_value());
  g_assert_false(read("m.call.reject", R"({"call_id":"c","party_id":"a\nb"})").has_value());
  const auto loose = read("m.call.reject", R"({"call_id":"c","device_id":5,"conf_id":null})");
  g_assert_true((loose->envelope == Envelope{"c", "", "", "", "", "", std::nullopt}));
  for (const char* seq : {"-1", "1.5", "\"0\"", "null", "9007199254740992", "1e300"}) {
    const auto message = read("m.call.reject", std::string(R"({"call_id":"c","seq":)") + seq + "}");
    g_assert_false(message->envelope.seq.has_value());
  }
}

void lifetimes_are_kept_within_reason() {
  const auto lifetime = [](const char* value) {
    return signal<Negotiate>(read("m.call.negotiate",
                                  std::string(R"({"lifetime":)") + value +
                                      R"(,"description":{"type":"answer","sdp":"v=0"},)" GROUP "}"))
        .lifetime;
  };
  g_assert_true(lifetime("1000") == Time(1000));
  g_assert_true(lifetime("0") == Time(60000));
  g_assert_true(lifetime("-5") == Time(60000));
  g_assert_true(lifetime("\"60\"") == Time(60000));
  g_assert_true(lifetime("9223372036854775807") == Time(600000));
}

void only_the_types_of_a_call_are_read() {
  g_assert_true(is_call_message_type("m.call.invite"));
  g_assert_true(is_call_message_type("org.matrix.call.sdp_stream_metadata_changed"));
  g_assert_false(is_call_message_type("m.call.replaces"));
  g_assert_false(is_call_message_type("m.call.invite2"));
  g_assert_false(is_call_message_type(""));
  g_assert_false(read("m.room.message", "{" GROUP "}").has_value());
  for (const char* text : {"[]", "5", "null", "\"c1\""})
    g_assert_false(read("m.call.reject", text).has_value());
}

void what_is_too_much_is_cut_off() {
  std::string candidates;
  std::string streams;
  for (int i = 0; i < 2000; i++) {
    const auto n = std::to_string(i);
    candidates += R"({"sdpMid":"0","candidate":"candidate:)" + n + "\"},";
    streams += "\"" + n + R"(":{"purpose":"m.usermedia"},)";
  }
  candidates += R"({"sdpMid":"0","candidate":")" + std::string(2000, 'x') + "\"}";
  streams += "\"" + std::string(256, 'x') + R"(":{"purpose":"m.usermedia"})";
  const auto many = read("m.call.candidates", R"({"candidates":[)" + candidates + "]," GROUP "}");
  g_assert_cmpuint(signal<Candidates>(many).candidates.size(), ==, 256);
  const auto map = read("m.call.sdp_stream_metadata_changed",
                        R"({"sdp_stream_metadata":{)" + streams + "}," GROUP "}");
  g_assert_cmpuint(signal<MetadataChanged>(map).streams.size(), ==, 64);
  const auto sdp_of = [](size_t size) {
    return R"({"answer":{"type":"answer","sdp":")" + std::string(size, 'v') + "\"}," GROUP "}";
  };
  g_assert_true(read("m.call.answer", sdp_of(size_t{256} * 1024)).has_value());
  g_assert_false(read("m.call.answer", sdp_of(size_t{256} * 1024 + 1)).has_value());
}

/* What is wrong at random: a type or limit that no table above thought of. */
class Mutator {
 public:
  explicit Mutator(unsigned seed) : engine_(seed) {}

  Json mutate(const Json& json) {
    if (chance(12)) return strange();
    if (json.is_array()) {
      std::vector<Json> elements;
      for (const Json& element : json.elements())
        elements.insert(elements.end(), chance(15) ? 300 : 1, mutate(element));
      return json_array(elements);
    }
    if (!json.is_object()) return json;
    JsonObjectBuilder object;
    json.for_each_member([&](const char* key, const Json& value) {
      if (chance(20)) return;
      const Json mutated = mutate(value);
      object.set(chance(20) ? long_text_.c_str() : key, mutated);
      for (int i = chance(15) ? 100 : 0; i > 0; i--)
        object.set((key + std::to_string(i)).c_str(), mutated);
    });
    return object.build();
  }

 private:
  bool chance(unsigned one_in) { return engine_() % one_in == 0; }
  Json strange() {
    if (chance(40)) return Json::string(std::string(300000, 'y'));
    const std::array<Json, 11> values{Json::integer(-1),
                                      Json::integer(G_MAXINT64),
                                      Json::integer(0),
                                      Json::boolean(true),
                                      Json::string(""),
                                      Json::string("\r\n"),
                                      Json::string(long_text_),
                                      *Json::parse("null"),
                                      *Json::parse("1e308"),
                                      *Json::parse("[[],{},null]"),
                                      *Json::parse(R"({"":{"":{}}})")};
    return values[engine_() % values.size()];
  }

  std::mt19937 engine_;
  std::string long_text_ = std::string(5000, 'x');
};

void expect_streams_within_limits(const StreamMetadataMap& streams) {
  g_assert_cmpuint(streams.size(), <=, 64);
  for (const auto& [id, stream] : streams) g_assert_cmpuint(id.size(), <=, 255);
}

void expect_within_limits(const CallMessage& message) {
  const Envelope& envelope = message.envelope;
  for (const auto* id :
       {&envelope.call_id, &envelope.conf_id, &envelope.device_id, &envelope.party_id,
        &envelope.sender_session_id, &envelope.dest_session_id})
    g_assert_cmpuint(id->size(), <=, 255);
  g_assert_true(!envelope.seq || *envelope.seq >= 0);
  if (const auto* invite = std::get_if<Invite>(&message.signal)) {
    g_assert_cmpuint(invite->offer.sdp.size(), <=, size_t{256} * 1024);
    g_assert_cmpuint(invite->invitee.size(), <=, 255);
    expect_streams_within_limits(invite->streams.value_or(StreamMetadataMap()));
  }
  if (const auto* candidates = std::get_if<Candidates>(&message.signal)) {
    g_assert_cmpuint(candidates->candidates.size(), <=, 256);
    for (const auto& candidate : candidates->candidates) {
      g_assert_cmpuint(candidate.candidate.size(), <=, 1024);
      g_assert_cmpuint(candidate.mid.size(), <=, 255);
    }
  }
  if (const auto* changed = std::get_if<MetadataChanged>(&message.signal))
    expect_streams_within_limits(changed->streams);
  if (const auto* hangup = std::get_if<Hangup>(&message.signal)) {
    g_assert_cmpuint(hangup->reason.size(), >, 0);
    g_assert_cmpuint(hangup->reason.size(), <=, 255);
  }
}

void no_mutation_crashes_or_passes_a_limit() {
  const auto seed_message = Json::parse(R"({"version":"1","lifetime":60000,"seq":1,
      "invitee":"@b:hs","offer":{"type":"offer","sdp":"v=0"},
      "answer":{"type":"answer","sdp":"v=0"},"description":{"type":"offer","sdp":"v=0"},
      "reason":"user_hangup","selected_party_id":"X",
      "candidates":[{"candidate":"candidate:1","sdpMid":"0","sdpMLineIndex":0},{"candidate":""}],
      "sdp_stream_metadata":{"a":{"purpose":"m.usermedia","audio_muted":false}},
      "org.matrix.msc3077.sdp_stream_metadata":{"b":{"purpose":"m.usermedia"}},)" GROUP "}");
  unsigned readable = 0;
  for (unsigned seed = 0; seed < 400; seed++) {
    const Json content = Mutator(seed).mutate(*seed_message);
    for (const char* type : {"m.call.invite", "m.call.answer", "m.call.candidates",
                             "m.call.negotiate", "m.call.sdp_stream_metadata_changed",
                             "m.call.hangup", "m.call.select_answer", "m.call.reject"}) {
      const auto message = read_call_message(type, content);
      if (!message) continue;
      readable++;
      expect_within_limits(*message);
      write_call_message(*message);
    }
  }
  g_assert_cmpuint(readable, >, 400); /* else the mutations prove nothing */
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/signals/" #name, name)
  TEST(reads_the_invite_of_matrix_js_sdk);
  TEST(reads_the_invite_of_hydrogen);
  TEST(reads_the_room_events_of_nheko);
  TEST(an_answer_that_holds_an_offer_says_so);
  TEST(a_description_needs_a_type_and_a_text);
  TEST(candidates_are_read_one_by_one);
  TEST(a_message_without_a_payload_keeps_its_place);
  TEST(both_names_of_stream_metadata_are_merged);
  TEST(a_hangup_always_has_a_reason);
  TEST(an_envelope_needs_a_call_id_and_sane_ids);
  TEST(lifetimes_are_kept_within_reason);
  TEST(only_the_types_of_a_call_are_read);
  TEST(what_is_too_much_is_cut_off);
  TEST(no_mutation_crashes_or_passes_a_limit);
  return g_test_run();
}
