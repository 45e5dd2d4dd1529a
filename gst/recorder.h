/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "gst/record_session.h"

namespace media {

/* A RecordSession on a thread of its own, so that no disk holds up a feed. What is handed over
 * is written four times a second; samples do not wake the thread. If the disk falls so far
 * behind that memory would run out, samples are dropped.
 *
 * Handing over never waits. Any thread. */
class Recorder final : private RecordSession::Host {
 public:
  /* Called on the thread of the recorder. */
  struct Callbacks {
    std::function<void(DiskError)> on_error;
    std::function<void(unsigned feed)> on_key_frame_wanted;
    std::function<void(const std::string& path)> on_file_closed;
    /* Samples are being dropped; once. */
    std::function<void()> on_overrun;
    /* After finish(): everything is on the disk. */
    std::function<void()> on_done;
    /* The running time. */
    std::function<GstClockTime()> now;
  };

  explicit Recorder(Callbacks callbacks);
  /* Finishes. */
  ~Recorder() override;

  /* The clock runs: what was handed over, and will be, is recorded. Ignored while it does so.
   * @started_us: the moment of running time 0, us since 1970. */
  void start(RecordSettings settings, std::int64_t started_us);

  void add_feed(unsigned feed);
  void caps(unsigned feed, glib::Ref<GstCaps> caps);
  void news(unsigned feed, ActivityNews news);
  void roster(Roster roster);
  void sample(RecordSample sample);
  void end_feed(unsigned feed);
  void set_paused(bool paused, GstClockTime now);
  /* The last thing to be handed over; repeatable. */
  void finish();
  /* Waits until all is on the disk; then another recording can start. Not on its thread. */
  void finish_and_wait();

 private:
  using Task = std::function<void(RecordSession&, GstClockTime now)>;
  using Item = std::variant<RecordSample, Task>;

  void post(Task task);
  void run(RecordSettings settings, std::int64_t started_us);
  bool take(std::vector<Item>& items);
  static void handle(RecordSession& session, Item& item, GstClockTime now);

  void on_error(DiskError error) override;
  void on_key_frame_wanted(unsigned feed) override;
  void on_file_closed(const std::string& path) override;

  const Callbacks callbacks_;
  std::mutex lock_;
  std::condition_variable changed_;
  std::vector<Item> items_; /* lock */
  std::size_t waiting_ = 0; /* bytes of samples in items_; lock */
  bool urgent_ = false;     /* lock */
  bool finishing_ = false;  /* lock */
  bool overrun_ = false;    /* lock */
  std::thread thread_;
};

}  // namespace media
