/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/plugin/sending_party.h"

#include <chrono>
#include <utility>

namespace party {

SendingParty::SendingParty(matrix::SessionConfig config, Media media) : media_(std::move(media)) {
  rtc::PeerConnectionFactory& peers = *this;
  matrix::Session::Observer& observer = *this;
  loop_.run_sync([&] {
    session_ = std::make_unique<matrix::Session>(loop_, std::move(config), peers, observer);
    std::vector<matrix::LocalSource> tracks;
    if (media_.audio) tracks.push_back({rtc::TrackSource::Microphone, false});
    if (media_.video) tracks.push_back({rtc::TrackSource::Camera, false});
    session_->set_local_tracks(tracks);
    session_->start();
  });
}

SendingParty::~SendingParty() {
  loop_.run_sync([this] { session_.reset(); });
}

bool SendingParty::wait_for(matrix::SessionState state) {
  std::unique_lock lock(lock_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return state_ == state; });
}

void SendingParty::leave() {
  loop_.run_sync([this] { session_->leave(); });
}

std::unique_ptr<rtc::PeerConnection> SendingParty::create_peer(
    rtc::PeerId id, rtc::PeerOptions options, rtc::PeerConnection::Observer& observer) {
  return std::make_unique<SendingPeer>(loop_, id, std::move(options), media_, observer);
}

void SendingParty::on_session_state(matrix::SessionState state) {
  std::lock_guard lock(lock_);
  state_ = state;
  changed_.notify_all();
}

}  // namespace party
