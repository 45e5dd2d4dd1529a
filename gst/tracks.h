/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gst/branch.h"
#include "gst/shared_translator.h"
#include "signalling/base/loop.h"

namespace media {

/* All tracks of a peer: which section each belongs to, and which feed each section has.
 *
 * Until release() all are held. From then on bound ones flow; others are held for hold_time
 * more, since their section, or a feed for it, may still come, and dropped after that. Loop
 * only, but for add(). Shared with callbacks that are under way. */
class Tracks : public std::enable_shared_from_this<Tracks> {
 public:
  struct Owner {
    rtc::Loop* loop = nullptr;
    GstBin* pipeline = nullptr;
    std::shared_ptr<Backlogs> backlogs;
    /* The section of a track, "" if it is not known yet. */
    std::function<std::string(const TrackOrigin&)> mid_of;
    std::function<void(const std::string& mid, const std::string& message)> on_trouble;
    /* After close(): nobody is inside a feed any more. */
    std::function<void()> on_idle;
  };
  static constexpr std::chrono::seconds hold_time{5};

  explicit Tracks(Owner owner) : owner_(std::move(owner)) {}

  /* A source pad of webrtcbin, within pad-added. */
  void add(GstPad* pad);
  /* Another description is there. */
  void assign();
  void release();
  void bind(const std::string& mid, std::shared_ptr<FeedInput> feed);
  void unbind(const std::string& mid);
  void close();
  bool idle() const;
  const std::shared_ptr<Backlogs>& backlogs() const { return owner_.backlogs; }

 private:
  struct Track {
    std::shared_ptr<Branch> branch;
    TrackOrigin origin;
    std::string mid;             /* loop */
    bool holding = false;        /* loop: its hold_time has begun */
    rtc::Loop::Timer hold_timer; /* loop */
  };
  std::vector<std::shared_ptr<Track>> tracks_with(const std::string& mid) const;
  std::vector<std::shared_ptr<Track>> all() const;
  void let_flow(Track& track);
  void connect(const std::string& mid, FeedInput& feed);
  std::shared_ptr<Branch> make_branch(GstPad* pad, const TrackOrigin& origin);

  Owner owner_;
  bool released_ = false;
  std::map<std::string, std::shared_ptr<Outlet>> outlets_; /* by mid */

  mutable std::mutex lock_;
  bool closed_ = false;
  std::vector<std::shared_ptr<Track>> tracks_;
};

}  // namespace media
