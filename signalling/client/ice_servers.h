/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <vector>

#include "signalling/client/matrix_client.h"

namespace matrix {

/* The STUN and TURN servers that connections use: those of the user, or else what the
 * homeserver lends, renewed before it lapses. Loop only. */
class IceServers {
 public:
  /* @client is borrowed. @settled is called once, never inside start(): the homeserver
   * has answered, or is too slow to wait for. */
  IceServers(rtc::Loop& loop, MatrixClient& client, std::vector<rtc::IceServer> configured,
             std::function<void()> settled);

  void start();
  const std::vector<rtc::IceServer>& current() const { return current_; }

 private:
  void ask();
  void answered(const HttpReply& reply, const TurnServers& turn);
  void settle();

  rtc::Loop& loop_;
  MatrixClient& client_;
  std::vector<rtc::IceServer> current_;
  std::function<void()> settled_;
  MatrixClient::Pending request_;
  rtc::Loop::Timer patience_;
  rtc::Loop::Timer renewal_;
};

}  // namespace matrix
