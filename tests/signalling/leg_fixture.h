/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "signalling/core/mesh_leg.h"
#include "tests/signalling/pick.h"

/* A MeshLeg and what it needs, for tests. */
namespace leg {

using namespace matrix;
using namespace std::chrono_literals;

constexpr Time t0 = 1'700'000'000'000ms;
inline const SessionDescription offer{SessionDescription::Type::Offer, "v=0 offer"};
inline const SessionDescription answer{SessionDescription::Type::Answer, "v=0 answer"};
inline const DeviceEntry entry{"DEV", "their-session", t0 + 1h, false};
inline const std::vector<rtc::RemoteTrack> tracks{{"0", rtc::MediaKind::Audio, "stream", true},
                                                  {"1", rtc::MediaKind::Video, "stream", true}};

/* A leg between us and @remote, with what it needs. */
struct Fixture {
  explicit Fixture(const char* remote) : leg(context, {remote, "DEV"}, "their-session") {}

  CallMessage message(const std::string& call_id, std::int64_t seq, Signal signal) const {
    return {{call_id, "conf", "DEV", "DEV", "their-session", "our-session", seq},
            std::move(signal)};
  }
  Effects receive(const std::string& call_id, std::int64_t seq, Signal signal, Time now = t0) {
    return leg.receive(message(call_id, seq, std::move(signal)), true, now);
  }
  Effects invite(const std::string& call_id, Time now = t0, std::int64_t seq = 0) {
    Invite invite;
    invite.offer = offer;
    return receive(call_id, seq, invite, now);
  }
  Effects connect(Time now = t0) {
    Effects effects = leg.remote_tracks(tracks, now);
    append(effects, leg.peer_state(rtc::PeerState::Connected, now));
    return effects;
  }

  Random random{{1, 2, 3}};
  Tokens tokens;
  FeedNumbers numbers;
  rtc::PeerId last_peer = 0;
  EndedCalls ended;
  Counters dropped;
  LocalMedia media;
  Selection selection;
  MeshContext context{{"@m:hs", "US"}, "our-session", "conf",    media, selection, random,
                      tokens,          numbers,       last_peer, ended, dropped};
  MeshLeg leg;
};

/* Somebody whom we call: their id is the higher one. */
struct Callee : Fixture {
  Callee() : Fixture("@z:hs") {}
  /* Our invite is out; its call id. */
  std::string call(Time now = t0) {
    leg.listed(entry, "Zoe", now);
    return answer_offer(now);
  }
  std::string answer_offer(Time now) {
    const auto effects = leg.local_description(offer, now);
    const auto messages = pick<SendToDevice>(effects);
    g_assert_false(messages.empty());
    return messages[0].message.envelope.call_id;
  }
  void connected(Time now = t0) {
    receive(call(now), 0, Answer{answer, {}}, now);
    connect(now);
  }
};
/* Somebody who calls us. */
struct Caller : Fixture {
  Caller() : Fixture("@a:hs") {}
  void connected(const std::string& call_id = "call", Time now = t0) {
    leg.listed(entry, "Ann", now);
    invite(call_id, now);
    leg.local_description(answer, now);
    connect(now);
  }
};

}  // namespace leg
