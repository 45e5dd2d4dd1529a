/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/fake_network.h"

#include <algorithm>
#include <utility>

namespace world {

namespace {

using namespace std::chrono_literals;
using Type = rtc::SessionDescription::Type;

bool is_audio(rtc::TrackSource source) {
  return source == rtc::TrackSource::Microphone || source == rtc::TrackSource::ScreenAudio;
}

rtc::MediaKind kind_of(rtc::TrackSource source) {
  return is_audio(source) ? rtc::MediaKind::Audio : rtc::MediaKind::Video;
}

/* The sections of a description as its receiver sees them. */
std::vector<rtc::RemoteTrack> read_sections(const std::string& sdp) {
  std::vector<rtc::RemoteTrack> tracks;
  for (size_t at = sdp.find("m="); at != sdp.npos; at = sdp.find("m=", at + 2)) {
    const std::string section = sdp.substr(at, sdp.find("m=", at + 2) - at);
    const size_t msid = section.find("a=msid:");
    tracks.push_back(
        {std::to_string(tracks.size()),
         section.starts_with("m=audio") ? rtc::MediaKind::Audio : rtc::MediaKind::Video,
         msid == section.npos ? "" : section.substr(msid + 7, section.find(' ', msid) - msid - 7),
         section.find("a=sendrecv") != section.npos});
  }
  return tracks;
}

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

void FakeNetwork::set_local_tracks(EndId id, std::vector<rtc::LocalTrack> tracks) {
  End* end = find(id);
  if (!end) return violation_("tracks for an unknown peer");
  end->tracks = std::move(tracks);
}

void FakeNetwork::create_offer(EndId id, const rtc::OfferOptions& options) {
  End* end = find(id);
  if (!end) return violation_("offer of an unknown peer");
  if (end->refused) return;
  if (end->offered || end->creating) return violation_("a second offer before the first's answer");
  end->options = options;
  end->creating = true;
  time_.after(dice_.time(2, 40), [this, id] { describe(id, Type::Offer); });
}

void FakeNetwork::describe(EndId id, Type type) {
  End* end = find(id);
  if (!end) return;
  const bool offer = type == Type::Offer;
  if (offer && !std::exchange(end->creating, false)) return; /* theirs took its place */
  Sections sections = end->sections;
  place_tracks(end->tracks, sections, offer);
  if (offer) {
    const auto add = [&](rtc::MediaKind kind, unsigned wanted) {
      const auto is_of_kind = [&](const Section& section) { return section.kind == kind; };
      while (std::count_if(sections.begin(), sections.end(), is_of_kind) < wanted)
        sections.push_back({kind, std::nullopt, ""});
    };
    add(rtc::MediaKind::Audio, end->options.audio_sections);
    add(rtc::MediaKind::Video, end->options.video_sections);
  }
  end->local = (offer ? "offer-" : "answer-") + std::to_string(++descriptions_);
  authors_[end->local] = id;
  if (!offer) answers_[end->local] = end->remote;
  const bool with_candidate = dice_.chance(0.5);
  std::string sdp = "v=0\r\ns=" + end->local + "\r\n" + describe_sections(*end, sections);
  if (offer)
    end->offered = std::move(sections);
  else
    end->sections = std::move(sections);
  if (with_candidate) sdp += "a=candidate:" + end->local + "\r\n";
  if (!end->connecting) gather(id, end->local, with_candidate);
  deliver_(id, [=](matrix::Call& call, Time now) {
    return call.local_description(id.peer, {type, sdp}, now);
  });
  match(id);
}

/* A source goes where it was before, else to a section that no other source has. */
void FakeNetwork::place_tracks(const std::vector<rtc::LocalTrack>& tracks, Sections& sections,
                               bool may_add) {
  for (const auto& track : tracks) {
    const auto has = [&](std::optional<rtc::TrackSource> source) {
      return std::find_if(sections.begin(), sections.end(), [&, source](const Section& section) {
        return section.source == source && section.kind == kind_of(track.source);
      });
    };
    auto section = has(track.source);
    if (section == sections.end()) section = has(std::nullopt);
    if (section != sections.end())
      section->source = track.source;
    else if (may_add)
      section = sections.insert(sections.end(), {kind_of(track.source), track.source, ""});
    else
      continue;
    section->stream_id = track.stream_id;
  }
}

std::string FakeNetwork::describe_sections(const End& end, const Sections& sections) const {
  std::string text;
  for (const auto& section : sections) {
    const bool sends =
        std::any_of(end.tracks.begin(), end.tracks.end(),
                    [&](const rtc::LocalTrack& track) { return section.source == track.source; });
    const bool audio = section.kind == rtc::MediaKind::Audio;
    text += std::string(audio ? "m=audio" : "m=video") + " 9 x 0\r\na=mid:x\r\n";
    text += sends ? "a=sendrecv\r\na=msid:" + section.stream_id + " track\r\n"
                  : "a=recvonly\r\na=msid:" + end.stream_id + " none\r\n";
  }
  return text;
}

/* Ours, if there is one, is as if it had never been made. */
void FakeNetwork::take_offer(End& end, const std::string& sdp) {
  if (end.offered || end.creating) glares_++;
  end.offered.reset();
  end.creating = false;
  const auto remote = read_sections(sdp);
  for (size_t i = end.sections.size(); i < remote.size(); i++)
    end.sections.push_back({remote[i].kind, std::nullopt, ""});
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
    end->refused = true;
    time_.after(1ms, [=, this] { fail(id, rtc::PeerFailure::Description, "refused"); });
    return;
  }
  if (description.type == Type::Offer) {
    take_offer(*end, description.sdp);
  } else if (!end->offered || answers_[name] != end->local) {
    return violation_("an answer to another offer was applied");
  } else {
    end->sections = *std::exchange(end->offered, std::nullopt);
  }
  end->remote = name;
  end->knows_candidate |= description.sdp.find("a=candidate:") != std::string::npos;
  time_.after(30s, [=, this] { expire(id); });
  time_.after(1ms, [=, this, tracks = read_sections(description.sdp)] {
    deliver_(
        id, [=](matrix::Call& call, Time now) { return call.remote_tracks(id.peer, tracks, now); });
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
