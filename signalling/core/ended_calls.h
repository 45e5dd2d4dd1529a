/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

#include "signalling/core/effects.h"

namespace matrix {

/* The calls that we shall have no part in any more, whatever still comes of them: an id is
 * used once. Outlives the legs, since a repeated invite may come after its sender's entry
 * was gone and back. The latest 1024. Pure. */
class EndedCalls {
 public:
  void add(const Address& remote, const std::string& call_id) {
    if (contains(remote, call_id)) return;
    calls_.emplace_back(remote, call_id);
    if (calls_.size() > max_calls) calls_.pop_front();
  }
  bool contains(const Address& remote, const std::string& call_id) const {
    return std::find(calls_.begin(), calls_.end(), std::pair(remote, call_id)) != calls_.end();
  }

 private:
  static constexpr size_t max_calls = 1024;
  std::deque<std::pair<Address, std::string>> calls_;
};

}  // namespace matrix
