/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <utility>

#include "gst/feed_impl.h"

/* What a feed tells downstream of itself. */
namespace media {

void Feed::Impl::note_packet() {
  arrived_.store(true, std::memory_order_relaxed);
  if (!attentive_.load(std::memory_order_relaxed) || !attentive_.exchange(false)) return;
  const std::scoped_lock lock(mutex_);
  wake_for_news();
}

/* Sends what is to go out before anything else does. @now: empty if nothing plays. */
void Feed::Impl::take_news(std::optional<GstClockTime> now) {
  ActivityNews news;
  std::vector<glib::Ref<GstEvent>> stickies;
  {
    const std::scoped_lock lock(mutex_);
    has_news_ = false;
    news = news_;
    stickies.swap(stickies_);
  }
  preamble_.start();
  if (const auto caps = std::exchange(caps_, {})) send_caps(caps.get());
  activity_.set_muted(news.muted);
  if (now) activity_.tick(arrived_.exchange(false), *now);
  announce(std::move(news), now);
  for (auto& event : stickies) preamble_.send_sticky(std::move(event));
  const Activity activity = activity_.activity();
  attentive_ = activity == Activity::Idle || activity == Activity::Stalled;
}

void Feed::Impl::announce(ActivityNews news, std::optional<GstClockTime> now) {
  news.activity = activity_.activity();
  if (news.activity != Activity::Ended) news.reason.clear();
  if (told_) {
    news.running_time = told_->running_time;
    news.utc = told_->utc;
    if (news == *told_) return;
  }
  news.running_time = now.value_or(GST_CLOCK_TIME_NONE);
  news.utc = g_get_real_time();
  preamble_.send_sticky(activity_event(news));
  if (settings_.on_activity) settings_.on_activity(news);
  told_ = std::move(news);
}

}  // namespace media
