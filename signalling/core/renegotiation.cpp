/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/renegotiation.h"

#include <utility>

namespace matrix {

namespace {

using namespace std::chrono_literals;

constexpr Time patience = 60s;

}  // namespace

void Renegotiation::enter(State state, std::optional<Time> deadline) {
  state_ = state;
  deadline_ = deadline;
}

void Renegotiation::make_offer(Time now) {
  enter(State::Making, now + patience);
}

bool Renegotiation::receive_offer(const SessionDescription& offer, bool gives_way, Time now) {
  switch (state_) {
    case State::Offered:
      if (!gives_way) return false;
      break;
    case State::Answering:
      waiting_ = offer;
      return false;
    case State::Stable:
    case State::Making: /* nobody has seen ours */
      break;
  }
  enter(State::Answering, now + patience);
  return true;
}

bool Renegotiation::receive_answer() {
  if (state_ != State::Offered) return false;
  enter(State::Stable, std::nullopt);
  return true;
}

bool Renegotiation::made(SessionDescription::Type type, Time now) {
  if (type == SessionDescription::Type::Offer) {
    if (state_ != State::Making) return false;
    enter(State::Offered, now + patience);
    return true;
  }
  if (state_ != State::Answering) return false;
  enter(State::Stable, std::nullopt);
  return true;
}

std::optional<SessionDescription> Renegotiation::take_waiting(Time now) {
  if (!waiting_ || state_ != State::Stable) return std::nullopt;
  enter(State::Answering, now + patience);
  return std::exchange(waiting_, std::nullopt);
}

}  // namespace matrix
