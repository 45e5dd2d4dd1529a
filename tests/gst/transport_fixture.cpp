/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/transport_fixture.h"

#include <utility>

namespace test {

Call::Call(rtc::Loop& loop, media::Transport& transport, rtc::PeerId id, Options options)
    : loop_(loop), transport_(transport), id_(id), options_(std::move(options)) {
  loop_.run_sync([this] { start(); });
}

Call::~Call() {
  loop_.run_sync([this] {
    ours_.reset();
    peer_.reset();
  });
}

void Call::start() {
  ours_ = transport_.create_peer(id_, {.ice_servers = {}, .relay_only = false, .stream_id = "ours"},
                                 *this);
  peer_ = std::make_unique<SendingWebrtcbin>(
      loop_, options_.media,
      SendingWebrtcbin::Observer{
          [this](const rtc::SessionDescription& description) { receive(description); },
          [this](const rtc::IceCandidate& candidate) {
            if (ours_) ours_->add_remote_candidate(candidate);
          }});
  if (options_.caller == Caller::We)
    ours_->create_offer({options_.media.audio ? 1U : 0U, options_.media.video ? 1U : 0U});
  else
    peer_->offer();
}

void Call::receive(const rtc::SessionDescription& description) {
  auto received = description;
  if (options_.mangle) received.sdp = options_.mangle(received.sdp);
  if (ours_) ours_->set_remote_description(received);
}

void Call::receive_candidate(const rtc::IceCandidate& candidate) {
  loop_.run_sync([&] { ours_->add_remote_candidate(candidate); });
}

bool Call::wait_until_connected() {
  return eventually([this] { return connected_.load(); });
}

std::optional<rtc::PeerFailure> Call::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::string Call::failure_message() const {
  const std::lock_guard lock(mutex_);
  return failure_message_;
}

std::vector<rtc::RemoteTrack> Call::tracks() const {
  const std::lock_guard lock(mutex_);
  return tracks_;
}

std::vector<rtc::SessionDescription> Call::local_descriptions() const {
  const std::lock_guard lock(mutex_);
  return local_descriptions_;
}

std::vector<rtc::IceCandidate> Call::local_candidates() const {
  const std::lock_guard lock(mutex_);
  return local_candidates_;
}

std::string Call::mid_of(rtc::MediaKind kind) const {
  for (const auto& track : tracks())
    if (track.kind == kind) return track.mid;
  return "";
}

void Call::bind(rtc::MediaKind kind, std::shared_ptr<RecordingFeed> feed) {
  loop_.run_sync([&] { transport_.bind(id_, mid_of(kind), std::move(feed)); });
}

void Call::unbind(rtc::MediaKind kind) {
  loop_.run_sync([&] { transport_.unbind(id_, mid_of(kind)); });
}

void Call::offer_again() {
  loop_.run_sync([this] { peer_->offer(); });
}

void Call::offer_video() {
  loop_.run_sync([this] {
    unsigned sections = 1;
    for (const auto& track : tracks()) sections += track.kind == rtc::MediaKind::Video;
    ours_->create_offer({.audio_sections = 0, .video_sections = sections});
  });
}

void Call::close_ours() {
  loop_.run_sync([this] { ours_.reset(); });
}

void Call::bind_now() {
  if (options_.audio) transport_.bind(id_, mid_of(rtc::MediaKind::Audio), options_.audio);
  if (options_.video) transport_.bind(id_, mid_of(rtc::MediaKind::Video), options_.video);
}

void Call::on_local_description(rtc::PeerId, rtc::SessionDescription description) {
  {
    const std::lock_guard lock(mutex_);
    local_descriptions_.push_back(description);
  }
  if (peer_) peer_->set_remote_description(description);
}

void Call::on_local_candidate(rtc::PeerId, rtc::IceCandidate candidate) {
  {
    const std::lock_guard lock(mutex_);
    local_candidates_.push_back(candidate);
  }
  if (peer_) peer_->add_remote_candidate(candidate);
}

void Call::on_remote_tracks(rtc::PeerId, std::vector<rtc::RemoteTrack> tracks) {
  {
    const std::lock_guard lock(mutex_);
    tracks_ = std::move(tracks);
  }
  if (options_.bind == Options::Bind::WhenDescribed) bind_now();
}

void Call::on_peer_state(rtc::PeerId, rtc::PeerState state) {
  if (state != rtc::PeerState::Connected) return;
  if (!connected_.exchange(true) && options_.bind == Options::Bind::WhenConnected) bind_now();
}

void Call::on_peer_failed(rtc::PeerId, rtc::PeerFailure failure, std::string message) {
  const std::lock_guard lock(mutex_);
  g_assert(!failure_);
  failure_ = failure;
  failure_message_ = std::move(message);
}

}  // namespace test
