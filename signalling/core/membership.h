/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "signalling/core/effects.h"
#include "signalling/core/random.h"
#include "signalling/core/room_state.h"
#include "signalling/core/tokens.h"

namespace matrix {

/* Keeps our device listed in its user's member event for as long as we are in a
 * conference: writes the entry, renews it before it lapses, restores it when another
 * device of our user has overwritten it, takes it out. Never has more than one write
 * under way but for the leaving one; writes at most every 5 s but for the first and the
 * leaving one, which go at once. Pure.
 *
 *   Idle --publish--> Publishing --written--> Published --leave--> Leaving --answered--> Left
 *            |            |  ^ |                 |  ^ |
 *            |            |  +-+ not written:    |  +-+ renewed, restored, not written
 *            |            |      again           |
 *            +------------+----------------------+--refused--> Failed
 *   Publishing --leave--> Leaving;  Idle, Failed --leave--> Left
 */
class Membership {
 public:
  enum class State { Idle, Publishing, Published, Leaving, Left, Failed };

  /* @session_id: new for each run. @room, @random and @tokens are borrowed. */
  Membership(Address own, std::string session_id, const RoomState& room, Random& random,
             Tokens& tokens);

  /* Removes what a crashed run of this device left in any conference of the room. For who
   * does not join; publish() does it too. Idle only. */
  Effects clean_up(Time now);
  /* Enters @conf_id. Idle only. */
  Effects publish(std::string conf_id, Time now);
  /* Whether our entry says that we share a screen: peers then expect it. Any state. */
  void set_screenshare(bool shared, Time now);
  /* To be called after the room state has changed. */
  void room_changed(Time now);
  /* Tokens of others are ignored. */
  Effects sent(std::uint64_t token, const rtc::Result<void>& result, Time now);
  /* Any state, repeatable. */
  Effects leave(Time now);
  Effects on_timeout(Time now);
  std::optional<Time> next_deadline() const;

  State state() const { return state_; }
  const std::string& session_id() const { return session_id_; }
  /* Why it Failed. */
  const std::optional<rtc::Error>& error() const { return error_; }

 private:
  std::optional<Json> compose(const std::optional<DeviceEntry>& entry, Time now) const;
  Effects write(Time now);
  Effects send(Json content, std::uint64_t token) const;
  void written(Time now);
  void not_written(const rtc::Error& error, Time now);
  void try_again(Time now);
  void fail(rtc::Error error);
  void watch(Time now);
  void check_clock(const DeviceEntry& entry, Time now);
  std::optional<DeviceEntry> listed_entry() const;
  Time spaced(Time at) const;

  const Address own_;
  const std::string session_id_;
  const std::string who_; /* for the log */
  const RoomState& room_;
  Random& random_;
  Tokens& tokens_;

  State state_ = State::Idle;
  std::string conf_id_;
  std::optional<rtc::Error> error_;
  std::uint64_t writing_ = 0; /* token of the write under way, or 0 */
  std::uint64_t leaving_ = 0; /* of the leaving write */
  Time write_started_{0};
  std::optional<Time> last_write_; /* that the server took */
  std::optional<Time> write_at_;   /* renewal, or another try */
  std::optional<Time> restore_at_; /* only if the entry does not show up before */
  unsigned failures_ = 0;          /* in a row */
  unsigned restorations_ = 0;      /* without a minute of peace in between */
  bool screenshare_ = false;
  bool screenshare_written_ = false; /* by the last write */
  bool clock_differs_ = false;       /* said so */
};

}  // namespace matrix
