/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "signalling/core/report.h"

namespace world {

/* Whether the reports of one Call make sense one after another. */
class ReportCheck {
 public:
  /* @open_peers: of the call, now. Returns what is wrong, or nothing. */
  std::string check(const matrix::Report& report, const std::set<rtc::PeerId>& open_peers);

  bool ended() const { return ended_; }
  bool joined() const { return joined_; }
  /* Feeds of @user_id/@device_id that come from an open peer, and whether they are muted. */
  std::map<matrix::FeedKind, bool> live_feeds(const std::string& user_id,
                                              const std::string& device_id) const;
  size_t participants() const { return participants_.size(); }

 private:
  struct Feed {
    matrix::Participant participant;
    matrix::FeedSource source;
    bool muted = false;
  };
  using Key = std::vector<std::string>;

  static Key key(const matrix::Participant& participant) {
    return {participant.user_id, participant.device_id, participant.session_id};
  }
  std::string on(const matrix::ParticipantJoined& report);
  std::string on(const matrix::ParticipantChanged& report);
  std::string on(const matrix::ParticipantLeft& report);
  std::string on(const matrix::ParticipantTrouble& report);
  std::string on(const matrix::CallTrouble& report);
  std::string on(const matrix::FeedAdded& report);
  std::string on(const matrix::FeedMuted& report);
  std::string on(const matrix::FeedTrusted& report);
  std::string on(const matrix::FeedMoved& report);
  std::string on(const matrix::FeedRemoved& report);
  std::string on(const matrix::CallJoined& report);
  std::string on(const matrix::CallEnded& report);

  std::set<Key> participants_;
  std::map<matrix::FeedId, Feed> feeds_;
  std::map<unsigned, Key> owners_; /* of numbers, for ever */
  std::set<rtc::PeerId> open_peers_;
  bool joined_ = false;
  bool ended_ = false;
};

}  // namespace world
