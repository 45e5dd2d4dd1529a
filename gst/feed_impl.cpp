/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/feed_impl.h"

#include <gst/video/video.h>

#include <utility>

#include "gst/downstream_caps.h"
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
      preamble_(pad_.get(), settings_.kind, settings_.stream_id, settings_.group_id),
      timeline_(settings_.source_clock, settings_.source_base_time) {}

void Feed::Impl::start() {
  {
    const std::scoped_lock lock(mutex_);
    if (phase_ != Phase::Waiting) return;
    phase_ = Phase::Open;
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
  wake();
}

void Feed::Impl::end() {
  {
    const std::scoped_lock lock(mutex_);
    end_asked_ = true;
    if (phase_ == Phase::Waiting) phase_ = Phase::Ended;
    if (phase_ == Phase::Open) phase_ = Phase::Draining;
    wake();
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
  if (const auto current = branch()) current->rebuild();
  if (!had_stopped) return;
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

void Feed::Impl::on_turn() {
  bool relinked = false;
  {
    const std::scoped_lock lock(mutex_);
    relinked = std::exchange(relinked_, false);
  }
  if (relinked) preamble_.catch_up();
  send_pending();
  if (phase_ == Phase::Draining) send_eos();
  rest();
}

void Feed::Impl::rest() {
  const std::scoped_lock lock(mutex_);
  if (phase_ != Phase::Draining && !relinked_ && stickies_.empty()) gst_pad_pause_task(pad_.get());
}

void Feed::Impl::send_pending() {
  preamble_.start();
  if (const auto caps = std::exchange(caps_, {})) preamble_.send_caps(caps.get());
  std::vector<glib::Ref<GstEvent>> stickies;
  {
    const std::scoped_lock lock(mutex_);
    stickies.swap(stickies_);
  }
  for (auto& event : stickies) preamble_.send_sticky(std::move(event));
}

void Feed::Impl::send_eos() {
  if (!preamble_.caps()) {
    const auto caps = stand_in(pad_.get(), settings_.kind, stand_in_for(settings_.output));
    if (caps) preamble_.send_caps(caps.get());
    preamble_.finish();
  }
  if (!gst_pad_push_event(pad_.get(), gst_event_new_eos()))
    GST_INFO_OBJECT(pad_.get(), "nobody took EOS");
  {
    const std::scoped_lock lock(mutex_);
    phase_ = Phase::Ended;
  }
  say_ended();
}

}  // namespace media
