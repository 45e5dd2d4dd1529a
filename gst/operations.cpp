/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/operations.h"

#include <utility>

namespace media {

using glib::Ref;
using glib::Unique;

/* Shared with the answers that are on their way. Loop only, but for the reference to loop. */
struct Operations::State {
  rtc::Loop& loop;
  unsigned missing = 0;
  bool cancelled = false;
  std::function<void()> on_settled;
};

Operations::Operations(rtc::Loop& loop, Ref<GstElement> webrtcbin)
    : webrtcbin_(std::move(webrtcbin)),
      state_(std::make_shared<State>(State{loop, 0, false, {}})) {}

Operations::~Operations() {
  cancel(nullptr);
}

void Operations::run(const char* action, gpointer argument,
                     std::function<void(const Reply&)> handler) {
  state_->missing++;
  const auto promise =
      make_promise([state = state_, handler = std::move(handler)](const Reply& reply) {
        auto copy = std::make_shared<Unique<GstStructure>>(
            reply.structure ? gst_structure_copy(reply.structure) : nullptr);
        state->loop.post([state, handler, copy, error = reply.error] {
          state->missing--;
          if (!state->cancelled)
            handler({copy->get(), error});
          else if (state->missing == 0 && state->on_settled)
            std::exchange(state->on_settled, nullptr)();
        });
      });
  g_signal_emit_by_name(webrtcbin_.get(), action, argument, promise.get());
}

void Operations::cancel(std::function<void()> on_settled) {
  state_->cancelled = true;
  state_->on_settled = std::move(on_settled);
}

bool Operations::settled() const {
  return state_->missing == 0;
}

}  // namespace media
