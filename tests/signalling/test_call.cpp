/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/call.h"

#include <glib.h>

#include <cstring>

#include "tests/signalling/pick.h"

using namespace matrix;
using namespace std::chrono_literals;
using Kind = rtc::Error::Kind;
using State = Call::State;

namespace {

constexpr Time t0 = 1'700'000'000'000ms;

/* A call of @m:hs with the room's answers at hand. */
struct Fixture {
  explicit Fixture(bool create = false, const char* call_id = "")
      : call(CallConfig{"@m:hs", "US", "!room:hs", call_id, create, Intent::Room, 50, 5, {7}}) {
    join_room("@m:hs");
    join_room("@z:hs");
  }

  RoomEvent event(const char* type, const std::string& key, const std::string& sender,
                  const Json& content, Time at = t0) {
    return {type, key, sender, "$" + std::to_string(++events), at, content, ""};
  }
  void join_room(const std::string& user_id) {
    call.room_event(event("m.room.member", user_id, user_id,
                          JsonObjectBuilder().set("membership", "join").build()),
                    t0);
  }
  Effects conference(const char* id, Time at = t0, bool terminated = false) {
    ConferenceContent content;
    content.terminated = terminated;
    return call.room_event(event(call_event_type, id, "@z:hs", write_conference(content, ""), at),
                           t0);
  }
  Effects member(const std::string& user_id, const std::string& device, const std::string& session,
                 const char* conf_id = "conf") {
    const auto content =
        write_member_devices({}, conf_id, device, DeviceEntry{device, session, t0 + 1h}, t0);
    return call.room_event(event(call_member_event_type, user_id, user_id, *content), t0);
  }
  /* We are in conference "conf", @z:hs too, invited by us as peer 1. */
  void join() {
    conference("conf");
    member("@z:hs", "Z", "s");
    const auto effects = call.synced(t0);
    call.sent(pick<SendState>(effects).at(0).token, {}, t0);
    g_assert_true(call.state() == State::Joined);
    call.local_description(1, {SessionDescription::Type::Offer, "v=0"}, t0);
  }

