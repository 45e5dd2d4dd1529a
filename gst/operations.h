/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <memory>

#include "gst/promise.h"
#include "signalling/base/loop.h"

namespace media {

/* What one webrtcbin has been asked and has not answered yet. It must live until all is
 * answered: going to NULL earlier leaks descriptors. Loop only. */
class Operations {
 public:
  Operations(rtc::Loop& loop, glib::Ref<GstElement> webrtcbin);
  ~Operations();
  Operations(const Operations&) = delete;
  Operations& operator=(const Operations&) = delete;

  /* Emits @action with @argument and a promise. @handler runs on the loop, unless cancel()
   * comes first. */
  void run(const char* action, gpointer argument, std::function<void(const Reply&)> handler);
  /* No handler is called any more; @on_settled is when the last answer is in, if any is missing. */
  void cancel(std::function<void()> on_settled);
  bool settled() const;

 private:
  struct State;
  glib::Ref<GstElement> webrtcbin_;
  std::shared_ptr<State> state_;
};

}  // namespace media
