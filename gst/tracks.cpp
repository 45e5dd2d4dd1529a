/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/tracks.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "gst/media_log.h"

namespace media {

using glib::Ref;
using glib::Unique;

namespace {

/* By the name that rtpbin gave: the caps come only with the media. The m-line is right unless the
 * SSRC is not declared, or new on a line that has had another. */
TrackOrigin origin_of(GstPad* pad) {
  TrackOrigin origin;
  const auto target = Ref<GstPad>::adopt(gst_ghost_pad_get_target(GST_GHOST_PAD(pad)));
  const Unique<char> name(target ? gst_pad_get_name(target.get()) : nullptr);
  guint session = 0;
  if (name)
    std::sscanf(name.get(), "recv_rtp_src_%u_%u_%u", &session, &origin.ssrc, &origin.payload);
  Ref<GObject> transceiver;
  g_object_get(pad, "transceiver", transceiver.out(), nullptr);
  origin.mline = G_MAXUINT;
  if (transceiver) g_object_get(transceiver.get(), "mlineindex", &origin.mline, nullptr);
  return origin;
}

}  // namespace

void Tracks::add(GstPad* pad) {
  auto track = std::make_shared<Track>();
  track->origin = origin_of(pad);
  track->branch = make_branch(pad, track->origin);
  GST_INFO_OBJECT(pad, "a track with SSRC %u", track->origin.ssrc);
  {
    const std::lock_guard lock(lock_);
    if (closed_) track->branch->close();
    tracks_.push_back(std::move(track));
  }
  owner_.loop->post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->assign();
  });
}

std::shared_ptr<Branch> Tracks::make_branch(GstPad* pad, const TrackOrigin& origin) {
  const std::weak_ptr<Tracks> weak = weak_from_this();
  auto* loop = owner_.loop;
  return Branch::create(pad, {.pipeline = owner_.pipeline,
                              .backlog = owner_.backlogs->of(origin.ssrc),
                              .on_trouble =
                                  [weak, loop, origin](const std::string& message) {
                                    loop->post([weak, origin, message] {
                                      if (const auto self = weak.lock())
                                        self->owner_.on_trouble(self->owner_.mid_of(origin),
                                                                message);
                                    });
                                  },
                              .on_idle =
                                  [weak, loop] {
                                    loop->post([weak] {
                                      const auto self = weak.lock();
                                      if (self && self->idle()) self->owner_.on_idle();
                                    });
                                  }});
}

std::vector<std::shared_ptr<Tracks::Track>> Tracks::all() const {
  const std::lock_guard lock(lock_);
  return tracks_;
}

std::vector<std::shared_ptr<Tracks::Track>> Tracks::tracks_with(const std::string& mid) const {
  auto tracks = all();
  std::erase_if(tracks, [&](const auto& track) { return track->mid != mid; });
  return tracks;
}

void Tracks::assign() {
  for (const auto& track : all()) {
    if (track->mid.empty()) track->mid = owner_.mid_of(track->origin);
    if (released_) let_flow(*track);
  }
}

void Tracks::release() {
  released_ = true;
  assign();
}

void Tracks::let_flow(Track& track) {
  const auto outlet = outlets_.find(track.mid);
  if (outlet != outlets_.end()) {
    track.hold_timer = {};
    track.branch->open(outlet->second);
  } else if (track.branch->is_held() && !track.holding) {
    track.holding = true;
    track.hold_timer = owner_.loop->after(hold_time, [branch = track.branch] {
      if (branch->is_held()) branch->shut();
    });
  }
}

void Tracks::bind(const std::string& mid, std::shared_ptr<FeedInput> feed) {
  unbind(mid);
  connect(mid, *feed);
  outlets_[mid] = std::make_shared<Outlet>(std::move(feed));
  if (!released_) return;
  for (const auto& track : tracks_with(mid)) let_flow(*track);
}

/* What the feed asks for goes to whichever tracks it has by then. */
void Tracks::connect(const std::string& mid, FeedInput& feed) {
  const auto each = [weak = weak_from_this(), loop = owner_.loop, mid](auto act) {
    loop->post([weak, mid, act] {
      const auto self = weak.lock();
      if (!self || !self->outlets_.count(mid)) return;
      for (const auto& track : self->tracks_with(mid)) act(*track->branch);
    });
  };
  feed.connect_branch(
      [each](const Ref<GstEvent>& event) {
        each([event](Branch& branch) { branch.send_upstream(event); });
      },
      [each] { each([](Branch& branch) { branch.reconsider(); }); });
}

void Tracks::unbind(const std::string& mid) {
  const auto found = outlets_.find(mid);
  if (found == outlets_.end()) return;
  const auto outlet = std::move(found->second);
  outlets_.erase(found);
  outlet->feed->disconnect_branch();
  if (!released_) return;
  for (const auto& track : tracks_with(mid)) track->branch->shut();
}

void Tracks::close() {
  while (!outlets_.empty()) unbind(std::string(outlets_.begin()->first));
  {
    const std::lock_guard lock(lock_);
    closed_ = true;
  }
  for (const auto& track : all()) {
    track->hold_timer = {};
    track->branch->close();
  }
}

bool Tracks::idle() const {
  const auto tracks = all();
  return std::all_of(tracks.begin(), tracks.end(),
                     [](const auto& track) { return track->branch->idle(); });
}

}  // namespace media
