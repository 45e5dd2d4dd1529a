/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "signalling/base/loop.h"
#include "signalling/core/signals.h"
#include "tests/plugin/sending_peer.h"
#include "tests/signalling/fake_homeserver.h"

namespace party {

inline constexpr const char* call_name = "call";

/* Whom callers call: a device of a user in its session of the call. */
struct Callee {
  std::string user_id;
  std::string device_id;
  std::string session_id;
};

/* Enters the room's call by writing its entry, calls one device and knows no other. By script
 * and not by a session of the signalling, which would connect the callers with each other. Its
 * messages skip HTTP. Loop only. */
class Caller final : rtc::PeerConnection::Observer {
 public:
  /* @seat: which user it is; @number: which call of all. */
  Caller(rtc::Loop& loop, fake::Homeserver& server, std::string room, Callee callee,
         const Media& media, std::size_t seat, unsigned number);
  ~Caller() override;
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  const std::string& user_id() const { return user_id_; }
  void receive(const matrix::Signal& signal);
  /* Properly. */
  void leave();

 private:
  void enter(bool in_call);
  void say(const matrix::Signal& signal);

  void on_local_description(rtc::PeerId peer, rtc::SessionDescription description) override;
  void on_local_candidate(rtc::PeerId peer, rtc::IceCandidate candidate) override;
  void on_remote_tracks(rtc::PeerId, std::vector<rtc::RemoteTrack>) override {}
  void on_peer_state(rtc::PeerId, rtc::PeerState) override {}
  void on_peer_failed(rtc::PeerId, rtc::PeerFailure, std::string) override {}

  fake::Homeserver& server_;
  const std::string room_;
  const Callee callee_;
  const std::string name_; /* of its session, call and stream */
  const std::string user_id_;
  std::int64_t seq_ = 0;
  std::unique_ptr<SendingPeer> peer_;
};

}  // namespace party
