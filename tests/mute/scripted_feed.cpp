/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/mute/scripted_feed.h"

#include <gst/video/video.h>

#include <algorithm>
#include <utility>

#include "gst/chain.h"

namespace test {

using glib::Ref;

namespace {

constexpr GstClockTime silence_interval = 400 * GST_MSECOND;

bool holds(const std::vector<Span>& spans, GstClockTime time) {
  return std::ranges::any_of(spans, [time](const Span& span) { return span.holds(time); });
}

/* As a decoder makes it of the reels' media. */
Ref<GstCaps> raw_caps(rtc::MediaKind kind) {
  return Ref<GstCaps>::adopt(
      gst_caps_from_string(kind == rtc::MediaKind::Audio
                               ? "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2"
                               : "video/x-raw,format=I420,width=160,height=90,framerate=0/1"));
}

}  // namespace

bool Script::is_muted(GstClockTime time) const {
  return holds(muted, time);
}

bool Script::is_lost(GstClockTime time) const {
  return holds(lost, time);
}

ScriptedFeed::ScriptedFeed(std::shared_ptr<media::Feed> feed, const media::Codec& codec,
                           Script script, GstClockTime start)
    : feed_(std::move(feed)), codec_(codec), script_(std::move(script)), start_(start) {
  feed_->connect_branch(
      [this](const Ref<GstEvent>& event) {
        if (gst_video_event_is_force_key_unit(event.get())) key_frame_wanted_ = true;
      },
      [this] { reconsider_ = true; });
  branch_ = std::thread([this] { run(); });
}

ScriptedFeed::~ScriptedFeed() {
  cut();
  branch_.join();
  feed_->disconnect_branch();
}

void ScriptedFeed::cut() {
  const std::scoped_lock lock(mutex_);
  is_cut_ = true;
  arrived_.clear();
  changed_.notify_all();
}

void ScriptedFeed::end(const std::string& reason) {
  feed_->end(reason);
}

void ScriptedFeed::take_step(GstClockTime time) {
  if (time >= signalling_delay) feed_->set_muted(script_.is_muted(time - signalling_delay));
  if (auto item = capture(time)) underway_.push_back(*item);
  while (!underway_.empty() && underway_.front().time + delay <= time) {
    arrive(underway_.front());
    underway_.pop_front();
  }
}

std::optional<ScriptedFeed::Item> ScriptedFeed::capture(GstClockTime time) {
  const GstClockTime interval = is_video() ? picture_interval : packet_interval;
  if (time % interval != 0) return std::nullopt;
  const auto phase = static_cast<unsigned>(time % mark_interval / interval);
  const bool is_muted = script_.is_muted(time);
  index_++;
  if (phase == 0 || (is_video() && key_frame_wanted_.exchange(false))) {
    run_ = is_video() ? phase : 0;
    index_ = 0;
  }
  if (script_.is_lost(time)) return std::nullopt;
  if (!is_video() && is_muted && time % silence_interval != 0) return std::nullopt;
  return Item{time, run_, index_, !is_video() && is_muted};
}

void ScriptedFeed::arrive(const Item& item) {
  const std::scoped_lock lock(mutex_);
  if (is_cut_) return;
  arrived_.push_back(item);
  changed_.notify_all();
}

void ScriptedFeed::run() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_cut_ || !arrived_.empty(); });
    if (is_cut_) return;
    const Item item = arrived_.front();
    arrived_.pop_front();
    lock.unlock();
    deliver(item);
  }
}

void ScriptedFeed::deliver(const Item& item) {
  feed_->note_packet();
  if (!feed_->wanted()) return;
  if (reconsider_.exchange(false)) prepare();
  const auto& made = item.is_silence ? reel_->silence() : reel_->from(item.run).at(item.index);
  feed_->push(Ref<GstBuffer>::adopt(gst_buffer_copy(made.get())), start_ + item.time);
}

/* As a branch does. */
void ScriptedFeed::prepare() {
  const auto plan = media::Chain::plan_for(codec_, *feed_);
  auto caps = plan.caps;
  if (plan.form == media::FeedInput::Form::Raw)
    caps = raw_caps(codec_.kind);
  else if (!caps)
    caps = Ref<GstCaps>::adopt(gst_caps_from_string(codec_.encoded_caps));
  reel_ = Reel::of(caps.get());
  feed_->set_caps(reel_->caps().get());
}

}  // namespace test
