/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/fake_network.h"

namespace world {

namespace {

using namespace std::chrono_literals;
using Type = rtc::SessionDescription::Type;

/* The rest of the line that begins with @key. */
std::string line_of(const std::string& sdp, const std::string& key) {
  const size_t start = sdp.find(key);
  if (start == sdp.npos) return "";
  const size_t from = start + key.size();
  return sdp.substr(from, sdp.find('\r', from) - from);
}

}  // namespace

FakeNetwork::FakeNetwork(VirtualTime& time, Dice& dice, std::function<void(EndId, Input)> deliver,
                         std::function<void(std::string)> violation)
    : time_(time), dice_(dice), deliver_(std::move(deliver)), violation_(std::move(violation)) {}

FakeNetwork::End* FakeNetwork::find(EndId id) {
  const auto found = ends_.find(id);
  return found == ends_.end() ? nullptr : &found->second;
}

void FakeNetwork::open(EndId id, const std::string& stream_id) {
  const auto [end, added] = ends_.try_emplace(id);
  if (!added) violation_("peer opened twice");
  end->second.stream_id = stream_id;
}

void FakeNetwork::close(EndId id) {
  auto end = ends_.extract(id);
  if (end.empty()) return violation_("unknown peer closed");
  leave_alone(end.mapped());
}

void FakeNetwork::crash(int client) {
  for (auto it = ends_.begin(); it != ends_.end();) {
    if (it->first.client != client) {
      ++it;
      continue;
    }
    const End gone = it->second;
    it = ends_.erase(it);
    leave_alone(gone);
  }
}

/* The other end hears nothing any more. */
void FakeNetwork::leave_alone(const End& gone) {
  if (!gone.connected || !gone.other) return;
  time_.after(15s, [this, other = *gone.other] {
    fail(other, rtc::PeerFailure::Dead, "no packet for 15 s");
  });
}

void FakeNetwork::create_offer(EndId id) {
  if (!find(id)) return violation_("offer of an unknown peer");
  time_.after(dice_.time(2, 40), [this, id] { describe(id, Type::Offer); });
}

void FakeNetwork::describe(EndId id, Type type) {
  End* end = find(id);
  if (!end) return;
  const bool offer = type == Type::Offer;
  end->local = (offer ? "offer-" : "answer-") + std::to_string(++descriptions_);
  authors_[end->local] = id;
  if (!offer) answers_[end->local] = end->remote;
  const bool with_candidate = dice_.chance(0.5);
  std::string sdp =
      "v=0\r\ns=" + end->local + "\r\na=stream:" + end->stream_id + "\r\nm=audio\r\na=mid:0\r\n";
  if (with_candidate) sdp += "a=candidate:" + end->local + "\r\n";
  gather(id, end->local, with_candidate);
  deliver_(id, [=](matrix::Call& call, Time now) {
    return call.local_description(id.peer, {type, sdp}, now);
  });
  match(id);
}

void FakeNetwork::gather(EndId id, const std::string& name, bool in_description) {
  const auto candidate = [this, id](const std::string& text) {
    if (!find(id)) return;
    deliver_(id, [=](matrix::Call& call, Time now) {
      return call.local_candidate(id.peer, {text, "0", 0}, now);
    });
  };
  Time when = 0ms;
  for (int i = dice_.between(in_description ? 0 : 1, 3); i > 0; i--) {
    when += dice_.time(1, 200);
    time_.after(when, [=] { candidate("candidate:" + name); });
  }
  time_.after(when + 1ms, [=] { candidate(""); });
}

void FakeNetwork::apply_remote(EndId id, const rtc::SessionDescription& description) {
  End* end = find(id);
  if (!end) return violation_("description for an unknown peer");
  const std::string name = line_of(description.sdp, "s=");
  if (!authors_.contains(name) || dice_.chance(faults.refused)) {
    time_.after(1ms, [=, this] { fail(id, rtc::PeerFailure::Description, "refused"); });
    return;
  }
  if (description.type == Type::Answer && answers_[name] != end->local)
    return violation_("an answer to another offer was applied");
  end->remote = name;
  end->knows_candidate |= description.sdp.find("a=candidate:") != std::string::npos;
  time_.after(30s, [=, this] { expire(id); });
  const std::string stream = line_of(description.sdp, "a=stream:");
  time_.after(1ms, [=, this] {
    deliver_(id, [=](matrix::Call& call, Time now) {
      return call.remote_tracks(
          id.peer,
          {{"0", rtc::MediaKind::Audio, stream, true}, {"1", rtc::MediaKind::Video, stream, true}},
          now);
    });
  });
  if (description.type == Type::Offer)
    time_.after(dice_.time(2, 40), [=, this] { describe(id, Type::Answer); });
  match(id);
}

void FakeNetwork::expire(EndId id) {
  const End* end = find(id);
  if (end && !end->connected && !end->local.empty() && !end->remote.empty())
    fail(id, rtc::PeerFailure::Ice, "never connected");
}

void FakeNetwork::add_candidate(EndId id, const rtc::IceCandidate& candidate) {
  End* end = find(id);
  if (!end) return violation_("candidate for an unknown peer");
  if (candidate.candidate.empty()) return;
  end->knows_candidate = true;
  match(id);
}

void FakeNetwork::match(EndId id) {
  End* end = find(id);
  if (!end || end->connecting || end->local.empty() || end->remote.empty()) return;
  const EndId other_id = authors_[end->remote];
  End* other = find(other_id);
  if (!other || other->local != end->remote || other->remote != end->local) return;
  if (!end->knows_candidate && !other->knows_candidate) return;
  end->connecting = other->connecting = true;
  if (dice_.chance(faults.no_route)) return;
  time_.after(dice_.time(10, 300), [=, this] { connect(id, other_id); });
}

void FakeNetwork::connect(EndId one, EndId two) {
  End* first = find(one);
  End* second = find(two);
  if (!first || !second) return;
  first->other = two;
  second->other = one;
  for (const EndId id : {one, two}) {
    find(id)->connected = true;
    time_.after(dice_.time(0, 50), [=, this] {
      if (!find(id)) return;
      deliver_(id, [=](matrix::Call& call, Time now) {
        return call.peer_state(id.peer, rtc::PeerState::Connected, now);
      });
    });
  }
  if (!dice_.chance(faults.lost)) return;
  constexpr rtc::PeerFailure failures[] = {rtc::PeerFailure::Ice, rtc::PeerFailure::IceRestart,
                                           rtc::PeerFailure::Internal};
  time_.after(dice_.time(100, 20000), [=, this, failure = failures[dice_.between(0, 2)]] {
    fail(one, failure, "bad luck");
  });
}

void FakeNetwork::fail(EndId id, rtc::PeerFailure failure, const std::string& message) {
  if (!find(id)) return;
  deliver_(id, [=](matrix::Call& call, Time now) {
    return call.peer_failed(id.peer, failure, message, now);
  });
}

std::multiset<int> FakeNetwork::connected_to(int client) const {
  std::multiset<int> others;
  for (const auto& [id, end] : ends_) {
    if (id.client != client || !end.connected || !end.other) continue;
    const auto other = ends_.find(*end.other);
    if (other != ends_.end() && other->second.other == id) others.insert(other->first.client);
  }
  return others;
}

std::set<rtc::PeerId> FakeNetwork::peers(int client) const {
  std::set<rtc::PeerId> peers;
  for (const auto& [id, end] : ends_)
    if (id.client == client) peers.insert(id.peer);
  return peers;
}

std::optional<EndId> FakeNetwork::author(const std::string& sdp) const {
  const auto found = authors_.find(line_of(sdp, "s="));
  return found == authors_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace world
