/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "signalling/base/peer_connection.h"
#include "signalling/core/signals.h"

namespace matrix {

using rtc::TrackSource;

/* A track that we send into the call. */
struct LocalSource {
  TrackSource source = TrackSource::Microphone;
  bool muted = false;
  bool operator==(const LocalSource&) const = default;
};

/* What we send into the call and what of it is muted: the same to everybody. Pure. */
class LocalMedia {
 public:
  /* Of two of one source the first holds. True if anything is different now. */
  bool set_tracks(const std::vector<LocalSource>& tracks);
  /* False if that changes nothing or there is no such track. */
  bool set_muted(TrackSource source, bool muted);

  std::set<TrackSource> sources() const;
  bool shares_screen() const;
  /* The tracks as one connection has them. @stream_id: of the microphone and the camera; the
   * screen's is made of it. */
  std::vector<rtc::LocalTrack> tracks(const std::string& stream_id) const;
  /* What the peer is told of them. What we do not send counts as muted. A screen is listed
   * while there is one. */
  StreamMetadataMap streams(const std::string& stream_id) const;

 private:
  bool is_silent(TrackSource source) const;

  std::map<TrackSource, bool> muted_; /* of our tracks */
};

/* Which of our tracks our own description @sdp sends. */
std::set<TrackSource> sources_sent(const std::string& sdp, const std::string& stream_id);
std::set<TrackSource> sources_of(const std::vector<rtc::LocalTrack>& tracks);

}  // namespace matrix
