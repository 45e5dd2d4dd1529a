/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/call_roster.h"

namespace matrixcall {
namespace {

bool is_of(const media::RosterEntry& entry, const matrix::Participant& participant) {
  return entry.user_id == participant.user_id && entry.device_id == participant.device_id &&
         entry.session_id == participant.session_id;
}

}  // namespace

void CallRoster::joined(const matrix::Participant& participant, gint64 now) {
  entries_.push_back({.user_id = participant.user_id,
                      .device_id = participant.device_id,
                      .session_id = participant.session_id,
                      .display_name = participant.display_name,
                      .joined = now});
}

void CallRoster::changed(const matrix::Participant& participant) {
  for (auto& entry : entries_) {
    if (is_of(entry, participant)) entry.display_name = participant.display_name;
  }
}

void CallRoster::left(const matrix::Participant& participant) {
  std::erase_if(entries_, [&](const auto& entry) { return is_of(entry, participant); });
}

}  // namespace matrixcall
