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
  const bool is_encoded_video = settings_.kind == rtc::MediaKind::Video && !is_raw(caps);
  if (is_encoded_video && !is_encoded_video_) needs_key_frame_ = true;
  is_encoded_video_ = is_encoded_video;
  caps_ = glib::Ref<GstCaps>::share(caps);
  if (phase_ == Phase::Open) send_pending();
}

void Feed::Impl::push(glib::Ref<GstBuffer> buffer, GstClockTime running_time) {
  if (phase_ != Phase::Open) return;
  const PushLock lock(pad_.get());
  if (phase_ != Phase::Open) return;
  send_pending();
  if (interrupted_.exchange(false)) note_loss();
  if (admit(buffer.get(), running_time))
    deliver(std::move(buffer));
  else
    note_loss();
}

void Feed::Impl::note_loss() {
  discont_ = true;
  needs_key_frame_ = true;
}

/* Whether @buffer may pass; last_ is then its timestamp. */
bool Feed::Impl::admit(GstBuffer* buffer, GstClockTime running_time) {
  if (paused_ || flow_ != Flow::Open || !preamble_.caps()) return false;
  const auto time = place(running_time);
  if (!time) return false;
  if (is_encoded_video_ && needs_key_frame_ &&
      GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT)) {
    ask_for_key_frame();
    return false;
  }
  last_ = time;
  return true;
}

std::optional<GstClockTime> Feed::Impl::place(GstClockTime running_time) {
  const auto there = target();
  if (!there) return std::nullopt;
  if (!GST_CLOCK_TIME_IS_VALID(running_time)) return last_;
  const GstClockTimeDiff time = timeline_.map(running_time, *there);
  if (time < 0) return std::nullopt;
  const auto pts = static_cast<GstClockTime>(time);
  if (!last_ || pts >= *last_) return pts;
  /* A picture that is late is shown late; sound would overlap what was heard already. */
  if (settings_.kind == rtc::MediaKind::Audio) return std::nullopt;
  return last_;
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

void Feed::Impl::deliver(glib::Ref<GstBuffer> buffer) {
  buffer = glib::Ref<GstBuffer>::adopt(gst_buffer_make_writable(buffer.release()));
  GST_BUFFER_PTS(buffer.get()) = *last_;
  GST_BUFFER_DTS(buffer.get()) = GST_CLOCK_TIME_NONE;
  if (discont_) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT);
  discont_ = needs_key_frame_ = false;
  const unsigned revivals = revivals_;
  const GstFlowReturn result = gst_pad_push(pad_.get(), buffer.release());
  if (result < GST_FLOW_OK)
    note_refusal(result, revivals);
  else if (!std::exchange(was_active_, true) && settings_.on_active)
    settings_.on_active();
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
