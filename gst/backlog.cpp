/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/backlog.h"

namespace media {

bool Backlog::leave() {
  busy_since_ = 0;
  waiting_ = 0;
  return refused_.exchange(false);
}

bool Backlog::admits(gint64 now) {
  const gint64 since = busy_since_;
  if (since == 0) return true;
  if (++waiting_ <= max_packets && now - since <= max_time) return true;
  refused_ = true;
  return false;
}

std::shared_ptr<Backlog> Backlogs::of(std::uint32_t ssrc) {
  const std::lock_guard lock(lock_);
  auto& backlog = backlogs_[ssrc];
  if (!backlog) backlog = std::make_shared<Backlog>();
  return backlog;
}

}  // namespace media
