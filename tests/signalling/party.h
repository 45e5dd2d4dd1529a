/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "signalling/client/session.h"

namespace fake {

/* Connections that connect as soon as offer and answer were exchanged, and bring one
 * audio and one video track of the stream that the other side announced, whatever it sends:
 * their descriptions do say it, of microphone and camera. Loop only. */
class Peers final : public rtc::PeerConnectionFactory {
 public:
  explicit Peers(rtc::Loop& loop) : loop_(loop) {}
  std::unique_ptr<rtc::PeerConnection> create_peer(
      rtc::PeerId id, rtc::PeerOptions options, rtc::PeerConnection::Observer& observer) override;

  std::vector<rtc::PeerOptions> made; /* the options of each */
  int open = 0;

 private:
  rtc::Loop& loop_;
};

/* A Session, all that it needs, and all that it said. */
class Party final : public matrix::Session::Observer {
 public:
  explicit Party(matrix::SessionConfig config);
  ~Party() override;

  /* All that follows: the test's thread. */
  void start();
  void set_local_tracks(const std::vector<matrix::LocalSource>& tracks);
  void set_muted(rtc::TrackSource source, bool muted);
  void leave();
  bool reaches(matrix::SessionState state,
               std::chrono::milliseconds deadline = std::chrono::seconds(10));
  /* Whether @condition came true, asked on the loop. */
  bool eventually(const std::function<bool()>& condition,
                  std::chrono::milliseconds deadline = std::chrono::seconds(10));
  /* Waits for the end. */
  matrix::CallEnded ending();
  /* How many reports of a kind have come. */
  template <typename T>
  size_t reports() {
    size_t number = 0;
    loop_.run_sync([&] {
      for (const auto& report : reports_) number += std::holds_alternative<T>(report);
    });
    return number;
  }
  template <typename T>
  bool reports_soon(size_t number, std::chrono::milliseconds deadline = std::chrono::seconds(10)) {
    return eventually(
        [&] {
          size_t seen = 0;
          for (const auto& report : reports_) seen += std::holds_alternative<T>(report);
          return seen >= number;
        },
        deadline);
  }
  /* Of each feed, as reported last, in the order of their coming. */
  std::vector<matrix::Trust> trust();
  std::vector<rtc::PeerOptions> peers();
  int open_peers();

 private:
  void on_session_state(matrix::SessionState state) override;
  void on_report(const matrix::Report& report) override;

  rtc::Loop loop_;
  Peers peers_{loop_};
  std::vector<matrix::SessionState> states_;
  std::vector<matrix::Report> reports_;
  std::unique_ptr<matrix::Session> session_;
};

}  // namespace fake
