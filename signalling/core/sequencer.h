/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "signalling/core/signals.h"

namespace matrix {

/* Puts one device's messages back into the order they were sent in. Understands senders
 * that count for each call from 0 (matrix-js-sdk, ourselves) and such that go on counting
 * from one call to the next (Hydrogen). A message that waits for one that does not come is
 * let through after 3 s: a stuck call is worse than a reordered one. Bounded. Pure. */
class Sequencer {
 public:
  struct Result {
    std::vector<CallMessage> due; /* in order */
    unsigned dropped = 0;         /* repeated ones, and one too many to keep */
  };
  Result push(CallMessage message, Time now);
  std::vector<CallMessage> on_timeout(Time now);
  std::optional<Time> next_deadline() const;

 private:
  /* The numbers of one call. */
  struct Count {
    std::string call_id;
    std::int64_t next = 0;
    std::set<std::int64_t> delivered; /* the highest of them; below the lowest: all */
  };
  struct Waiting {
    CallMessage message;
    Time since{0};
  };

  bool is_due(const CallMessage& message) const;
  bool is_repeated(const CallMessage& message) const;
  const Count* find(const std::string& call_id) const;
  Count& count(const std::string& call_id);
  void deliver(CallMessage message, std::vector<CallMessage>& due);
  void deliver_waiting(std::vector<CallMessage>& due);
  /* The waiting message that comes first in the call of the one that has waited longest. */
  std::vector<Waiting>::iterator head();

  std::deque<Count> counts_; /* the latest calls */
  std::int64_t next_ = 0;    /* of a sender that counts across calls */
  std::vector<Waiting> waiting_;
  size_t waiting_bytes_ = 0;
};

}  // namespace matrix
