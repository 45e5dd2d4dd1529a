/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/conference_glare.h"

#include <algorithm>

namespace matrix {

namespace {

using namespace std::chrono_literals;

/* Long enough for all conferences that were started at once to be seen by everybody. */
constexpr Time settles_after = 1s;

}  // namespace

void ConferenceGlare::room_changed(const std::string& current, Time now) {
  if (!move_at_ && better_than(current, now)) move_at_ = now + settles_after;
}

std::optional<std::string> ConferenceGlare::on_timeout(const std::string& current, Time now) {
  if (!move_at_ || now < *move_at_) return std::nullopt;
  move_at_.reset();
  const Conference* better = better_than(current, now);
  return better ? std::optional(better->id) : std::nullopt;
}

Effects ConferenceGlare::clean_up(const std::string& current, Tokens& tokens, Time now) {
  Effects effects;
  std::erase_if(ours_, [&](const std::string& id) {
    const Conference* conference = room_.conference(id);
    if (id == current || (conference && has_others(id, now))) return false;
    if (!conference) return true;
    ConferenceContent content = conference->content;
    content.terminated = true;
    effects.push_back(
        SendState{tokens.next(), call_event_type, id, write_conference(content, conference_name)});
    return true;
  });
  return effects;
}

const Conference* ConferenceGlare::better_than(const std::string& current, Time now) const {
  const Conference* better = room_.find_earlier(current);
  if (!better) return nullptr;
  return has_others(better->id, now) || !has_others(current, now) ? better : nullptr;
}

bool ConferenceGlare::has_others(const std::string& conf_id, Time now) const {
  const auto devices = room_.devices(conf_id);
  return std::any_of(devices.begin(), devices.end(), [&](const UserDevice& device) {
    return device.entry.expires_ts > now && Address{device.user_id, device.entry.device_id} != own_;
  });
}

}  // namespace matrix
