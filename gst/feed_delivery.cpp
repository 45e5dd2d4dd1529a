/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <utility>

#include "gst/downstream_caps.h"
#include "gst/feed_impl.h"
#include "gst/media_log.h"

/* The branch's side of a feed. */
namespace media {

void Feed::Impl::set_caps(GstCaps* caps) {
  if (phase_ == Phase::Ended) return;
  const PushLock lock(pad_.get());
  const bool is_encoded_video = is_video() && !is_raw(caps);
  if (is_encoded_video && !is_encoded_video_) needs_key_frame_ = true;
  is_encoded_video_ = is_encoded_video;
  caps_ = glib::Ref<GstCaps>::share(caps);
  if (phase_ != Phase::Open || is_shut_) return;
  const auto there = target();
  take_news(there ? std::optional(now(*there)) : std::nullopt);
}

void Feed::Impl::push(glib::Ref<GstBuffer> buffer, GstClockTime running_time) {
  if (phase_ != Phase::Open) return;
  const PushLock lock(pad_.get());
  if (phase_ != Phase::Open) return;
  const auto there = target();
  if (caps_ || has_news_) take_news(there ? std::optional(now(*there)) : std::nullopt);
  if (interrupted_.exchange(false)) note_loss();
  if (reopened_.exchange(false)) sound_.restart();
  if (!there || !admit(buffer.get(), running_time, *there)) return note_loss();
  note_backlog(*last_, now(*there));
  deliver(std::move(buffer));
}

void Feed::Impl::note_loss() {
  discont_ = true;
  needs_key_frame_ = true;
}

/* Whether @buffer may pass; last_ is then its timestamp. */
bool Feed::Impl::admit(GstBuffer* buffer, GstClockTime running_time,
                       const Timeline::Target& target) {
  if (paused_ || flow_ != Flow::Open || is_shut_ || !preamble_.caps()) return false;
  const auto time = place(running_time, target);
  if (!time) return false;
  const bool is_stale = is_video() && running_time < reopened_at_;
  const bool is_delta = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  if (is_stale || (is_encoded_video_ && needs_key_frame_ && is_delta)) {
    ask_for_key_frame();
    return false;
  }
  last_ = time;
  return true;
}

std::optional<GstClockTime> Feed::Impl::place(GstClockTime running_time,
                                              const Timeline::Target& target) {
  if (!GST_CLOCK_TIME_IS_VALID(running_time)) return is_video() ? last_ : sound_.end();
  const GstClockTimeDiff time = timeline_.map(running_time, target);
  if (time < 0) return std::nullopt;
  const auto pts = static_cast<GstClockTime>(time);
  /* A picture that is late is shown late; sound finds its place in deliver(). */
  return last_ && is_video() && pts < *last_ ? last_ : pts;
}

/* Nothing before PLAYING: the base time is not known yet, or still that of before the pause. */
std::optional<Timeline::Target> Feed::Impl::target() const {
  const auto element = glib::Ref<GstElement>::adopt(gst_pad_get_parent_element(pad_.get()));
  if (!element) return std::nullopt;
  Timeline::Target target;
  GST_OBJECT_LOCK(element.get());
  const bool is_playing = GST_STATE(element.get()) == GST_STATE_PLAYING;
  target.clock = glib::Ref<GstClock>::share(GST_ELEMENT_CLOCK(element.get()));
  target.base_time = element.get()->base_time;
  GST_OBJECT_UNLOCK(element.get());
  if (!is_playing || !target.clock) return std::nullopt;
  return target;
}

GstClockTime Feed::Impl::now(const Timeline::Target& target) {
  const GstClockTime time = gst_clock_get_time(target.clock.get());
  return time > target.base_time ? time - target.base_time : 0;
}

void Feed::Impl::deliver(glib::Ref<GstBuffer> buffer) {
  if (is_video()) {
    if (pictures_.is_filling()) discont_ = true;
    pictures_.passed(buffer, muted_output_);
  } else {
    GstClockTime time = *last_;
    fill_hole_before(time);
    buffer = sound_.fit(std::move(buffer), time);
    if (!buffer) return;
    last_ = time;
  }
  buffer = glib::Ref<GstBuffer>::adopt(gst_buffer_make_writable(buffer.release()));
  GST_BUFFER_PTS(buffer.get()) = *last_;
  GST_BUFFER_DTS(buffer.get()) = GST_CLOCK_TIME_NONE;
  if (discont_) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT);
  discont_ = needs_key_frame_ = false;
  is_pushing_ = true;
  push_out(std::move(buffer));
  is_pushing_ = false;
}

void Feed::Impl::push_out(glib::Ref<GstBuffer> buffer) {
  const unsigned revivals = revivals_;
  const GstFlowReturn result = gst_pad_push(pad_.get(), buffer.release());
  if (result < GST_FLOW_OK) note_refusal(result, revivals);
}

void Feed::Impl::note_refusal(GstFlowReturn result, unsigned revivals) {
  note_loss();
  if (result == GST_FLOW_FLUSHING) return;
  const auto peer = glib::Ref<GstPad>::adopt(gst_pad_get_peer(pad_.get()));
  if (result == GST_FLOW_NOT_LINKED || result == GST_FLOW_EOS)
    GST_INFO_OBJECT(pad_.get(), "resting: %s", gst_flow_get_name(result));
  else
    GST_WARNING_OBJECT(pad_.get(), "%" GST_PTR_FORMAT " refuses: %s; resting", peer.get(),
                       gst_flow_get_name(result));
  const std::scoped_lock lock(mutex_);
  if (revivals_ == revivals && flow_ == Flow::Open) flow_ = Flow::Refused;
}

}  // namespace media
