/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/recording_feed.h"

#include <gst/video/video.h>

#include <utility>

namespace test {

using glib::Ref;
using glib::Unique;

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds deadline) {
  const gint64 end = g_get_monotonic_time() + deadline.count() * G_TIME_SPAN_MILLISECOND;
  while (!condition()) {
    if (g_get_monotonic_time() > end) return false;
    g_usleep(2000);
  }
  return true;
}

std::vector<RecordingFeed::Buffer> RecordingFeed::buffers() const {
  const std::lock_guard lock(mutex_);
  return buffers_;
}

size_t RecordingFeed::count() const {
  const std::lock_guard lock(mutex_);
  return buffers_.size();
}

std::string RecordingFeed::caps() const {
  const std::lock_guard lock(mutex_);
  return caps_;
}

unsigned RecordingFeed::caps_count() const {
  const std::lock_guard lock(mutex_);
  return caps_count_;
}

void RecordingFeed::block() {
  const std::lock_guard lock(mutex_);
  blocking_ = true;
}

void RecordingFeed::release() {
  const std::lock_guard lock(mutex_);
  blocking_ = false;
  released_.notify_all();
}

bool RecordingFeed::holds() const {
  const std::lock_guard lock(mutex_);
  return inside_ > 0;
}

bool RecordingFeed::is_connected() const {
  const std::lock_guard lock(mutex_);
  return upstream_ != nullptr;
}

void RecordingFeed::ask_for_key_frame() const {
  const std::lock_guard lock(mutex_);
  if (upstream_)
    upstream_(Ref<GstEvent>::adopt(
        gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0)));
}

void RecordingFeed::ask_for_rebuild() const {
  const std::lock_guard lock(mutex_);
  if (rebuild_) rebuild_();
}

media::FeedInput::Form RecordingFeed::form_for(GstCaps*) {
  return form_;
}

Ref<GstCaps> RecordingFeed::choose(GstCaps* possible) {
  for (guint i = 0; i < gst_caps_get_size(possible); ++i) {
    const char* format =
        gst_structure_get_string(gst_caps_get_structure(possible, i), "stream-format");
    if (choice_.empty() || choice_ == format)
      return Ref<GstCaps>::adopt(gst_caps_copy_nth(possible, i));
  }
  return Ref<GstCaps>::share(possible);
}

void RecordingFeed::connect_branch(std::function<void(Ref<GstEvent>)> upstream,
                                   std::function<void()> rebuild) {
  const std::lock_guard lock(mutex_);
  upstream_ = std::move(upstream);
  rebuild_ = std::move(rebuild);
}

void RecordingFeed::disconnect_branch() {
  const std::lock_guard lock(mutex_);
  upstream_ = nullptr;
  rebuild_ = nullptr;
}

void RecordingFeed::set_caps(GstCaps* caps) {
  const Unique<char> text(gst_caps_to_string(caps));
  const std::lock_guard lock(mutex_);
  caps_ = text.get();
  caps_count_++;
}

void RecordingFeed::push(Ref<GstBuffer> buffer, GstClockTime running_time) {
  if (on_push_) on_push_();
  std::unique_lock lock(mutex_);
  inside_++;
  released_.wait(lock, [this] { return !blocking_; });
  inside_--;
  buffers_.push_back({running_time, GST_BUFFER_DURATION(buffer.get()),
                      GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT) != 0,
                      gst_buffer_get_size(buffer.get())});
}

}  // namespace test
