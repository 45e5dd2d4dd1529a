/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/feed_impl.h"

#include <gst/video/video.h>

#include <utility>

#include "gst/downstream_caps.h"
#include "gst/h264_black.h"
#include "gst/media_log.h"

namespace media {
namespace {

constexpr gint64 key_frame_interval = 500 * G_TIME_SPAN_MILLISECOND;

Wanted stand_in_for(Feed::Output output) {
  switch (output) {
    case Feed::Output::Raw:
      return Wanted::Raw;
    case Feed::Output::Encoded:
      return Wanted::Encoded;
    case Feed::Output::Auto:
      break;
  }
  return Wanted::Any;
}

}  // namespace

Feed::Impl::Impl(glib::Ref<GstPad> pad, Settings settings)
    : pad_(std::move(pad)),
      settings_(std::move(settings)),
      is_shut_(is_video() && settings_.news.muted),
      reopened_at_(0),
      muted_output_(settings_.muted_output),
      news_(settings_.news),
      preamble_(pad_.get(), settings_.kind, settings_.stream_id, settings_.group_id),
      timeline_(settings_.source_clock, settings_.source_base_time),
      activity_(settings_.stall_timeout) {}

void Feed::Impl::start() {
  {
    const std::scoped_lock lock(mutex_);
    if (phase_ != Phase::Waiting) return;
    phase_ = Phase::Open;
    alarm_.emplace([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->on_alarm();
    });
    flow_ = gst_pad_is_linked(pad_.get()) ? Flow::Open : Flow::Unlinked;
  }
  /* Without the mutex: making the thread posts a message, and the application may answer. */
  wake_feed_pad(pad_.get());
  bool is_over = false;
  {
    const std::scoped_lock lock(mutex_);
    has_thread_ = true;
    is_over = phase_ == Phase::Ended;
    wake();
  }
  if (is_over) gst_pad_stop_task(pad_.get());
}

void Feed::Impl::send_sticky(glib::Ref<GstEvent> event) {
  const std::scoped_lock lock(mutex_);
  stickies_.push_back(std::move(event));
  wake_for_news();
}

void Feed::Impl::set_muted(bool muted) {
  {
    const std::scoped_lock lock(mutex_);
    if (news_.muted == muted) return;
    news_.muted = muted;
    if (is_video() && muted) is_shut_ = true;
    wake_for_news();
  }
  if (is_video() && !muted) reopen();
}

/* What arrived before was sent while it was muted. */
void Feed::Impl::reopen() {
  reopened_at_ = gst_clock_get_time(settings_.source_clock.get()) - settings_.source_base_time;
  interrupted_ = true;
  is_shut_ = false;
  rebuild_branch();
  ask_for_key_frame();
}

void Feed::Impl::describe(const ActivityNews& news) {
  const std::scoped_lock lock(mutex_);
  const bool muted = news_.muted;
  news_ = news;
  news_.muted = muted;
  wake_for_news();
}

void Feed::Impl::set_muted_output(MutedOutput output) {
  const std::scoped_lock lock(mutex_);
  muted_output_ = output;
  wake_for_news();
}

void Feed::Impl::end(const std::string& reason) {
  {
    const std::scoped_lock lock(mutex_);
    end_asked_ = true;
    news_.reason = reason;
    if (phase_ == Phase::Waiting) phase_ = Phase::Ended;
    if (phase_ == Phase::Open) phase_ = Phase::Draining;
    wake_for_news();
  }
  if (phase_ == Phase::Ended) say_ended();
}

void Feed::Impl::stop() {
  on_deactivate();
  gst_pad_stop_task(pad_.get());
  on_deactivated();
}

void Feed::Impl::set_paused(bool paused) {
  if (paused_.exchange(paused) == paused || paused) return;
  interrupted_ = true;
  ask_for_key_frame();
  const std::scoped_lock lock(mutex_);
  wake_for_news();
}

void Feed::Impl::connect_branch(std::function<void(glib::Ref<GstEvent>)> upstream,
                                std::function<void()> rebuild) {
  const std::scoped_lock lock(mutex_);
  branch_ = std::make_shared<const Branch>(Branch{std::move(upstream), std::move(rebuild)});
  key_frame_asked_ = 0;
  interrupted_ = true;
}

void Feed::Impl::disconnect_branch() {
  const std::scoped_lock lock(mutex_);
  branch_.reset();
}

std::shared_ptr<const Feed::Impl::Branch> Feed::Impl::branch() {
  const std::scoped_lock lock(mutex_);
  return branch_;
}

void Feed::Impl::rebuild_branch() {
  if (const auto current = branch()) current->rebuild();
}

void Feed::Impl::on_link_changed() {
  const bool linked = gst_pad_is_linked(pad_.get());
  GST_DEBUG_OBJECT(pad_.get(), "%s", linked ? "linked" : "unlinked");
  revive(linked);
}

void Feed::Impl::on_reconfigure() {
  revive(gst_pad_is_linked(pad_.get()));
}

void Feed::Impl::revive(bool linked) {
  bool had_stopped = false;
  {
    const std::scoped_lock lock(mutex_);
    had_stopped = flow_ != Flow::Open;
    flow_ = linked ? Flow::Open : Flow::Unlinked;
    revivals_++;
    relinked_ = linked;
    if (linked) wake();
  }
  if (!linked) return;
  rebuild_branch();
  if (!had_stopped) return;
  reopened_ = true;
  interrupted_ = true;
  ask_for_key_frame();
}

void Feed::Impl::on_key_frame_wanted(glib::Ref<GstEvent> event) {
  if (const auto current = branch()) current->upstream(std::move(event));
}

void Feed::Impl::ask_for_key_frame() {
  if (!is_encoded_video_) return;
  std::shared_ptr<const Branch> current;
  {
    const std::scoped_lock lock(mutex_);
    const gint64 now = g_get_monotonic_time();
    if (!branch_ || (key_frame_asked_ && now - key_frame_asked_ < key_frame_interval)) return;
    key_frame_asked_ = now;
    current = branch_;
  }
  current->upstream(glib::Ref<GstEvent>::adopt(
      gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0)));
}

