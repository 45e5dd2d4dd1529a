/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/watchdog.h"

#include <algorithm>

namespace media {

void Watchdog::start(Time now) {
  if (state_ != State::Idle) return;
  state_ = State::Connecting;
  started_ = now;
}

void Watchdog::connected(Time now) {
  state_ = State::Connected;
  awake_since_ = std::max(awake_since_, now);
  ice_failed_at_.reset();
}

void Watchdog::ice_failed(Time now) {
  if (!ice_failed_at_) ice_failed_at_ = now;
}

void Watchdog::suspend(bool suspended, Time now) {
  if (suspended_ && !suspended) {
    awake_since_ = now;
    if (ice_failed_at_) ice_failed_at_ = now;
  }
  suspended_ = suspended;
}

Watchdog::Time Watchdog::silent_at(Time last_packet) const {
  const bool doubted = doubted_after_ && last_packet <= *doubted_after_;
  return std::max(last_packet, awake_since_) + (doubted ? dead_after_ * 4 / 5 : dead_after_);
}

std::optional<Watchdog::Time> Watchdog::lost_at() const {
  if (!ice_failed_at_) return std::nullopt;
  return *ice_failed_at_ + dead_after_;
}

Watchdog::Verdict Watchdog::check(Time now, Time last_packet) const {
  switch (state_) {
    case State::Idle:
      return Verdict::Alive;
    case State::Connecting:
      if (now >= started_ + connect_within) return Verdict::Unreached;
      break;
    case State::Connected:
      if (!suspended_ && now >= silent_at(last_packet)) return Verdict::Silent;
      break;
  }
  const auto lost = lost_at();
  return !suspended_ && lost && now >= *lost ? Verdict::Lost : Verdict::Alive;
}

std::optional<Watchdog::Time> Watchdog::deadline(Time last_packet) const {
  std::optional<Time> due;
  switch (state_) {
    case State::Idle:
      return std::nullopt;
    case State::Connecting:
      due = started_ + connect_within;
      break;
    case State::Connected:
      if (!suspended_) due = silent_at(last_packet);
      break;
  }
  const auto lost = suspended_ ? std::nullopt : lost_at();
  return due && lost ? std::min(due, lost) : (due ? due : lost);
}

}  // namespace media
