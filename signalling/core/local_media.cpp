/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/local_media.h"

#include <optional>
#include <string_view>

namespace matrix {

namespace {

bool is_of_screen(TrackSource source) {
  switch (source) {
    case TrackSource::Microphone:
    case TrackSource::Camera:
      return false;
    case TrackSource::Screen:
    case TrackSource::ScreenAudio:
      return true;
  }
  return false;
}

std::string screen_stream(const std::string& stream_id) {
  return stream_id + "-screen";
}

/* A media section that is being read. */
struct Section {
  bool audio = false;
  bool sends = true; /* sendrecv is the default (RFC 8866) */
  std::string_view stream;

  std::optional<TrackSource> source(const std::string& stream_id) const {
    if (!sends) return std::nullopt;
    if (stream == stream_id) return audio ? TrackSource::Microphone : TrackSource::Camera;
    if (stream == screen_stream(stream_id))
      return audio ? TrackSource::ScreenAudio : TrackSource::Screen;
    return std::nullopt;
  }
};

}  // namespace

bool LocalMedia::set_tracks(const std::vector<LocalSource>& tracks) {
  std::map<TrackSource, bool> muted;
  for (const auto& track : tracks) muted.try_emplace(track.source, track.muted);
  if (muted == muted_) return false;
  muted_ = std::move(muted);
  return true;
}

bool LocalMedia::set_muted(TrackSource source, bool muted) {
  const auto track = muted_.find(source);
  if (track == muted_.end() || track->second == muted) return false;
  track->second = muted;
  return true;
}

std::set<TrackSource> LocalMedia::sources() const {
  std::set<TrackSource> sources;
  for (const auto& [source, muted] : muted_) sources.insert(source);
  return sources;
}

bool LocalMedia::shares_screen() const {
  return muted_.contains(TrackSource::Screen) || muted_.contains(TrackSource::ScreenAudio);
}

std::vector<rtc::LocalTrack> LocalMedia::tracks(const std::string& stream_id) const {
  std::vector<rtc::LocalTrack> tracks;
  for (const auto& [source, muted] : muted_)
    tracks.push_back({source, is_of_screen(source) ? screen_stream(stream_id) : stream_id});
  return tracks;
}

bool LocalMedia::is_silent(TrackSource source) const {
  const auto track = muted_.find(source);
  return track == muted_.end() || track->second;
}

StreamMetadataMap LocalMedia::streams(const std::string& stream_id) const {
  StreamMetadataMap streams{
      {stream_id,
       {Purpose::Usermedia, is_silent(TrackSource::Microphone), is_silent(TrackSource::Camera)}}};
  if (shares_screen())
    streams[screen_stream(stream_id)] = {Purpose::Screenshare, is_silent(TrackSource::ScreenAudio),
                                         is_silent(TrackSource::Screen)};
  return streams;
}

std::set<TrackSource> sources_sent(const std::string& sdp, const std::string& stream_id) {
  std::set<TrackSource> sources;
  std::optional<Section> section;
  const auto finish = [&] {
    const auto source = section ? section->source(stream_id) : std::nullopt;
    if (source) sources.insert(*source);
  };
  for (std::string_view rest = sdp; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
    rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of("\r\n", line.size())));
    if (line.starts_with("m=")) {
      finish();
      section = Section{line.starts_with("m=audio"), true, {}};
    } else if (section && (line == "a=recvonly" || line == "a=inactive")) {
      section->sends = false;
    } else if (section && line.starts_with("a=msid:") && section->stream.empty()) {
      const std::string_view msid = line.substr(7);
      section->stream = msid.substr(0, msid.find(' '));
    }
  }
  finish();
  return sources;
}

std::set<TrackSource> sources_of(const std::vector<rtc::LocalTrack>& tracks) {
  std::set<TrackSource> sources;
  for (const auto& track : tracks) sources.insert(track.source);
  return sources;
}

}  // namespace matrix