void Feed::Impl::on_deactivate() {
  const std::scoped_lock lock(mutex_);
  phase_ = Phase::Ended;
}

void Feed::Impl::on_deactivated() {
  {
    const std::scoped_lock lock(mutex_);
    if (!end_asked_) return;
  }
  say_ended();
}

void Feed::Impl::say_ended() {
  std::function<void()> on_ended;
  {
    const std::scoped_lock lock(mutex_);
    on_ended = std::exchange(settings_.on_ended, nullptr);
  }
  if (on_ended) on_ended();
}

/* With the mutex: rest() must not miss what was stored, and a thread that was stopped must
 * not come back. */
void Feed::Impl::wake() {
  if (has_thread_ && (phase_ == Phase::Open || phase_ == Phase::Draining))
    wake_feed_pad(pad_.get());
}

void Feed::Impl::wake_for_news() {
  has_news_ = true;
  wake();
}

/* A thread of the clock. */
void Feed::Impl::on_alarm() {
  const std::scoped_lock lock(mutex_);
  has_rung_ = true;
  if (is_pushing_) was_held_up_ = true;
  wake();
}

void Feed::Impl::on_turn() {
  bool relinked = false;
  bool was_held_up = false;
  {
    const std::scoped_lock lock(mutex_);
    has_rung_ = false;
    relinked = std::exchange(relinked_, false);
    was_held_up = std::exchange(was_held_up_, false);
  }
  if (relinked) {
    preamble_.catch_up();
    tried_stand_in_ = false;
  }
  const auto there = target();
  std::optional<GstClockTime> time;
  if (there) time = now(*there);
  if (was_held_up && time) note_hold_up(*time);
  take_news(time);
  if (time) fill(*time);
  if (phase_ == Phase::Draining) send_eos(time);
  rest(there);
}

/* Until there is news, or until it is time for the next filler. */
void Feed::Impl::rest(const std::optional<Timeline::Target>& target) {
  std::optional<GstClockTime> next;
  if (target && phase_ == Phase::Open) next = next_turn(now(*target));
  if (next && alarm_)
    alarm_->set(target->clock.get(), target->base_time + *next);
  else if (alarm_)
    alarm_->clear();
  const std::scoped_lock lock(mutex_);
  if (phase_ != Phase::Draining && !relinked_ && !has_news_ && !has_rung_)
    gst_pad_pause_task(pad_.get());
}

void Feed::Impl::send_caps(GstCaps* caps) {
  /* mp4mux (1.22) overwrites the first fragment of its file once codec_data have changed. */
  if (preamble_.caps() && says_itself(preamble_.caps(), caps)) return;
  preamble_.send_caps(caps);
  if (is_video())
    pictures_.set_caps(caps);
  else
    sound_.set_caps(caps);
}

/* For what begins with fillers, or ends without ever having begun. */
bool Feed::Impl::stand_in_caps() {
  if (preamble_.caps()) return true;
  if (std::exchange(tried_stand_in_, true)) return false;
  const auto caps = stand_in(pad_.get(), settings_.kind, stand_in_for(settings_.output),
                             settings_.idle_caps.get(), settings_.expected.get());
  if (!caps) return false;
  is_encoded_video_ = is_video() && !is_raw(caps.get());
  auto h264 = start_h264(caps.get());
  send_caps(h264 ? h264->caps.get() : caps.get());
  if (h264) pictures_.set_key_frame(std::move(h264->key_frame));
  return true;
}

void Feed::Impl::send_eos(std::optional<GstClockTime> now) {
  tried_stand_in_ = false;
  if (!stand_in_caps()) preamble_.finish();
  activity_.end();
  take_news(now);
  if (!gst_pad_push_event(pad_.get(), gst_event_new_eos()))
    GST_INFO_OBJECT(pad_.get(), "nobody took EOS");
  {
    const std::scoped_lock lock(mutex_);
    phase_ = Phase::Ended;
  }
  say_ended();
}

}  // namespace media
