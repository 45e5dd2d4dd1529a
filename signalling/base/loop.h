/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "signalling/base/glib_ptr.h"

namespace rtc {

/* A thread running one GMainContext: all of a call's signalling happens there. */
class Loop {
 public:
  using Task = std::function<void()>;

  /* A timer that is running; destroying it stops it. Loop only. */
  class Timer {
   public:
    Timer() = default;
    explicit Timer(glib::Ref<GSource> source) : source_(std::move(source)) {}
    Timer(Timer&&) noexcept = default;
    Timer& operator=(Timer&& other) noexcept {
      stop();
      source_ = std::move(other.source_);
      return *this;
    }
    ~Timer() { stop(); }
    /* It has neither run out nor been stopped. */
    bool is_running() const { return source_ && !g_source_is_destroyed(source_.get()); }

   private:
    void stop() {
      if (source_) g_source_destroy(source_.get());
      source_ = {};
    }
    glib::Ref<GSource> source_;
  };

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /* Queues @task; it never runs inside this call. Any thread. */
  void post(Task task);
  /* Runs @task once after @delay unless the handle is destroyed before. Loop only. */
  [[nodiscard]] Timer after(std::chrono::milliseconds delay, Task task);
  /* Runs @task on the loop and waits for it. Not from the loop itself. */
  void run_sync(Task task);
  bool is_current() const { return g_main_context_is_owner(context_.get()); }
  GMainContext* context() const { return context_.get(); }

 private:
  void attach(GSource* source, Task task);

  glib::Ref<GMainContext> context_;
  GMainLoop* loop_;
  GThread* thread_;
};

}  // namespace rtc
