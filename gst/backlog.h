/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include <glib.h>

namespace media {

/* Bounds what a jitter buffer hoards while the thread that empties it is held up in a feed:
 * after a while, or so many packets, new ones are refused at the jitter buffer's door.
 * Any thread. */
class Backlog {
 public:
  static constexpr gint64 max_time = 10 * G_TIME_SPAN_SECOND;
  static constexpr unsigned max_packets = 8192;

  /* A packet of the track is being delivered from now on (@now in us, monotonic). */
  void enter(gint64 now) { busy_since_ = now; }
  /* It has been. Whether packets were refused meanwhile. */
  bool leave();
  /* A packet arrives: whether there is room for it. */
  bool admits(gint64 now);

 private:
  std::atomic<gint64> busy_since_ = 0; /* 0: nothing is being delivered */
  std::atomic<unsigned> waiting_ = 0;
  std::atomic<bool> refused_ = false;
};

/* Of all tracks of a peer, by SSRC. Any thread. */
class Backlogs {
 public:
  std::shared_ptr<Backlog> of(std::uint32_t ssrc);

 private:
  std::mutex lock_;
  std::map<std::uint32_t, std::shared_ptr<Backlog>> backlogs_;
};

}  // namespace media
