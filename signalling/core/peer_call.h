/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "signalling/core/candidate_batch.h"
#include "signalling/core/effects.h"
#include "signalling/core/local_media.h"
#include "signalling/core/renegotiation.h"
#include "signalling/core/signals.h"

namespace matrix {

/* What a PeerCall wants done: signals for the other side, which its owner addresses, and
 * work for its connection. */
using CallEffect = std::variant<Signal, OpenPeer, ClosePeer, SetLocalTracks, CreateOffer,
                                ApplyRemote, AddCandidate>;
using CallEffects = std::vector<CallEffect>;

/* The signalling of one connection between two devices, from its first description to its
 * end: m.call.* as MSC2746 has it, for any kind of call. Once connected it offers anew when
 * what we send is not what was described last. Opens its connection when it starts and closes
 * it when it ends, and is then done with. Pure.
 *
 *   New --start--> Offering --our offer--> InviteSent --Answer--> Connecting
 *   New --prepare--> Preparing --Invite--> Answering --our answer--> Connecting
 *   New --Invite---------------------------^
 *   Connecting --verified--> Connected
 *   any --hangup, reject, lifetime over, connection failed--> Ended
 */
class PeerCall {
 public:
  enum class State {
    New,
    Offering,
    InviteSent,
    Preparing,
    Answering,
    Connecting,
    Connected,
    Ended
  };
  enum class Cause {
    HungUp,          /* by our owner */
    HungUpByPeer,    /* ending()->reason is the peer's */
    TimedOut,        /* the other side did not do its part in time */
    PeerFailed,      /* ending()->failure says how */
    AnswerIsOffer,   /* the peer wants to send more than our offer had sections for */
    AnsweredByOther, /* another device of ours has the call */
    OfferUnanswered  /* a later one of ours */
  };
  struct Ending {
    Cause cause = Cause::HungUp;
    std::string reason; /* of the hangup, as received or sent */
    std::optional<rtc::PeerFailure> failure;
    std::string message; /* the connection's own words */
  };

  /* @stream_id: of our microphone and camera. @party_id: what names us in an Answer's
   * selection. @media is borrowed. */
  PeerCall(rtc::PeerId peer, std::string stream_id, std::string party_id, const LocalMedia& media);

  CallEffects start(const rtc::OfferOptions& options, Time now);
  /* Readies the connection for @invite as far as that goes without the peer noticing: no
   * signal, no packet. Ends silently after its lifetime; receive() of the Invite goes on. */
  CallEffects prepare(const Invite& invite, Time now);
  CallEffects receive(const Signal& signal, Time now);
  /* Ends the call and tells the peer, unless it has never heard of it. */
  CallEffects hang_up(const std::string& reason);
  /* Ends the call without a word. */
  CallEffects drop();

  /* Our media have changed: a track has come or gone. */
  CallEffects media_changed(Time now);
  /* Tells the peer what of our media is muted, unless it knows. */
  CallEffects announce();
  /* The peer does not understand offers in a running call: makes none. */
  void only_answer() { only_answers_ = true; }

  CallEffects local_description(const SessionDescription& description, Time now);
  CallEffects local_candidate(const IceCandidate& candidate, Time now);
  CallEffects peer_state(rtc::PeerState state, Time now);
  CallEffects peer_failed(rtc::PeerFailure failure, const std::string& message);

  CallEffects on_timeout(Time now);
  std::optional<Time> next_deadline() const;

  State state() const { return state_; }
  rtc::PeerId peer() const { return peer_; }
  /* Present once Ended. */
  const std::optional<Ending>& ending() const { return ending_; }
  /* Since when the connection has been up and verified; absent before. */
  std::optional<Time> connected_since() const { return connected_since_; }
  /* The peer gets less than what we send, and no offer of ours is on its way to change that. */
  bool lacks_tracks() const;
  /* It has answered an offer that we made when connected. */
  bool has_renegotiated() const { return renegotiated_; }
  /* All that the peer has ever said of its streams; nothing if it never said anything. */
  const std::optional<StreamMetadataMap>& remote_streams() const { return remote_streams_; }

 private:
  CallEffects received(const Invite& invite, Time now);
  CallEffects received(const Answer& answer, Time now);
  CallEffects received(const Candidates& message, Time now);
  CallEffects received(const Negotiate& negotiate, Time now);
  CallEffects received(const MetadataChanged& message, Time now);
  CallEffects received(const Hangup& hangup, Time now);
  CallEffects received(const SelectAnswer& selection, Time now);
  CallEffects received(const Reject& reject, Time now);

  void learn(const std::optional<StreamMetadataMap>& streams);
  CallEffects apply_offer(const SessionDescription& offer);
  CallEffects take_over_tracks();
  void note_described(const SessionDescription& description);
  CallEffects send_answer(const SessionDescription& description);
  CallEffects go_on(Time now);
  CallEffects end(Ending ending, bool tell);
  StreamMetadataMap describe_streams();
  StreamMetadataMap own_streams() const;

  const rtc::PeerId peer_;
  const std::string stream_id_;
  const std::string party_id_;
  const LocalMedia& media_;

  State state_ = State::New;
  std::optional<Ending> ending_;
  std::optional<Time> connected_since_;
  std::optional<StreamMetadataMap> remote_streams_;
  CandidateBatch outgoing_;
  std::optional<Time> expires_at_; /* the invite, ours or theirs */
  Renegotiation renegotiation_;
  bool we_called_ = false;
  bool only_answers_ = false;
  bool renegotiated_ = false;
  rtc::OfferOptions options_;
  std::vector<rtc::LocalTrack> tracks_;   /* the connection's, from its next description on */
  std::set<TrackSource> described_;       /* what the descriptions in force let us send */
  std::optional<StreamMetadataMap> told_; /* that the peer has heard from us last */
  size_t remote_candidates_ = 0;          /* taken so far */
  std::vector<IceCandidate> held_;        /* Preparing: the peer's, not to be contacted yet */
  std::optional<SessionDescription> prepared_answer_;
};

}  // namespace matrix
