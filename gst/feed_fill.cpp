/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <algorithm>
#include <utility>

#include "gst/feed_impl.h"

/* What a feed sends while nothing comes. */
namespace media {
namespace {

/* Fillers go out so long before sinks want them. Media, which has to come within the latency
 * less the time for decoding, goes first. */
constexpr GstClockTime slack = 20 * GST_MSECOND;
/* As long as packets came within the window, the next one may just be late. What is to be heard
 * is rather late in a file than missing; under a mute there is hardly anything to be heard. */
struct Patience {
  GstClockTime window;
  GstClockTime wait;
};
constexpr Patience for_sound{GST_SECOND, 800 * GST_MSECOND};
constexpr Patience under_a_mute{500 * GST_MSECOND, 120 * GST_MSECOND};
/* So long the branch may take from one buffer to the next of what has piled up in it. */
constexpr GstClockTime backlog_patience = GST_SECOND;
/* So often silence is looked for in the time after which it is a stall. */
constexpr GstClockTime looks = 8;

}  // namespace

bool Feed::Impl::is_quiet() const {
  const Activity activity = activity_.activity();
  return activity == Activity::Muted || activity == Activity::Stalled;
}

/* From the time of a filler to when it is sent. */
GstClockTime Feed::Impl::lag() const {
  const GstClockTime latency = latency_;
  return latency > slack ? latency - slack : 0;
}

GstClockTime Feed::Impl::sound_patience(GstClockTime now) const {
  const Patience& patience = is_quiet() ? under_a_mute : for_sound;
  return activity_.is_flowing(now, patience.window) ? patience.wait : 0;
}

/* Downstream kept the branch waiting, not the peer: what has come meanwhile goes out first. */
void Feed::Impl::note_hold_up(GstClockTime now) {
  arrived_ = true;
  held_up_ = now + backlog_patience;
}

/* A buffer for @time goes out. */
void Feed::Impl::note_backlog(GstClockTime time, GstClockTime now) {
  if (held_up_ && time + lag() < now) held_up_ = now + backlog_patience;
}

void Feed::Impl::fill(GstClockTime now) {
  if (held_up_ && now < *held_up_) return;
  held_up_.reset();
  if (paused_ || phase_ == Phase::Ended || flow_ != Flow::Open ||
      muted_output_ == MutedOutput::None)
    return;
  std::optional<GstClockTime> edge;
  if (now >= lag()) edge = now - lag();
  if (!opened_) opened_ = edge;
  if (is_video())
    fill_pictures(now, edge);
  else
    fill_sound(now, edge);
}

void Feed::Impl::fill_sound(GstClockTime now, std::optional<GstClockTime> edge) {
  if (!edge) return;
  if (reopened_.exchange(false)) sound_.restart();
  if (!sound_.end() && is_quiet() && stand_in_caps()) sound_.begin(last_ ? *edge : *opened_);
  const GstClockTime wait = sound_patience(now);
  if (*edge < wait) return;
  while (flow_ == Flow::Open && phase_ != Phase::Ended) {
    auto piece = sound_.due(muted_output_, *edge - wait);
    if (!piece) return;
    send(std::move(*piece));
  }
}

void Feed::Impl::fill_hole_before(GstClockTime time) {
  while (flow_ == Flow::Open) {
    auto piece = sound_.before(muted_output_, time);
    if (!piece) return;
    send(std::move(*piece));
  }
}

void Feed::Impl::fill_pictures(GstClockTime now, std::optional<GstClockTime> edge) {
  if (!edge) return;
  const bool is_starving = last_ && *last_ + lag() + settings_.stall_timeout < now;
  if ((is_quiet() || is_starving) && !pictures_.is_filling() && stand_in_caps()) {
    pictures_.begin(last_ ? std::max(*edge, *last_ + 1) : *opened_);
    discont_ = true;
  }
  while (flow_ == Flow::Open && phase_ != Phase::Ended) {
    auto picture = pictures_.due(muted_output_, *edge);
    if (!picture) return;
    send(std::move(*picture));
  }
}

void Feed::Impl::send(Filler filler) {
  last_ = filler.time;
  if (!filler.buffer) {
    gst_pad_push_event(pad_.get(), gst_event_new_gap(filler.time, filler.duration));
    return;
  }
  /* What refers to pictures before it would not decode to what was meant. */
  if (is_encoded_video_) needs_key_frame_ = true;
  if (is_video() && std::exchange(discont_, false))
    GST_BUFFER_FLAG_SET(filler.buffer.get(), GST_BUFFER_FLAG_DISCONT);
  push_out(std::move(filler.buffer));
}

/* When the feed's thread has something to do again, as far as time decides that. */
std::optional<GstClockTime> Feed::Impl::next_turn(GstClockTime now) const {
  std::optional<GstClockTime> next;
  const auto at = [&next](GstClockTime time) { next = std::min(next.value_or(time), time); };
  if (activity_.watching())
    at(now + std::max(settings_.stall_timeout / looks, GstClockTime{GST_MSECOND}));
  if (paused_ || flow_ != Flow::Open || muted_output_ == MutedOutput::None) return next;
  if (now < lag()) at(lag());
  if (held_up_ && now < *held_up_) {
    at(*held_up_);
    return next;
  }
  if (const auto end = sound_.end()) at(std::max(*end + lag() + sound_patience(now), now + 1));
  if (const auto picture = pictures_.next()) at(std::max(*picture + lag(), now + 1));
  return next;
}

}  // namespace media
