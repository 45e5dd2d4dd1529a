/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <vector>

#include "signalling/core/signals.h"

namespace matrix {

/* Our candidates on their way to the peer: held until the description they belong to
 * was sent, then a few at a time: soon at first, since the first ones connect, later
 * less often; the end of candidates takes all along at once. Pure. */
class CandidateBatch {
 public:
  /* What @candidate completes, if anything. */
  std::optional<Candidates> add(const IceCandidate& candidate, Time now);
  /* The description was sent: what has come meanwhile may follow it. */
  std::optional<Candidates> open();
  std::optional<Candidates> on_timeout(Time now);
  std::optional<Time> next_deadline() const { return flush_at_; }

 private:
  std::optional<Candidates> flush();

  bool open_ = false;
  bool complete_ = false; /* the end was handed in; nothing may follow it */
  unsigned batches_ = 0;
  std::vector<IceCandidate> waiting_;
  std::optional<Time> flush_at_;
};

}  // namespace matrix
