/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/candidate_batch.h"

#include <algorithm>
#include <array>
#include <utility>

namespace matrix {

namespace {

using namespace std::chrono_literals;

constexpr std::array<Time, 3> delays{20ms, 100ms, 500ms}; /* of the 1st, 2nd, later batches */

}  // namespace

std::optional<Candidates> CandidateBatch::add(const IceCandidate& candidate, Time now) {
  if (complete_) return std::nullopt;
  complete_ = candidate.candidate.empty();
  waiting_.push_back(candidate);
  if (!open_) return std::nullopt;
  if (complete_) return flush();
  if (!flush_at_) flush_at_ = now + delays[std::min<size_t>(batches_, delays.size() - 1)];
  return std::nullopt;
}

std::optional<Candidates> CandidateBatch::open() {
  open_ = true;
  return flush();
}

std::optional<Candidates> CandidateBatch::on_timeout(Time now) {
  if (!flush_at_ || now < *flush_at_) return std::nullopt;
  batches_++;
  return flush();
}

std::optional<Candidates> CandidateBatch::flush() {
  flush_at_.reset();
  if (waiting_.empty()) return std::nullopt;
  return Candidates{std::exchange(waiting_, {})};
}

}  // namespace matrix
