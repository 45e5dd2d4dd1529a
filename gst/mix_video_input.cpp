/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_video_input.h"

#include <utility>

namespace media {
namespace {

constexpr gint64 between_requests = 500 * G_TIME_SPAN_MILLISECOND;
/* More than a mixer is ever behind its feeds. */
constexpr size_t most_pictures = 64;

bool is_raw(GstCaps* caps) {
  return gst_structure_has_name(gst_caps_get_structure(caps, 0), "video/x-raw");
}

bool same_codec(GstCaps* a, GstCaps* b) {
  return g_str_equal(gst_structure_get_name(gst_caps_get_structure(a, 0)),
                     gst_structure_get_name(gst_caps_get_structure(b, 0)));
}

}  // namespace

MixVideoInput::MixVideoInput(GstBin* bin, std::function<void()> on_key_frame_wanted)
    : bin_(bin), on_key_frame_wanted_(std::move(on_key_frame_wanted)) {}

void MixVideoInput::set_caps(GstCaps* caps) {
  is_broken_ = false;
  if (is_raw(caps)) {
    caps_ = {};
    decoder_.reset();
    gst_video_info_from_caps(&info_, caps);
    return;
  }
  if (decoder_ && caps_ && same_codec(caps_.get(), caps)) {
    decoder_->set_caps(caps);
  } else {
    decoder_.reset();
    waits_for_key_ = true;
  }
  caps_ = glib::Ref<GstCaps>::share(caps);
}

void MixVideoInput::push(glib::Ref<GstBuffer> buffer, GstClockTime running_time) {
  has_come_ = true;
  if (!shown_) {
    skipped_++;
    waits_for_key_ = true;
    return;
  }
  if (caps_)
    decode(std::move(buffer), running_time);
  else if (GST_VIDEO_INFO_WIDTH(&info_) > 0)
    keep({running_time, std::move(buffer), info_});
}

void MixVideoInput::decode(glib::Ref<GstBuffer> buffer, GstClockTime running_time) {
  if (is_broken_) return;
  const bool is_key = !GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  if (waits_for_key_ && !is_key) return ask_for_key_frame();
  waits_for_key_ = false;
  if (!decoder_)
    decoder_ = MixDecoder::create(bin_, caps_.get(),
                                  [this](MixPicture picture) { keep(std::move(picture)); });
  is_broken_ = !decoder_;
  if (decoder_ && !decoder_->push(std::move(buffer), running_time)) {
    decoder_.reset();
    waits_for_key_ = true;
    ask_for_key_frame();
  }
}

void MixVideoInput::ask_for_key_frame() {
  const gint64 now = g_get_monotonic_time();
  if (asked_at_ != 0 && now < asked_at_ + between_requests) return;
  asked_at_ = now;
  on_key_frame_wanted_();
}

void MixVideoInput::keep(MixPicture picture) {
  std::lock_guard lock(lock_);
  if (!shown_) return;
  if (pictures_.size() == most_pictures) pictures_.pop_front();
  pictures_.push_back(std::move(picture));
}

void MixVideoInput::clear() {
  decoder_.reset();
  waits_for_key_ = true;
}

void MixVideoInput::forget() {
  std::lock_guard lock(lock_);
  pictures_.clear();
}

void MixVideoInput::set_shown(bool shown) {
  if (shown_.exchange(shown) == shown) return;
  std::lock_guard lock(lock_);
  if (!shown) pictures_.clear();
}

std::optional<MixPicture> MixVideoInput::at(GstClockTime running_time) {
  std::lock_guard lock(lock_);
  while (pictures_.size() > 1 && pictures_[1].time <= running_time) pictures_.pop_front();
  if (pictures_.empty() || pictures_.front().time > running_time) return std::nullopt;
  return pictures_.front();
}

}  // namespace media
