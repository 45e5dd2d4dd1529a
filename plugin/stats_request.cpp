/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/stats_request.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace matrixcall {

namespace {

constexpr std::chrono::milliseconds patience{500};

/* A reply that may come when nobody waits any more. */
struct Reply {
  std::mutex lock;
  std::condition_variable arrived;
  glib::Unique<GstStructure> stats; /* lock */
};

}  // namespace

glib::Unique<GstStructure> wait_for_stats(const std::function<bool(StatsHandler)>& ask) {
  const auto reply = std::make_shared<Reply>();
  const bool asked = ask([reply](glib::Unique<GstStructure> stats) {
    const std::lock_guard lock(reply->lock);
    reply->stats = std::move(stats);
    reply->arrived.notify_all();
  });
  std::unique_lock lock(reply->lock);
  if (asked) reply->arrived.wait_for(lock, patience, [&] { return reply->stats != nullptr; });
  if (reply->stats) return std::move(reply->stats);
  return glib::Unique<GstStructure>(gst_structure_new_empty("matrixcall-stats"));
}

}  // namespace matrixcall
