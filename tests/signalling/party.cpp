/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/party.h"

#include <algorithm>

#include "tests/signalling/wait.h"

namespace fake {

using matrix::SessionState;
using rtc::SessionDescription;
using std::chrono::milliseconds;

namespace {

std::string describe(const std::string& stream, bool audio, bool video) {
  const auto direction = [](bool sends) { return sends ? "a=sendrecv\r\n" : "a=recvonly\r\n"; };
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
         "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=msid:" +
         stream + " a\r\n" + direction(audio) +
         "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=msid:" + stream + " v\r\n" +
         direction(video);
}

std::string stream_of(const std::string& sdp) {
  const size_t from = sdp.find("a=msid:") + 7;
  return sdp.substr(from, sdp.find(' ', from) - from);
}

class Peer final : public rtc::PeerConnection {
 public:
  Peer(rtc::Loop& loop, rtc::PeerId id, std::string stream, Observer& observer, int& open)
      : loop_(loop), id_(id), stream_(std::move(stream)), observer_(observer), open_(open) {
    open_++;
  }
  ~Peer() override { open_--; }

  void set_local_tracks(const std::vector<rtc::LocalTrack>& tracks) override { tracks_ = tracks; }
  void create_offer(const rtc::OfferOptions&) override {
    describe_later(SessionDescription::Type::Offer);
  }
  void set_remote_description(const SessionDescription& description) override {
    const std::string stream = stream_of(description.sdp);
    const bool answer = description.type == SessionDescription::Type::Offer;
    later([this, stream] {
      observer_.on_remote_tracks(id_, {{"0", rtc::MediaKind::Audio, stream, true},
                                       {"1", rtc::MediaKind::Video, stream, true}});
    });
    if (answer) describe_later(SessionDescription::Type::Answer);
    later([this] { observer_.on_peer_state(id_, rtc::PeerState::Connected); });
  }
  void add_remote_candidate(const rtc::IceCandidate&) override {}

 private:
  void describe_later(SessionDescription::Type type) {
    later([this, type] {
      observer_.on_local_description(id_,
                                     {type, describe(stream_, sends(rtc::TrackSource::Microphone),
                                                     sends(rtc::TrackSource::Camera))});
    });
    later([this] { observer_.on_local_candidate(id_, {}); });
  }
  bool sends(rtc::TrackSource source) const {
    return std::any_of(tracks_.begin(), tracks_.end(),
                       [&](const rtc::LocalTrack& track) { return track.source == source; });
  }
  void later(rtc::Loop::Task task) {
    timers_.push_back(loop_.after(milliseconds(0), std::move(task)));
  }

  rtc::Loop& loop_;
  rtc::PeerId id_;
  std::string stream_;
  std::vector<rtc::LocalTrack> tracks_;
  Observer& observer_;
  int& open_;
  std::vector<rtc::Loop::Timer> timers_;
};

}  // namespace

std::unique_ptr<rtc::PeerConnection> Peers::create_peer(rtc::PeerId id, rtc::PeerOptions options,
                                                        rtc::PeerConnection::Observer& observer) {
  made.push_back(options);
  return std::make_unique<Peer>(loop_, id, std::move(options.stream_id), observer, open);
}

Party::Party(matrix::SessionConfig config) {
  loop_.run_sync([&] {
    session_ = std::make_unique<matrix::Session>(loop_, std::move(config), peers_, *this);
  });
}

Party::~Party() {
  loop_.run_sync([&] { session_.reset(); });
}

void Party::start() {
  loop_.run_sync([&] { session_->start(); });
}

void Party::set_local_tracks(const std::vector<matrix::LocalSource>& tracks) {
  loop_.run_sync([&] { session_->set_local_tracks(tracks); });
}

void Party::set_muted(rtc::TrackSource source, bool muted) {
  loop_.run_sync([&] { session_->set_muted(source, muted); });
}

void Party::leave() {
  loop_.run_sync([&] { session_->leave(); });
}

bool Party::reaches(SessionState state, milliseconds deadline) {
  return fake::eventually(
      loop_, [&] { return !states_.empty() && states_.back() >= state; }, deadline);
}

bool Party::eventually(const std::function<bool()>& condition, milliseconds deadline) {
  return fake::eventually(loop_, condition, deadline);
}

matrix::CallEnded Party::ending() {
  g_assert_true(reaches(SessionState::Ended, std::chrono::seconds(20)));
  matrix::CallEnded ended;
  loop_.run_sync([&] {
    size_t endings = 0;
    for (const auto& report : reports_)
      endings += std::holds_alternative<matrix::CallEnded>(report);
    g_assert_cmpuint(endings, ==, 1);
    g_assert_true(std::holds_alternative<matrix::CallEnded>(reports_.back()));
    ended = std::get<matrix::CallEnded>(reports_.back());
  });
  return ended;
}

std::vector<matrix::Trust> Party::trust() {
  std::vector<std::pair<matrix::FeedId, matrix::Trust>> feeds;
  loop_.run_sync([&] {
    for (const auto& report : reports_) {
      if (const auto* added = std::get_if<matrix::FeedAdded>(&report))
        feeds.emplace_back(added->id, added->trust);
      if (const auto* news = std::get_if<matrix::FeedTrusted>(&report))
        for (auto& [id, trust] : feeds)
          if (id == news->id) trust = news->trust;
    }
  });
  std::vector<matrix::Trust> result;
  result.reserve(feeds.size());
  for (const auto& [id, trust] : feeds) result.push_back(trust);
  return result;
}

std::vector<rtc::PeerOptions> Party::peers() {
  std::vector<rtc::PeerOptions> made;
  loop_.run_sync([&] { made = peers_.made; });
  return made;
}

int Party::open_peers() {
  int open = 0;
  loop_.run_sync([&] { open = peers_.open; });
  return open;
}

void Party::on_session_state(SessionState state) {
  g_assert_true(states_.empty() || states_.back() < state);
  states_.push_back(state);
}

void Party::on_report(const matrix::Report& report) {
  g_assert_true(states_.back() != SessionState::Ended);
  reports_.push_back(report);
}

}  // namespace fake
