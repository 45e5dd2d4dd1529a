/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/peer_call.h"

#include <algorithm>
#include <utility>

#include "signalling/base/log.h"
#include "signalling/core/overloaded.h"
#include "signalling/core/sdp_candidates.h"

namespace matrix {

namespace {

using namespace std::chrono_literals;

constexpr Time invite_lifetime = 60s;
constexpr Time negotiate_lifetime = 60s;
/* More than any real peer has, over the life of a call. */
constexpr size_t max_remote_candidates = 1024;
constexpr size_t max_remote_streams = 256;

const char* hangup_reason(rtc::PeerFailure failure) {
  switch (failure) {
    case rtc::PeerFailure::Ice:
    case rtc::PeerFailure::Dead:
    case rtc::PeerFailure::IceRestart:
      return "ice_failed";
    case rtc::PeerFailure::Description:
    case rtc::PeerFailure::Fingerprint:
    case rtc::PeerFailure::Internal:
      return "unknown_error";
  }
  return "unknown_error";
}

}  // namespace

PeerCall::PeerCall(rtc::PeerId peer, std::string stream_id, std::string party_id,
                   const LocalMedia& media)
    : peer_(peer),
      stream_id_(std::move(stream_id)),
      party_id_(std::move(party_id)),
      media_(media) {}

CallEffects PeerCall::start(const rtc::OfferOptions& options, Time now) {
  if (state_ != State::New) return {};
  state_ = State::Offering;
  we_called_ = true;
  options_ = options;
  expires_at_ = now + invite_lifetime;
  CallEffects effects{OpenPeer{peer_, stream_id_}};
  append(effects, take_over_tracks());
  effects.push_back(CreateOffer{peer_, options_});
  return effects;
}

CallEffects PeerCall::prepare(const Invite& invite, Time now) {
  if (state_ != State::New) return {};
  state_ = State::Preparing;
  expires_at_ = now + std::min(invite.lifetime, invite_lifetime);
  auto detached = detach_candidates(invite.offer);
  held_ = std::move(detached.candidates);
  CallEffects effects{OpenPeer{peer_, stream_id_}};
  append(effects, apply_offer(detached.description));
  return effects;
}

CallEffects PeerCall::receive(const Signal& signal, Time now) {
  if (state_ == State::Ended) return {};
  return std::visit([&](const auto& value) { return received(value, now); }, signal);
}

CallEffects PeerCall::received(const Invite& invite, Time now) {
  if (state_ != State::New && state_ != State::Preparing) return {};
  learn(invite.streams);
  expires_at_ = now + std::min(invite.lifetime, invite_lifetime);
  CallEffects effects;
  if (std::exchange(state_, State::Answering) == State::New) {
    effects.push_back(OpenPeer{peer_, stream_id_});
    append(effects, apply_offer(invite.offer));
    return effects;
  }
  for (auto& candidate : std::exchange(held_, {}))
    effects.push_back(AddCandidate{peer_, std::move(candidate)});
  if (prepared_answer_) append(effects, send_answer(*prepared_answer_));
  return effects;
}

CallEffects PeerCall::received(const Answer& answer, Time) {
  if (state_ != State::InviteSent) return {};
  if (answer.answer.type == SessionDescription::Type::Offer)
    return end({Cause::AnswerIsOffer, "unknown_error", {}, ""}, true);
  learn(answer.streams);
  expires_at_.reset();
  state_ = State::Connecting;
  described_ = sources_of(tracks_);
  return {ApplyRemote{peer_, answer.answer}};
}

CallEffects PeerCall::received(const Candidates& message, Time) {
  if (state_ == State::New) return {};
  CallEffects effects;
  for (const auto& candidate : message.candidates) {
    if (remote_candidates_ >= max_remote_candidates) break;
    remote_candidates_++;
    if (state_ == State::Preparing) {
      held_.push_back(candidate);
    } else {
      effects.push_back(AddCandidate{peer_, candidate});
    }
  }
  return effects;
}

CallEffects PeerCall::received(const Negotiate& negotiate, Time now) {
  const bool up = state_ == State::Connecting || state_ == State::Connected;
  const bool is_offer = negotiate.description.type == SessionDescription::Type::Offer;
  if (!up && (state_ != State::Answering || !is_offer)) return {};
  learn(negotiate.streams);
  if (!up) { /* it came before our answer to the invite is made */
    renegotiation_.keep(negotiate.description);
    return {};
  }
  if (is_offer)
    return renegotiation_.receive_offer(negotiate.description, !we_called_, now)
               ? apply_offer(negotiate.description)
               : CallEffects{};
  if (!renegotiation_.receive_answer()) return {};
  renegotiated_ = true;
  described_ = sources_of(tracks_);
  CallEffects effects{ApplyRemote{peer_, negotiate.description}};
  append(effects, go_on(now));
  return effects;
}

CallEffects PeerCall::apply_offer(const SessionDescription& offer) {
  CallEffects effects = take_over_tracks();
  effects.push_back(ApplyRemote{peer_, offer});
  return effects;
}

/* Before a description of ours is made. */
CallEffects PeerCall::take_over_tracks() {
  auto tracks = media_.tracks(stream_id_);
  if (tracks == tracks_) return {};
  tracks_ = std::move(tracks);
  return {SetLocalTracks{peer_, tracks_}};
}

/* After descriptions were exchanged: an offer of theirs that has waited, or what has changed
 * meanwhile at our end. */
CallEffects PeerCall::go_on(Time now) {
  if (const auto offer = renegotiation_.take_waiting(now)) return apply_offer(*offer);
  if (state_ != State::Connected || only_answers_ || !renegotiation_.is_stable()) return {};
  if (media_.sources() == described_) return {};
  renegotiation_.make_offer(now);
  CallEffects effects = take_over_tracks();
  effects.push_back(CreateOffer{peer_, options_});
  return effects;
}

CallEffects PeerCall::media_changed(Time now) {
  return go_on(now);
}

bool PeerCall::lacks_tracks() const {
  if (state_ != State::Connected || !renegotiation_.is_stable()) return false;
  const auto wanted = media_.sources();
  return !std::includes(described_.begin(), described_.end(), wanted.begin(), wanted.end());
}

CallEffects PeerCall::announce() {
  const bool up =
      state_ == State::InviteSent || state_ == State::Connecting || state_ == State::Connected;
  if (!up || told_ == own_streams()) return {};
  return {Signal{MetadataChanged{describe_streams()}}};
}

CallEffects PeerCall::received(const MetadataChanged& message, Time) {
  learn(message.streams);
  return {};
}

CallEffects PeerCall::received(const Hangup& hangup, Time) {
  return end({Cause::HungUpByPeer, hangup.reason, {}, ""}, false);
}

CallEffects PeerCall::received(const SelectAnswer& selection, Time) {
  const bool callee =
      state_ == State::Answering || state_ == State::Connecting || state_ == State::Connected;
  if (!callee || selection.selected_party_id == party_id_) return {};
  return end({Cause::AnsweredByOther, "answered_elsewhere", {}, ""}, false);
}

CallEffects PeerCall::received(const Reject&, Time) {
  return end({Cause::HungUpByPeer, "user_busy", {}, ""}, false);
}

CallEffects PeerCall::hang_up(const std::string& reason) {
  return end({Cause::HungUp, reason, {}, ""}, true);
}

CallEffects PeerCall::drop() {
  return end({Cause::HungUp, "", {}, ""}, false);
}

CallEffects PeerCall::local_description(const SessionDescription& description, Time now) {
  const bool is_offer = description.type == SessionDescription::Type::Offer;
  switch (state_) {
    case State::Offering: {
      if (!is_offer) return {};
      state_ = State::InviteSent;
      expires_at_ = now + invite_lifetime;
      CallEffects effects{Signal{Invite{description, invite_lifetime, "", describe_streams()}}};
      if (auto batch = outgoing_.open()) effects.push_back(Signal{std::move(*batch)});
      return effects;
    }
    case State::Preparing:
      if (!is_offer) prepared_answer_ = description;
      return {};
    case State::Answering: {
      if (is_offer) return {};
      CallEffects effects = send_answer(description);
      append(effects, go_on(now));
      return effects;
    }
    case State::Connecting:
    case State::Connected: {
      if (!renegotiation_.made(description.type, now)) return {};
      if (!is_offer) note_described(description);
      CallEffects effects{Signal{Negotiate{description, negotiate_lifetime, describe_streams()}}};
      append(effects, go_on(now));
      return effects;
    }
    case State::New:
    case State::InviteSent:
    case State::Ended:
      return {};
  }
  return {};
}

/* A section may name our stream though nothing is sent in it (rtc::PeerOptions::stream_id). */
void PeerCall::note_described(const SessionDescription& description) {
  const auto named = sources_sent(description.sdp, stream_id_);
  described_.clear();
  for (const auto& track : tracks_)
    if (named.contains(track.source)) described_.insert(track.source);
}

/* Peers lose candidates that come before the answer. */
CallEffects PeerCall::send_answer(const SessionDescription& description) {
  state_ = State::Connecting;
  expires_at_.reset();
  note_described(description);
  CallEffects effects{Signal{Answer{description, describe_streams()}}};
  if (auto batch = outgoing_.open()) effects.push_back(Signal{std::move(*batch)});
  return effects;
}

CallEffects PeerCall::local_candidate(const IceCandidate& candidate, Time now) {
  if (state_ == State::Ended) return {};
  auto batch = outgoing_.add(candidate, now);
  return batch ? CallEffects{Signal{std::move(*batch)}} : CallEffects{};
}

CallEffects PeerCall::peer_state(rtc::PeerState state, Time now) {
  if (state != rtc::PeerState::Connected || state_ != State::Connecting) return {};
  state_ = State::Connected;
  connected_since_ = now;
  return go_on(now);
}

CallEffects PeerCall::peer_failed(rtc::PeerFailure failure, const std::string& message) {
  return end({Cause::PeerFailed, hangup_reason(failure), failure, message}, true);
}

CallEffects PeerCall::on_timeout(Time now) {
  if (expires_at_ && now >= *expires_at_)
    return end({Cause::TimedOut, "invite_timeout", {}, ""}, state_ == State::InviteSent);
  if (renegotiation_.deadline() && now >= *renegotiation_.deadline()) {
    const bool unanswered = renegotiation_.state() == Renegotiation::State::Offered;
    return end(
        {unanswered ? Cause::OfferUnanswered : Cause::TimedOut, "signalling_timeout", {}, ""},
        true);
  }
  auto batch = outgoing_.on_timeout(now);
  return batch ? CallEffects{Signal{std::move(*batch)}} : CallEffects{};
}

std::optional<Time> PeerCall::next_deadline() const {
  std::optional<Time> next;
  for (const auto& at : {expires_at_, renegotiation_.deadline(), outgoing_.next_deadline()})
    if (at && (!next || *at < *next)) next = at;
  return next;
}

/* Key by key and for the life of the call: a second screenshare of matrix-js-sdk announces
 * a new id while its SDP goes on naming the first. */
void PeerCall::learn(const std::optional<StreamMetadataMap>& streams) {
  if (!streams) return;
  if (!remote_streams_) remote_streams_.emplace();
  for (const auto& [id, metadata] : *streams)
    if (remote_streams_->contains(id) || remote_streams_->size() < max_remote_streams)
      remote_streams_->insert_or_assign(id, metadata);
}

CallEffects PeerCall::end(Ending ending, bool tell) {
  if (state_ == State::Ended) return {};
  const State was = std::exchange(state_, State::Ended);
  const bool heard_of = was != State::New && was != State::Offering && was != State::Preparing;
  LOG_DEBUG(Core, "peer %" G_GUINT64_FORMAT ": ended (%s) %s", peer_, ending.reason.c_str(),
            ending.message.c_str());
  CallEffects effects;
  if (tell && heard_of) effects.push_back(Signal{Hangup{ending.reason}});
  if (was != State::New) effects.push_back(ClosePeer{peer_});
  ending_ = std::move(ending);
  expires_at_.reset();
  renegotiation_ = {};
  outgoing_ = {};
  held_.clear();
  return effects;
}

/* Of which the peer hears now. */
StreamMetadataMap PeerCall::describe_streams() {
  told_ = own_streams();
  return *told_;
}

/* A screen that was shared once stays listed, muted: peers forget no stream either. */
StreamMetadataMap PeerCall::own_streams() const {
  auto streams = media_.streams(stream_id_);
  if (!told_) return streams;
  for (const auto& [id, metadata] : *told_)
    streams.try_emplace(id, StreamMetadata{metadata.purpose, true, true});
  return streams;
}

}  // namespace matrix
