/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/feeds.h"

#include <utility>

namespace matrix {

namespace {

using namespace std::chrono_literals;

constexpr Time loss_grace = 15s;

std::optional<FeedKind> kind_of(Purpose purpose, rtc::MediaKind media) {
  const bool audio = media == rtc::MediaKind::Audio;
  switch (purpose) {
    case Purpose::Usermedia:
      return audio ? FeedKind::Audio : FeedKind::Video;
    case Purpose::Screenshare:
      return audio ? FeedKind::ScreenAudio : FeedKind::Screen;
    case Purpose::Other:
      return std::nullopt;
  }
  return std::nullopt;
}

/* Of a peer that does not know stream metadata. */
StreamMetadataMap first_stream_as_usermedia(const std::vector<rtc::RemoteTrack>& tracks) {
  for (const auto& track : tracks)
    if (track.sending) return {{track.stream_id, {}}};
  return {};
}

}  // namespace

Feeds::FeedMap Feeds::read(rtc::PeerId peer, const std::vector<rtc::RemoteTrack>& tracks,
                           const std::optional<StreamMetadataMap>& streams) const {
  const StreamMetadataMap& known = streams ? *streams : first_stream_as_usermedia(tracks);
  FeedMap feeds;
  for (const auto& track : tracks) {
    const auto stream = known.find(track.stream_id);
    if (!track.sending || stream == known.end()) continue;
    const StreamMetadata& metadata = stream->second;
    const bool audio = track.kind == rtc::MediaKind::Audio;
    const auto kind = kind_of(metadata.purpose, track.kind);
    if (kind && wanted_.contains(*kind))
      feeds.try_emplace(*kind, Feed{{peer, track.mid},
                                    track.stream_id,
                                    audio ? metadata.audio_muted : metadata.video_muted});
  }
  return feeds;
}

Effects Feeds::update(const Participant& participant, rtc::PeerId peer,
                      const std::vector<rtc::RemoteTrack>& tracks,
                      const std::optional<StreamMetadataMap>& streams) {
  const FeedMap sent = read(peer, tracks, streams);
  Effects effects;
  bool orphans = false;
  for (auto it = feeds_.begin(); it != feeds_.end();) {
    const bool orphan = it->second.source.peer == 0 && !sent.contains(it->first);
    orphans |= orphan;
    if (orphan || sent.contains(it->first)) {
      ++it;
      continue;
    }
    effects.push_back(FeedRemoved{{*number_, it->first}, "track-removed"});
    it = feeds_.erase(it);
  }
  /* What the new connection has not brought may still come, by a renegotiation. */
  if (!orphans) lost_until_.reset();
  for (const auto& [kind, feed] : sent) put(kind, feed, participant, effects);
  return effects;
}

void Feeds::put(FeedKind kind, const Feed& feed, const Participant& participant, Effects& effects) {
  if (!number_) number_ = numbers_.next();
  const FeedId id{*number_, kind};
  const auto [entry, added] = feeds_.try_emplace(kind, feed);
  if (added) {
    effects.push_back(FeedAdded{id, participant, feed.source, feed.stream_id, feed.muted, trust_});
    return;
  }
  Feed& current = entry->second;
  if (current.source != feed.source) effects.push_back(FeedMoved{id, feed.source});
  if (current.muted != feed.muted) effects.push_back(FeedMuted{id, feed.muted});
  current = feed;
}

Effects Feeds::set_trust(Trust trust) {
  if (std::exchange(trust_, trust) == trust) return {};
  Effects effects;
  for (const auto& [kind, feed] : feeds_) effects.push_back(FeedTrusted{{*number_, kind}, trust});
  return effects;
}

Effects Feeds::lost(Time now) {
  Effects effects;
  for (auto& [kind, feed] : feeds_) {
    if (feed.source.peer == 0) continue;
    feed.source = {};
    lost_until_ = now + loss_grace;
    effects.push_back(FeedMoved{{*number_, kind}, {}});
  }
  return effects;
}

Effects Feeds::remove(const std::string& reason) {
  Effects effects;
  for (const auto& [kind, feed] : feeds_) effects.push_back(FeedRemoved{{*number_, kind}, reason});
  feeds_.clear();
  number_.reset();
  lost_until_.reset();
  return effects;
}

Effects Feeds::on_timeout(Time now) {
  if (!lost_until_ || now < *lost_until_) return {};
  lost_until_.reset();
  Effects effects;
  bool any_left = false;
  for (const auto& [kind, feed] : feeds_) any_left |= feed.source.peer != 0;
  if (!any_left) return remove("lost");
  for (auto it = feeds_.begin(); it != feeds_.end();) {
    if (it->second.source.peer != 0) {
      ++it;
      continue;
    }
    effects.push_back(FeedRemoved{{*number_, it->first}, "track-removed"});
    it = feeds_.erase(it);
  }
  return effects;
}

}  // namespace matrix
