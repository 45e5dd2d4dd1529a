/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "signalling/base/loop.h"
#include "signalling/client/session.h"
#include "tests/plugin/sending_peer.h"

namespace party {

/* Somebody in a call, in the test's process: a session of the signalling whose connections
 * send. Made and destroyed on the test's thread. */
class SendingParty final : rtc::PeerConnectionFactory, matrix::Session::Observer {
 public:
  SendingParty(matrix::SessionConfig config, Media media);
  /* Vanishes as a process that is killed does. */
  ~SendingParty() override;
  SendingParty(const SendingParty&) = delete;
  SendingParty& operator=(const SendingParty&) = delete;

  /* False: not within ten seconds. */
  bool wait_for(matrix::SessionState state);
  void leave();

 private:
  std::unique_ptr<rtc::PeerConnection> create_peer(
      rtc::PeerId id, rtc::PeerOptions options, rtc::PeerConnection::Observer& observer) override;
  void on_session_state(matrix::SessionState state) override;
  void on_report(const matrix::Report&) override {}

  rtc::Loop loop_;
  Media media_;
  std::unique_ptr<matrix::Session> session_; /* loop */
  std::mutex lock_;
  std::condition_variable changed_;
  matrix::SessionState state_ = matrix::SessionState::Connecting; /* lock */
};

}  // namespace party
