/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/base/loop.h"

#include <algorithm>
#include <cstdint>
#include <future>

namespace rtc {

Loop::Loop()
    : context_(glib::Ref<GMainContext>::adopt(g_main_context_new())),
      loop_(g_main_loop_new(context_.get(), FALSE)),
      thread_(g_thread_new(
          "matrix-call",
          [](gpointer data) -> gpointer {
            auto* loop = static_cast<GMainLoop*>(data);
            g_main_context_push_thread_default(g_main_loop_get_context(loop));
            g_main_loop_run(loop);
            g_main_context_pop_thread_default(g_main_loop_get_context(loop));
            return nullptr;
          },
          loop_)) {}

Loop::~Loop() {
  post([this] { g_main_loop_quit(loop_); });
  g_thread_join(thread_);
  g_main_loop_unref(loop_);
}

void Loop::attach(GSource* source, Task task) {
  g_source_set_callback(
      source,
      [](gpointer data) -> gboolean {
        (*static_cast<Task*>(data))();
        return G_SOURCE_REMOVE;
      },
      new Task(std::move(task)), [](gpointer data) { delete static_cast<Task*>(data); });
  g_source_attach(source, context_.get());
}

void Loop::post(Task task) {
  auto source = glib::Ref<GSource>::adopt(g_idle_source_new());
  g_source_set_priority(source.get(), G_PRIORITY_DEFAULT);
  attach(source.get(), std::move(task));
}

Loop::Timer Loop::after(std::chrono::milliseconds delay, Task task) {
  auto source = glib::Ref<GSource>::adopt(
      g_timeout_source_new(static_cast<guint>(std::max<std::int64_t>(delay.count(), 0))));
  attach(source.get(), std::move(task));
  return Timer(std::move(source));
}

void Loop::run_sync(Task task) {
  g_assert(!is_current());
  std::promise<void> done;
  post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace rtc
