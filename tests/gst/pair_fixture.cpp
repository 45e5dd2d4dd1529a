/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/pair_fixture.h"

#include <algorithm>
#include <utility>

namespace test {

using glib::Ref;
using rtc::MediaKind;
using rtc::TrackSource;

/* --- Playing --- */

Playing::Playing(media::Transport& transport, std::shared_ptr<media::Sender> sender,
                 const std::string& source)
    : sender_(std::move(sender)), pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))) {
  GError* error = nullptr;
  GstElement* bin = gst_parse_bin_from_description((source + " ! identity").c_str(), TRUE, &error);
  g_assert_no_error(error);
  GstElement* sink = gst_bin_new("sink");
  GstPad* pad = gst_pad_new("sink", GST_PAD_SINK);
  input_ = media::SendInput::create(pad);
  input_->attach({.sender = sender_,
                  .hold = hold_,
                  .time = {Ref<GstClock>::share(transport.clock()), transport.base_time()},
                  .on_media = [] {},
                  .on_eos = [] {},
                  .on_activity = [](const media::ActivityNews&) {}});
  gst_element_add_pad(sink, pad);
  gst_bin_add_many(GST_BIN(pipeline_.get()), bin, sink, nullptr);
  g_assert_true(gst_element_link(bin, sink));
  hold_->set_playing(true);
  hold_->ready();
  set_state(GST_STATE_PLAYING);
}

Playing::~Playing() {
  set_state(GST_STATE_NULL);
  input_->detach();
  sender_->end();
}

void Playing::set_state(GstState state) {
  gst_element_set_state(pipeline_.get(), state);
}

GstElement* Playing::element(const char* name) const {
  return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name)).get();
}

/* --- End --- */

End::End(rtc::Loop& loop, rtc::PeerId id, std::string stream_id)
    : loop_(loop), id_(id), stream_id_(std::move(stream_id)), transport_(loop, {}) {
  loop_.run_sync([this] {
    transport_.set_trouble_handler(
        [this](rtc::PeerId, const std::string&, const std::string& message) {
          const std::lock_guard lock(lock_);
          troubles_.push_back(message);
        });
    connection_ = transport_.create_peer(
        id_, {.ice_servers = {}, .relay_only = false, .stream_id = stream_id_}, *this);
  });
}

End::~End() {
  loop_.run_sync([this] { connection_.reset(); });
}

std::shared_ptr<media::Sender> End::add_sender(TrackSource source,
                                               std::vector<std::string> codecs) {
  const bool video = source == TrackSource::Camera || source == TrackSource::Screen;
  std::shared_ptr<media::Sender> sender;
  loop_.run_sync([&] {
    sender = transport_.add_sender(
        source,
        {.kind = video ? MediaKind::Video : MediaKind::Audio,
         .codecs = video ? std::move(codecs) : std::vector<std::string>{"OPUS"},
         .minimum_bitrate = 100'000,
         .encoder = {.bitrate = video ? 500'000U : 32'000U}},
        {.on_encoder = nullptr,
         .on_trouble =
             [this](const std::string& message) {
               const std::lock_guard lock(lock_);
               troubles_.push_back(message);
             },
         .on_key_frame_wanted = [] {},
         .on_resumed = [] {}});
  });
  return sender;
}

void End::set_tracks(const std::vector<TrackSource>& sources) {
  std::vector<rtc::LocalTrack> tracks;
  for (const TrackSource source : sources) {
    const bool screen = source == TrackSource::Screen || source == TrackSource::ScreenAudio;
    tracks.push_back({source, screen ? stream_id_ + "-screen" : stream_id_});
  }
  loop_.run_sync([&] { connection_->set_local_tracks(tracks); });
}

void End::offer(rtc::OfferOptions options) {
  loop_.run_sync([&] { connection_->create_offer(options); });
}

void End::hold_descriptions() {
  loop_.run_sync([this] { holding_ = true; });
}

void End::deliver() {
  loop_.run_sync([this] {
    holding_ = false;
    for (const auto& description : std::exchange(held_, {}))
      connection_->set_remote_description(description);
  });
}

void End::lose_descriptions() {
  loop_.run_sync([this] {
    holding_ = false;
    held_.clear();
  });
}

void End::receive(const rtc::SessionDescription& description) {
  if (holding_)
    held_.push_back(description);
  else if (connection_)
    connection_->set_remote_description(description);
}

std::vector<rtc::RemoteTrack> End::tracks() const {
  const std::lock_guard lock(lock_);
  return tracks_;
}

std::optional<rtc::RemoteTrack> End::track(MediaKind kind, unsigned index) const {
  for (const auto& each : tracks())
    if (each.kind == kind && index-- == 0) return each;
  return std::nullopt;
}

std::shared_ptr<RecordingFeed> End::feed(MediaKind kind, unsigned index) const {
  const auto wanted = track(kind, index);
  const std::lock_guard lock(lock_);
  const auto found = wanted ? feeds_.find(wanted->mid) : feeds_.end();
  return found == feeds_.end() ? nullptr : found->second;
}

unsigned End::frames(MediaKind kind, unsigned index) const {
  const auto from = feed(kind, index);
  return from ? static_cast<unsigned>(from->count()) : 0;
}

std::optional<rtc::PeerFailure> End::failure() const {
  const std::lock_guard lock(lock_);
  return failure_;
}

std::vector<rtc::SessionDescription> End::descriptions() const {
  const std::lock_guard lock(lock_);
  return descriptions_;
}

std::vector<std::string> End::troubles() const {
  const std::lock_guard lock(lock_);
  return troubles_;
}

void End::on_local_description(rtc::PeerId, rtc::SessionDescription description) {
  {
    const std::lock_guard lock(lock_);
    descriptions_.push_back(description);
  }
  other_->receive(description);
}

void End::on_local_candidate(rtc::PeerId, rtc::IceCandidate candidate) {
  if (other_->connection_) other_->connection_->add_remote_candidate(candidate);
}

void End::on_remote_tracks(rtc::PeerId, std::vector<rtc::RemoteTrack> tracks) {
  const std::lock_guard lock(lock_);
  tracks_ = tracks;
  for (const auto& track : tracks) {
    if (!track.sending || feeds_.contains(track.mid)) continue;
    const auto feed = std::make_shared<RecordingFeed>(media::FeedInput::Form::Encoded);
    feeds_[track.mid] = feed;
    transport_.bind(id_, track.mid, feed);
  }
}

void End::on_peer_failed(rtc::PeerId, rtc::PeerFailure failure, std::string message) {
  const std::lock_guard lock(lock_);
  failure_ = failure;
  GST_ERROR("%s", message.c_str());
}

}  // namespace test
