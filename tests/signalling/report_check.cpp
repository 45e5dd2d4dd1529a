/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/report_check.h"

namespace world {

using namespace matrix;

std::string ReportCheck::check(const Report& report, const std::set<rtc::PeerId>& open_peers) {
  if (ended_) return "a report after the last";
  open_peers_ = open_peers;
  return std::visit([this](const auto& what) { return on(what); }, report);
}

std::map<FeedKind, bool> ReportCheck::live_feeds(const std::string& user_id,
                                                 const std::string& device_id) const {
  std::map<FeedKind, bool> feeds;
  for (const auto& [id, feed] : feeds_)
    if (feed.source.peer != 0 && feed.participant.user_id == user_id &&
        feed.participant.device_id == device_id)
      feeds.emplace(id.kind, feed.muted);
  return feeds;
}

std::string ReportCheck::on(const ParticipantJoined& report) {
  return participants_.insert(key(report.participant)).second ? "" : "joined twice";
}

std::string ReportCheck::on(const ParticipantChanged& report) {
  return participants_.contains(key(report.participant)) ? "" : "a stranger changed";
}

std::string ReportCheck::on(const ParticipantLeft& report) {
  for (const auto& [id, feed] : feeds_)
    if (key(feed.participant) == key(report.participant)) return "left before its feeds";
  return participants_.erase(key(report.participant)) > 0 ? "" : "a stranger left";
}

std::string ReportCheck::on(const ParticipantTrouble& report) {
  return report.error.message.empty() ? "trouble without a sentence" : "";
}

std::string ReportCheck::on(const CallTrouble& report) {
  return report.error.message.empty() ? "trouble without a sentence" : "";
}

std::string ReportCheck::on(const FeedAdded& report) {
  if (!participants_.contains(key(report.participant))) return "a stranger's feed";
  if (!open_peers_.contains(report.source.peer)) return "a feed of no connection";
  const auto owner = owners_.try_emplace(report.id.number, key(report.participant)).first;
  if (owner->second != key(report.participant)) return "a number was used again";
  for (const auto& [id, feed] : feeds_)
    if (id.number != report.id.number && key(feed.participant) == key(report.participant))
      return "two numbers for one participant";
  const bool added =
      feeds_.try_emplace(report.id, Feed{report.participant, report.source, report.muted}).second;
  return added ? "" : "a feed was added twice";
}

std::string ReportCheck::on(const FeedMuted& report) {
  const auto feed = feeds_.find(report.id);
  if (feed == feeds_.end()) return "an unknown feed was muted";
  if (feed->second.muted == report.muted) return "a mute that changes nothing";
  feed->second.muted = report.muted;
  return "";
}

std::string ReportCheck::on(const FeedTrusted& report) {
  return feeds_.contains(report.id) ? "" : "an unknown feed was trusted";
}

std::string ReportCheck::on(const FeedMoved& report) {
  const auto feed = feeds_.find(report.id);
  if (feed == feeds_.end()) return "an unknown feed moved";
  if (report.source.peer != 0 && !open_peers_.contains(report.source.peer))
    return "a feed moved to no connection";
  feed->second.source = report.source;
  return "";
}

std::string ReportCheck::on(const FeedRemoved& report) {
  return feeds_.erase(report.id) > 0 ? "" : "an unknown feed was removed";
}

std::string ReportCheck::on(const CallJoined&) {
  joined_ = true;
  return "";
}

std::string ReportCheck::on(const CallEnded&) {
  ended_ = true;
  if (!feeds_.empty()) return "ended with feeds left";
  if (!participants_.empty()) return "ended with participants left";
  return open_peers_.empty() ? "" : "ended with connections open";
}

}  // namespace world
