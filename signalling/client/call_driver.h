/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "signalling/client/encryption.h"
#include "signalling/client/ice_servers.h"
#include "signalling/client/outbox.h"
#include "signalling/client/sync_response.h"
#include "signalling/core/call.h"

namespace matrix {

/* Runs a call: hands in what happens, carries out the effects in order, keeps its peer
 * connections and its deadline. Loop only; must not be destroyed inside a report or a
 * notification of a peer. */
class CallDriver final : rtc::PeerConnection::Observer {
 public:
  using Reported = std::function<void(const Report& report)>;

  /* What it works with, borrowed. */
  struct Surroundings {
    rtc::Loop& loop;
    MatrixClient& client;
    rtc::PeerConnectionFactory& factory;
    const IceServers& ice_servers;
    Encryption& encryption;
    bool relay_only;
  };

  CallDriver(const Surroundings& surroundings, const CallConfig& config, Reported reported);

  /* @first: it holds all of the room's state. */
  void hand_in(const SyncBatch& batch, bool first);
  void set_local_tracks(const std::vector<LocalSource>& tracks);
  void set_muted(TrackSource source, bool muted);
  void leave();
  /* Messages that waited for keys may go, and what is known of devices may have changed. */
  void keys_found();
  void send(const Address& to, const char* type) {
    outbox_.send(to, type, JsonObjectBuilder().build());
  }
  /* Reports @error, whose message follows a name, if the device takes part in the call. */
  void refused(const Address& device, const rtc::Error& error);
  Call::State state() const { return call_.state(); }
  const Counters& dropped() const { return call_.dropped(); }
  const Participant* participant_of(rtc::PeerId peer) const { return call_.participant_of(peer); }

 private:
  /* Since the epoch at the start, plus what has passed. */
  class Clock {
   public:
    Time now() const { return start_ + Time((g_get_monotonic_time() - zero_) / 1000); }

   private:
    Time start_{g_get_real_time() / 1000};
    gint64 zero_ = g_get_monotonic_time();
  };

  void on_local_description(rtc::PeerId peer, SessionDescription description) override;
  void on_local_candidate(rtc::PeerId peer, IceCandidate candidate) override;
  void on_remote_tracks(rtc::PeerId peer, std::vector<rtc::RemoteTrack> tracks) override;
  void on_peer_state(rtc::PeerId peer, rtc::PeerState state) override;
  void on_peer_failed(rtc::PeerId peer, rtc::PeerFailure failure, std::string message) override;

  void run(Effects effects);
  void carry_out(const SendToDevice& message) { outbox_.send(message); }
  void carry_out(const SendState& event) { outbox_.send(event); }
  void carry_out(const OpenPeer& open);
  void carry_out(const ClosePeer& close);
  void carry_out(const SetLocalTracks& local);
  void carry_out(const CreateOffer& offer);
  void carry_out(const ApplyRemote& remote);
  void carry_out(const AddCandidate& candidate);
  void carry_out(const Report& report);
  void arm();
  rtc::PeerConnection* find_peer(rtc::PeerId peer) const;

  const Surroundings with_;
  const Reported reported_;
  const Address own_;
  const Clock clock_;
  Call call_;
  Outbox outbox_;
  std::deque<Effect> effects_;
  bool running_ = false;
  std::map<Address, Participant> participants_;
  std::map<Address, rtc::Error> refused_early_; /* before they were in the call */
  std::map<rtc::PeerId, std::unique_ptr<rtc::PeerConnection>> peers_;
  /* Closed, but perhaps in the middle of a notification. */
  std::vector<std::unique_ptr<rtc::PeerConnection>> closed_peers_;
  rtc::Loop::Timer closed_timer_;
  rtc::Loop::Timer deadline_timer_;
};

}  // namespace matrix
