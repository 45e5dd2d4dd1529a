/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gst/feed_input.h"

namespace test {

/* Polls @condition until the deadline of a test. */
bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds deadline = std::chrono::seconds(15));

/* A feed that writes down what comes. Any thread. */
class RecordingFeed final : public media::FeedInput {
 public:
  struct Buffer {
    GstClockTime running_time;
    GstClockTime duration;
    bool is_delta;
    gsize size;
  };

  /* @choice: the stream-format that it prefers. */
  explicit RecordingFeed(Form form, std::string choice = "")
      : form_(form), choice_(std::move(choice)) {}

  std::vector<Buffer> buffers() const;
  size_t count() const;
  std::string caps() const; /* the last, as text */
  unsigned caps_count() const;
  /* Runs at each push, before it. */
  void on_push(std::function<void()> action) { on_push_ = std::move(action); }
  /* Each push lasts until release(). */
  void block();
  void release();
  /* Whether somebody is inside push(). */
  bool holds() const;
  void set_wanted(bool wanted) { wanted_ = wanted; }
  void set_form(Form form) { form_ = form; }
  bool is_connected() const;
  void ask_for_key_frame() const;
  void ask_for_rebuild() const;

  Form form_for(GstCaps* encoded) override;
  glib::Ref<GstCaps> choose(GstCaps* possible) override;
  bool wanted() const override { return wanted_; }
  void note_packet() override { packets_++; }
  unsigned packets() const { return packets_; }
  void connect_branch(std::function<void(glib::Ref<GstEvent>)> upstream,
                      std::function<void()> rebuild) override;
  void disconnect_branch() override;
  void set_caps(GstCaps* caps) override;
  void push(glib::Ref<GstBuffer> buffer, GstClockTime running_time) override;

 private:
  std::atomic<Form> form_;
  std::string choice_;
  std::function<void()> on_push_;
  std::atomic<bool> wanted_ = true;
  std::atomic<unsigned> packets_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable released_;
  bool blocking_ = false;
  unsigned inside_ = 0;
  std::vector<Buffer> buffers_;
  std::string caps_;
  unsigned caps_count_ = 0;
  std::function<void(glib::Ref<GstEvent>)> upstream_;
  std::function<void()> rebuild_;
};

}  // namespace test
