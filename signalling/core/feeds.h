/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "signalling/core/effects.h"
#include "signalling/core/report.h"
#include "signalling/core/selection.h"
#include "signalling/core/signals.h"

namespace matrix {

/* Numbers participants, from 0; none twice. Its users share one. Pure. */
class FeedNumbers {
 public:
  unsigned next() { return next_++; }

 private:
  unsigned next_ = 0;
};

/* One participant's feeds: what a verified connection brings and stream metadata names,
 * as reports. Survives the connection: after a loss the feeds stay for 15 s, coming from
 * nowhere, and the next connection that brings the same kind goes on with them. All feeds
 * share a number, which is given up when all of them are gone with their connection. Pure. */
class Feeds {
 public:
  /* @numbers is borrowed. @wanted: others are passed over. */
  explicit Feeds(FeedNumbers& numbers, std::set<FeedKind> wanted = Selection().kinds)
      : numbers_(numbers), wanted_(std::move(wanted)) {}

  /* What @peer, verified, has now. @streams: nothing if the peer never named any; then
   * its first stream is taken as its camera and microphone. */
  Effects update(const Participant& participant, rtc::PeerId peer,
                 const std::vector<rtc::RemoteTrack>& tracks,
                 const std::optional<StreamMetadataMap>& streams);
  /* Of all its feeds; Clear at first. */
  Effects set_trust(Trust trust);
  /* The connection is lost; another one may come. */
  Effects lost(Time now);
  /* The feeds are over. */
  Effects remove(const std::string& reason);
  Effects on_timeout(Time now);
  std::optional<Time> next_deadline() const { return lost_until_; }
  bool empty() const { return feeds_.empty(); }

 private:
  struct Feed {
    FeedSource source;
    std::string stream_id;
    bool muted = false;
  };
  using FeedMap = std::map<FeedKind, Feed>;

  FeedMap read(rtc::PeerId peer, const std::vector<rtc::RemoteTrack>& tracks,
               const std::optional<StreamMetadataMap>& streams) const;
  void put(FeedKind kind, const Feed& feed, const Participant& participant, Effects& effects);

  FeedNumbers& numbers_;
  const std::set<FeedKind> wanted_;
  Trust trust_ = Trust::Clear;
  std::optional<unsigned> number_;
  FeedMap feeds_;
  std::optional<Time> lost_until_;
};

}  // namespace matrix
