/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/recorder.h"

#include <chrono>
#include <utility>

#include "gst/media_log.h"

namespace media {
namespace {

constexpr auto interval = std::chrono::milliseconds(250);
constexpr std::size_t most_waiting = 256U << 20;

}  // namespace

Recorder::Recorder(Callbacks callbacks) : callbacks_(std::move(callbacks)) {}

Recorder::~Recorder() {
  finish_and_wait();
}

void Recorder::start(RecordSettings settings, std::int64_t started_us) {
  if (thread_.joinable()) return;
  thread_ = std::thread([this, settings = std::move(settings), started_us]() mutable {
    run(std::move(settings), started_us);
  });
}

void Recorder::post(Task task) {
  std::lock_guard lock(lock_);
  if (!finishing_) items_.emplace_back(std::move(task));
}

void Recorder::add_feed(unsigned feed) {
  post([feed](RecordSession& session, GstClockTime) { session.add_feed(feed); });
}

void Recorder::caps(unsigned feed, glib::Ref<GstCaps> caps) {
  post([feed, caps = std::move(caps)](RecordSession& session, GstClockTime) {
    session.caps(feed, caps.get());
  });
}

void Recorder::news(unsigned feed, ActivityNews news) {
  post([feed, news = std::move(news)](RecordSession& session, GstClockTime now) {
    session.news(feed, news, now);
  });
}

void Recorder::roster(Roster roster) {
  post([roster = std::move(roster)](RecordSession& session, GstClockTime now) {
    session.roster(roster, now);
  });
}

void Recorder::sample(RecordSample sample) {
  bool is_first = false;
  {
    std::lock_guard lock(lock_);
    if (finishing_) return;
    const std::size_t bytes = gst_buffer_get_size(sample.buffer.get());
    if (waiting_ + bytes <= most_waiting) {
      waiting_ += bytes;
      items_.emplace_back(std::move(sample));
      return;
    }
    is_first = !std::exchange(overrun_, true);
  }
  if (is_first) callbacks_.on_overrun();
}

void Recorder::end_feed(unsigned feed) {
  post([feed](RecordSession& session, GstClockTime now) { session.end_feed(feed, now); });
}

void Recorder::set_paused(bool paused, GstClockTime now) {
  post([paused, now](RecordSession& session, GstClockTime) { session.set_paused(paused, now); });
}

void Recorder::finish() {
  std::lock_guard lock(lock_);
  if (finishing_) return;
  items_.emplace_back(Task([](RecordSession& session, GstClockTime now) { session.finish(now); }));
  finishing_ = true;
  urgent_ = true;
  changed_.notify_all();
}

void Recorder::finish_and_wait() {
  finish();
  if (thread_.joinable()) thread_.join();
  std::lock_guard lock(lock_);
  items_.clear();
  waiting_ = 0;
  finishing_ = false;
  overrun_ = false;
}

/* What has come within the interval; false after the last. */
bool Recorder::take(std::vector<Item>& items) {
  items.clear();
  std::unique_lock lock(lock_);
  changed_.wait_for(lock, interval, [&] { return urgent_; });
  std::swap(items, items_);
  waiting_ = 0;
  urgent_ = false;
  return !finishing_;
}

void Recorder::handle(RecordSession& session, Item& item, GstClockTime now) {
  if (auto* sample = std::get_if<RecordSample>(&item))
    session.sample(std::move(*sample));
  else if (const auto* task = std::get_if<Task>(&item))
    (*task)(session, now);
}

void Recorder::run(RecordSettings settings, std::int64_t started_us) {
  GST_DEBUG("recording to %s", settings.location.c_str());
  RecordSession session(std::move(settings), started_us, *this);
  std::vector<Item> items;
  bool more = true;
  while (more) {
    more = take(items);
    const GstClockTime now = callbacks_.now();
    for (auto& item : items) handle(session, item, now);
    session.flush(now);
  }
  callbacks_.on_done();
}

void Recorder::on_error(DiskError error) {
  callbacks_.on_error(std::move(error));
}

void Recorder::on_key_frame_wanted(unsigned feed) {
  callbacks_.on_key_frame_wanted(feed);
}

void Recorder::on_file_closed(const std::string& path) {
  GST_INFO("closed %s", path.c_str());
  callbacks_.on_file_closed(path);
}

}  // namespace media
