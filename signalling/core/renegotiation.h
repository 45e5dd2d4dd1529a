/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>

#include "signalling/core/signals.h"
#include "signalling/core/time.h"

namespace matrix {

/* Whose turn it is to describe what, once a call's first two descriptions are exchanged:
 * W3C's perfect negotiation. Where two offers cross, the call's caller insists on its own
 * and its callee gives way. Pure.
 *
 *   Stable --we want to--> Making --our offer is made, sent--> Offered --answer--> Stable
 *   Stable, Making --their offer--> Answering --our answer is made, sent--> Stable
 *   Offered --their offer--> Answering if we give way, else it is ignored
 */
class Renegotiation {
 public:
  enum class State { Stable, Making, Offered, Answering };

  State state() const { return state_; }
  /* Whether we may begin an offer. */
  bool is_stable() const { return state_ == State::Stable; }

  void make_offer(Time now);
  /* The other side's. True: apply it now; ours, if there was one, is void. Otherwise it waits
   * for our answer to another one, or is ignored. */
  bool receive_offer(const SessionDescription& offer, bool gives_way, Time now);
  /* True: it answers the offer that we sent. */
  bool receive_answer();
  /* A description of ours. True: it is to be sent. */
  bool made(SessionDescription::Type type, Time now);
  /* Of their offers the last that has waited; to be applied. Stable only. */
  std::optional<SessionDescription> take_waiting(Time now);
  /* The offer that is to be answered after the call's own. */
  void keep(const SessionDescription& offer) { waiting_ = offer; }

  /* Until then the other side must have answered our offer, or the connection made ours. */
  const std::optional<Time>& deadline() const { return deadline_; }

 private:
  void enter(State state, std::optional<Time> deadline);

  State state_ = State::Stable;
  std::optional<Time> deadline_;
  std::optional<SessionDescription> waiting_;
};

}  // namespace matrix
