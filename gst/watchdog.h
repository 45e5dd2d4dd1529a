/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>
#include <optional>

namespace media {

/* Tells when a peer is gone, which webrtcbin does not: it reports neither a peer that fell
 * silent nor one that it never reached.
 *
 *   Idle --start--> Connecting --connected--> Connected
 *
 * Times are of one monotonic clock. Pure. */
class Watchdog {
 public:
  using Time = std::chrono::microseconds;
  enum class Verdict {
    Alive,
    Unreached, /* no connection within the time for it */
    Lost,      /* ICE failed and did not recover */
    Silent,    /* not a single packet for too long */
  };
  static constexpr std::chrono::seconds connect_within{30};

  /* @dead_after: of silence, or of failed ICE. */
  explicit Watchdog(std::chrono::milliseconds dead_after) : dead_after_(dead_after) {}

  /* Both descriptions are there. Later calls have no effect. */
  void start(Time now);
  void connected(Time now);
  void ice_failed(Time now);
  void ice_recovered() { ice_failed_at_.reset(); }
  /* A source timed out by RTCP's rules: if nothing comes any more after @last_packet, four
   * fifths of the time are enough. */
  void doubt(Time last_packet) { doubted_after_ = last_packet; }
  /* While suspended nothing but the first connection runs out. */
  void suspend(bool suspended, Time now);

  /* @last_packet: when the last one came. */
  Verdict check(Time now, Time last_packet) const;
  /* When check() is due again. */
  std::optional<Time> deadline(Time last_packet) const;

 private:
  enum class State { Idle, Connecting, Connected };
  /* When the peer is silent, and when ICE is lost. */
  Time silent_at(Time last_packet) const;
  std::optional<Time> lost_at() const;

  Time dead_after_;
  State state_ = State::Idle;
  Time started_{};
  Time awake_since_{}; /* silence counts from here */
  std::optional<Time> ice_failed_at_;
  std::optional<Time> doubted_after_;
  bool suspended_ = false;
};

}  // namespace media
