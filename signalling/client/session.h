/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "signalling/base/loop.h"
#include "signalling/base/peer_connection.h"
#include "signalling/client/encryption.h"
#include "signalling/core/call.h"

namespace matrix {

struct SessionConfig {
  std::string homeserver; /* base URL; http only for loopback */
  std::string user_id;    /* may be empty with a token: the server tells */
  std::string device_id;
  std::string access_token; /* of a device of our own, or */
  std::string password;
  std::string room; /* !id, or #alias */
  std::string call_id;
  bool create = false;
  Intent intent = Intent::Prompt;
  unsigned max_participants = 50;
  unsigned max_devices_per_user = 5;
  Selection selection{};
  std::string ca_file; /* PEM; empty: the system's */
  /* Used instead of what the homeserver gives, if not empty. */
  std::vector<rtc::IceServer> ice_servers;
  bool relay_only = false;
  TrustPolicy trust;
  /* A folder for the device's keys and sync position. Empty: they end with the session, and a
   * device that was logged in by password with it. */
  std::string store;
  std::string store_key_file;
  std::string recovery_key; /* of the user's secrets: has our device cross-signed, if not empty */
};

enum class SessionState { Connecting, Joining, Joined, Leaving, Ended };

/* The driver: logs in, syncs, feeds the machines, carries out their effects, and renews
 * what lapses. Decides nothing that a machine could. Loop only. */
class Session {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_session_state(SessionState state) = 0;
    /* The last report of a session that was started is CallEnded; on_session_state(Ended)
     * follows it. */
    virtual void on_report(const Report& report) = 0;
  };

  /* @loop, @peers and @observer are borrowed for the session's life. */
  Session(rtc::Loop& loop, SessionConfig config, rtc::PeerConnectionFactory& peers,
          Observer& observer);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  /* What we send from now on: nothing at first. Also before start(), and at any time later. */
  void set_local_tracks(const std::vector<LocalSource>& tracks);
  /* Of a track that we have. Video is to be unmuted when a key frame is on its way, audio
   * before it is sent. */
  void set_muted(TrackSource source, bool muted);
  /* Takes our entry out of the room and says goodbye to each peer. Within 2.5 s at most
   * CallEnded comes, whatever the server does. Any stage, repeatable. */
  void leave();
  /* Whose connection it is; nullptr: nobody's any more. Until anything else is called. */
  const Participant* participant_of(rtc::PeerId peer) const;
  /* What peers and server sent that was dropped, by why. */
  Counters dropped() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace matrix