  Call call;
  int events = 0;
};

std::vector<CallEnded> ending(const Effects& effects) {
  return reports<CallEnded>(effects);
}
rtc::Result<void> error(Kind kind) {
  return rtc::Error{kind, "A sentence.", "detail"};
}

void joins_the_rooms_conference_and_calls_at_once() {
  Fixture us;
  us.conference("conf");
  us.member("@z:hs", "Z", "s");
  auto effects = us.call.synced(t0);
  g_assert_true(us.call.state() == State::Joining);
  g_assert_true(us.call.call_id() == "conf");
  const auto writes = pick<SendState>(effects);
  g_assert_true(writes.at(0).type == call_member_event_type);
  g_assert_true(lists_device(writes[0].content, "US"));
  g_assert_true(pick<CreateOffer>(effects).size() == 1);
  effects = us.call.sent(writes[0].token, {}, t0);
  g_assert_true((reports<CallJoined>(effects) == std::vector<CallJoined>{{"!room:hs", "conf"}}));
  g_assert_true(us.call.synced(t0).empty());
}

void ends_if_there_is_no_conference() {
  Fixture us;
  const auto effects = us.call.synced(t0);
  g_assert_true(us.call.state() == State::Ended);
  g_assert_true(ending(effects).at(0).error->kind == Kind::NotFound);
  Fixture other(false, "this-one");
  other.conference("conf");
  g_assert_true(ending(other.call.synced(t0)).size() == 1);
}

void cleans_up_after_an_earlier_run_before_it_ends() {
  Fixture us;
  us.member("@m:hs", "US", "crashed");
  const auto writes = pick<SendState>(us.call.synced(t0));
  g_assert_false(lists_device(writes.at(0).content, "US"));
  g_assert_true(us.call.state() == State::Leaving);
  g_assert_true(ending(us.call.sent(writes[0].token, {}, t0)).size() == 1);
}

void starts_a_conference_if_it_may() {
  Fixture us(true);
  const auto writes = pick<SendState>(us.call.synced(t0));
  g_assert_true(writes.size() == 1);
  g_assert_true(writes[0].type == call_event_type);
  g_assert_true(read_conference(writes[0].content)->intent == Intent::Room);
  const auto effects = us.call.sent(writes[0].token, {}, t0);
  g_assert_true(pick<SendState>(effects).at(0).type == call_member_event_type);
  g_assert_true(us.call.call_id() == writes[0].state_key);
  Fixture named(true, "my-call");
  g_assert_true(pick<SendState>(named.call.synced(t0)).at(0).state_key == "my-call");
}

void tries_again_to_start_one_if_the_network_fails() {
  Fixture us(true);
  const auto write = pick<SendState>(us.call.synced(t0)).at(0);
  g_assert_true(us.call.sent(write.token, error(Kind::Network), t0).empty());
  g_assert_true(us.call.next_deadline() == t0 + 5s);
  const auto again = pick<SendState>(us.call.on_timeout(t0 + 5s)).at(0);
  g_assert_true(again.state_key == write.state_key);
  us.call.sent(again.token, error(Kind::Network), t0 + 5s);
  us.conference("conf"); /* by somebody else, meanwhile */
  us.call.on_timeout(t0 + 10s);
  g_assert_true(us.call.call_id() == "conf");
}

void ends_with_a_reason_if_it_may_not_start_one() {
  Fixture us(true);
  const auto write = pick<SendState>(us.call.synced(t0)).at(0);
  const auto effects = us.call.sent(write.token, error(Kind::Denied), t0);
  g_assert_true(ending(effects).at(0).error->kind == Kind::Denied);
  g_assert_true(us.call.state() == State::Ended);
}

void ends_with_a_reason_if_it_may_not_write_its_entry() {
  Fixture us;
  us.conference("conf");
  us.member("@z:hs", "Z", "s");
  const auto write = pick<SendState>(us.call.synced(t0)).at(0);
  us.call.local_description(1, {SessionDescription::Type::Offer, "v=0"}, t0);
  auto effects = us.call.sent(write.token, error(Kind::Denied), t0);
  const auto goodbyes = pick<SendToDevice>(effects);
  g_assert_true(goodbyes.size() == 1);
  effects = us.call.sent(goodbyes[0].token, {}, t0);
  g_assert_true(ending(effects).at(0).error->kind == Kind::Denied);
}

/* The room's state first: who hears a goodbye before it would call again. */
void leaves_the_room_before_it_says_goodbye() {
  Fixture us;
  us.join();
  auto effects = us.call.leave(t0);
  const auto writes = pick<SendState>(effects);
  g_assert_false(lists_device(writes.at(0).content, "US"));
  g_assert_true(pick<SendToDevice>(effects).empty());
  g_assert_true(us.call.leave(t0).empty());
  effects = us.call.sent(writes[0].token, {}, t0);
  const auto goodbyes = pick<SendToDevice>(effects);
  g_assert_true(goodbyes.at(0).message.signal == Signal(Hangup{"user_hangup"}));
  g_assert_true(pick<ClosePeer>(effects).size() == 1);
  g_assert_true(ending(effects).empty());
  effects = us.call.sent(goodbyes[0].token, {}, t0);
  g_assert_true((ending(effects) == std::vector<CallEnded>{{"left", std::nullopt}}));
  g_assert_true(us.call.state() == State::Ended);
  g_assert_false(us.call.next_deadline().has_value());
}

void leaves_in_two_and_a_half_seconds_whatever_the_server_does() {
  Fixture us;
  us.join();
  us.call.leave(t0);
  g_assert_true(us.call.next_deadline() == t0 + 2s);
  g_assert_true(pick<SendToDevice>(us.call.on_timeout(t0 + 2s)).size() == 1);
  g_assert_true(us.call.next_deadline() == t0 + 2500ms);
  g_assert_true(ending(us.call.on_timeout(t0 + 2500ms)).size() == 1);

  Fixture late; /* its timer came late */
  late.join();
  late.call.leave(t0);
  const auto effects = late.call.on_timeout(t0 + 1h);
  g_assert_true(pick<SendToDevice>(effects).size() == 1);
  g_assert_true(pick<ClosePeer>(effects).size() == 1);
  g_assert_true(ending(effects).size() == 1);
}

void leaves_at_any_stage() {
  Fixture syncing;
  g_assert_true(ending(syncing.call.leave(t0)).size() == 1);
  g_assert_true(syncing.call.synced(t0).empty());

  Fixture creating(true);
  const auto write = pick<SendState>(creating.call.synced(t0)).at(0);
  g_assert_true(ending(creating.call.leave(t0)).size() == 1);
  g_assert_true(creating.call.sent(write.token, {}, t0).empty());

  Fixture joining;
  joining.conference("conf");
  joining.call.synced(t0);
  g_assert_true(pick<SendState>(joining.call.leave(t0)).size() == 1);
}

void lets_nobody_in_while_it_leaves() {
  Fixture us;
  us.join();
  us.call.leave(t0);
  g_assert_true(us.call.peer_state(1, rtc::PeerState::Connected, t0).empty());
  g_assert_true(us.member("@a:hs", "A", "s").empty());
  Invite invite;
  const CallMessage message{{"call", "conf", "Z", "Z", "s", "x", 0}, invite};
  g_assert_true(us.call
                    .to_device("@z:hs", call_message_type(message.signal),
                               write_call_message(message), Trust::Clear, t0)
                    .empty());
}

void leaves_when_the_conference_is_over() {
  Fixture us;
  us.join();
  const auto effects = us.conference("conf", t0, true);
  g_assert_true(us.call.state() == State::Leaving);
  g_assert_false(lists_device(pick<SendState>(effects).at(0).content, "US"));
  g_assert_true(ending(us.call.on_timeout(t0 + 1h)).at(0).reason == "terminated");
}

void leaves_when_the_conference_is_redacted() {
  Fixture us;
  us.join();
  RoomEvent redaction;
  redaction.type = "m.room.redaction";
  redaction.redacts = "$3"; /* the conference's */
  us.call.room_event(redaction, t0);
  g_assert_true(us.call.state() == State::Leaving);
}

void says_goodbye_when_it_is_put_out_of_the_room() {
  Fixture us;
  us.join();
  const auto effects = us.call.removed_from_room(t0);
  g_assert_true(pick<SendState>(effects).empty());
  g_assert_true(pick<SendToDevice>(effects).size() == 1);
  const auto end = ending(us.call.on_timeout(t0 + 1h));
  g_assert_true(end.at(0).reason == "removed-from-room");
}

/* Two users started one each. */
void moves_to_the_conference_that_was_started_first() {
  Fixture us(true);
  const auto write = pick<SendState>(us.call.synced(t0)).at(0);
  const auto entry = pick<SendState>(us.call.sent(write.token, {}, t0)).at(0);
  us.call.sent(entry.token, {}, t0);
  us.conference(write.state_key.c_str(), t0);
  us.conference("older", t0 - 1s);
  const auto effects = us.call.on_timeout(t0 + 1s);
  const auto writes = pick<SendState>(effects);
  g_assert_true(writes.size() == 2);
  g_assert_true(writes[1].state_key == write.state_key);
  g_assert_true(writes[1].content["m.terminated"].truthy());
  g_assert_true(us.call.call_id() == "older");
  g_assert_true((reports<CallJoined>(us.call.sent(writes[0].token, {}, t0 + 1s)) ==
                 std::vector<CallJoined>{{"!room:hs", "older"}}));
}

void stays_where_somebody_has_joined_it() {
  Fixture us(true);
  const auto write = pick<SendState>(us.call.synced(t0)).at(0);
  us.call.sent(write.token, {}, t0);
  us.conference(write.state_key.c_str(), t0);
  us.member("@z:hs", "Z", "s", write.state_key.c_str());
  us.conference("older", t0 - 1s);
  us.call.on_timeout(t0 + 1s);
  g_assert_true(us.call.call_id() == write.state_key);

  Fixture newer(true); /* and for a newer one nobody moves */
  const auto first = pick<SendState>(newer.call.synced(t0)).at(0);
  newer.call.sent(first.token, {}, t0);
  newer.conference(first.state_key.c_str(), t0);
  newer.conference("newer", t0 + 1s);
  newer.call.on_timeout(t0 + 2s);
  g_assert_true(newer.call.call_id() == first.state_key);
}

void tells_of_all_mutes_within_100_ms_at_once() {
  Fixture us;
  g_assert_true(
      us.call.set_local_tracks({{TrackSource::Microphone, false}, {TrackSource::Camera, false}}, t0)
          .empty());
  us.join();
  g_assert_true(us.call.set_muted(TrackSource::Microphone, true, t0).empty());
  g_assert_true(us.call.next_deadline() == t0 + 100ms);
  g_assert_true(us.call.set_muted(TrackSource::Camera, true, t0 + 50ms).empty());
  const auto messages = sent<MetadataChanged>(us.call.on_timeout(t0 + 100ms));
  g_assert_true(messages.size() == 1);
  const auto& told = messages[0].streams.begin()->second;
  g_assert_true((told == StreamMetadata{Purpose::Usermedia, true, true}));
  us.call.set_muted(TrackSource::Camera, false, t0 + 1s);
  us.call.set_muted(TrackSource::Camera, true, t0 + 1s);
  g_assert_true(us.call.on_timeout(t0 + 1100ms).empty()); /* nothing has changed */
}

void lists_a_screen_in_the_room() {
  Fixture us;
  us.join();
  us.call.set_local_tracks({{TrackSource::Screen, false}}, t0);
  us.call.on_timeout(t0 + 100ms);
  const auto writes = pick<SendState>(us.call.on_timeout(t0 + 5s));
  g_assert_true(writes.size() == 1);
  g_assert_nonnull(strstr(writes[0].content.text().c_str(), "m.screenshare"));
}

void counts_what_it_cannot_read() {
  Fixture us;
  us.join();
  us.call.to_device("@z:hs", "m.call.invite", Json(), Trust::Clear, t0);
  us.call.to_device("@z:hs", "m.call.invite", *Json::parse("[]"), Trust::Clear, t0);
  us.call.to_device("@z:hs", "m.room_key", *Json::parse("{}"), Trust::Clear, t0);
  g_assert_cmpuint(us.call.dropped().at("malformed"), ==, 2);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/call/" #name, name)
  TEST(joins_the_rooms_conference_and_calls_at_once);
  TEST(ends_if_there_is_no_conference);
  TEST(cleans_up_after_an_earlier_run_before_it_ends);
  TEST(starts_a_conference_if_it_may);
  TEST(tries_again_to_start_one_if_the_network_fails);
  TEST(ends_with_a_reason_if_it_may_not_start_one);
  TEST(ends_with_a_reason_if_it_may_not_write_its_entry);
  TEST(leaves_the_room_before_it_says_goodbye);
  TEST(leaves_in_two_and_a_half_seconds_whatever_the_server_does);
  TEST(leaves_at_any_stage);
  TEST(lets_nobody_in_while_it_leaves);
  TEST(leaves_when_the_conference_is_over);
  TEST(leaves_when_the_conference_is_redacted);
  TEST(says_goodbye_when_it_is_put_out_of_the_room);
  TEST(moves_to_the_conference_that_was_started_first);
  TEST(stays_where_somebody_has_joined_it);
  TEST(tells_of_all_mutes_within_100_ms_at_once);
  TEST(lists_a_screen_in_the_room);
  TEST(counts_what_it_cannot_read);
  return g_test_run();
}
