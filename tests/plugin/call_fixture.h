/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <string>

#include "signalling/client/session.h"
#include "tests/plugin/call_pipeline.h"
#include "tests/signalling/fake_homeserver.h"

namespace party {

/* A server with a room in which a call can be started, and accounts. */
struct Server {
  fake::Homeserver server;
  std::string room = (server.add_user("@owner:fake", "OWNER"), server.add_room("@owner:fake"));

  /* @mia is who we are; the lower id calls. */
  std::string line(const std::string& more = "") {
    return call_line(server.url(), server.add_user("@mia:fake", "RECORDER"), room,
                     "create=true " + more);
  }
  matrix::SessionConfig account(const std::string& user, const std::string& device = "DEVICE") {
    matrix::SessionConfig config;
    config.homeserver = server.url();
    config.access_token = server.add_user(user, device);
    config.room = room;
    return config;
  }
};

inline bool wait_for_state(CallPipeline& pipeline, const char* state) {
  return bool(pipeline.wait_for_news("matrixcall-state", "state", state));
}

inline bool eventually(const std::function<bool()>& condition, int seconds = 15) {
  const gint64 end = g_get_monotonic_time() + gint64{seconds} * G_USEC_PER_SEC;
  while (!condition()) {
    if (g_get_monotonic_time() > end) return false;
    g_usleep(10000);
  }
  return true;
}

}  // namespace party
