/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/rate_control.h"

#include <algorithm>
#include <vector>

namespace media {

namespace {

constexpr double much_loss = 0.10;
constexpr double little_loss = 0.02;
constexpr double growth = 1.08;
/* One in so many peers may be left behind. */
constexpr std::size_t left_behind = 3;

}  // namespace

void RateControl::set_range(unsigned minimum, unsigned maximum) {
  const bool was_full = maximum_ > 0;
  for (auto& [peer, estimate] : estimates_)
    if (was_full && estimate >= maximum_) estimate = maximum;
  minimum_ = std::min(minimum, maximum);
  maximum_ = maximum;
  for (auto& [peer, estimate] : estimates_)
    estimate = std::clamp<double>(estimate, minimum_, maximum_);
}

void RateControl::report(rtc::PeerId peer, const ReceptionReport& report) {
  const auto found = estimates_.find(peer);
  if (found == estimates_.end()) return;
  double& estimate = found->second;
  const double loss = report.loss.value_or(little_loss);
  if (loss > much_loss)
    estimate *= 1 - std::min(loss, 1.0) / 2;
  else if (loss < little_loss)
    estimate *= growth;
  if (report.maximum) estimate = std::min<double>(estimate, *report.maximum);
  estimate = std::clamp<double>(estimate, minimum_, maximum_);
}

unsigned RateControl::bitrate() const {
  if (estimates_.empty()) return maximum_;
  std::vector<double> sorted;
  for (const auto& [peer, estimate] : estimates_) sorted.push_back(estimate);
  std::ranges::sort(sorted);
  return static_cast<unsigned>(sorted[sorted.size() / left_behind]);
}

}  // namespace media
