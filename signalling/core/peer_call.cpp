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

PeerCall::PeerCall(rtc::PeerId peer, std::string stream_id, std::string party_id)
    : peer_(peer), stream_id_(std::move(stream_id)), party_id_(std::move(party_id)) {}

CallEffects PeerCall::start(const rtc::OfferOptions& options, Time now) {
  if (state_ != State::New) return {};
  state_ = State::Offering;
  expires_at_ = now + invite_lifetime;
  return {OpenPeer{peer_, stream_id_}, CreateOffer{peer_, options}};
}

CallEffects PeerCall::prepare(const Invite& invite, Time now) {
  if (state_ != State::New) return {};
  state_ = State::Preparing;
  expires_at_ = now + std::min(invite.lifetime, invite_lifetime);
  auto detached = detach_candidates(invite.offer);
  held_ = std::move(detached.candidates);
  return {OpenPeer{peer_, stream_id_}, ApplyRemote{peer_, std::move(detached.description)}};
}

CallEffects PeerCall::receive(const Signal& signal, Time now) {
  if (state_ == State::Ended) return {};
  return std::visit([&](const auto& value) { return received(value, now); }, signal);
}

CallEffects PeerCall::received(const Invite& invite, Time now) {
  if (state_ != State::New && state_ != State::Preparing) return {};
  learn(invite.streams);
  expires_at_ = now + std::min(invite.lifetime, invite_lifetime);
  if (std::exchange(state_, State::Answering) == State::New)
    return {OpenPeer{peer_, stream_id_}, ApplyRemote{peer_, invite.offer}};
  CallEffects effects;
  for (auto& candidate : std::exchange(held_, {}))
    effects.push_back(AddCandidate{peer_, std::move(candidate)});
  if (!prepared_answer_) return effects;
  for (auto& effect : send_answer(*prepared_answer_)) effects.push_back(std::move(effect));
  return effects;
}

CallEffects PeerCall::received(const Answer& answer, Time) {
  if (state_ != State::InviteSent) return {};
  if (answer.answer.type == SessionDescription::Type::Offer)
    return end({Cause::AnswerIsOffer, "unknown_error", {}, ""}, true);
  learn(answer.streams);
  expires_at_.reset();
  state_ = State::Connecting;
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

/* We make no offers of our own after the first, so that theirs never collide with one but
 * before the answer to our invite; an answer answers nothing. */
CallEffects PeerCall::received(const Negotiate& negotiate, Time now) {
  const bool stable =
      state_ == State::Answering || state_ == State::Connecting || state_ == State::Connected;
  if (!stable || negotiate.description.type != SessionDescription::Type::Offer) return {};
  learn(negotiate.streams);
  answer_by_ = now + negotiate_lifetime;
  return {ApplyRemote{peer_, negotiate.description}};
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
      CallEffects effects{Signal{Invite{description, invite_lifetime, "", own_streams()}}};
      if (auto batch = outgoing_.open()) effects.push_back(Signal{std::move(*batch)});
      return effects;
    }
    case State::Preparing:
      if (!is_offer) prepared_answer_ = description;
      return {};
    case State::Answering:
      return is_offer ? CallEffects{} : send_answer(description);
    case State::Connecting:
    case State::Connected:
      if (is_offer || !answer_by_) return {};
      answer_by_.reset();
      return {Signal{Negotiate{description, negotiate_lifetime, own_streams()}}};
    case State::New:
    case State::InviteSent:
    case State::Ended:
      return {};
  }
  return {};
}

/* Peers lose candidates that come before the answer. */
CallEffects PeerCall::send_answer(const SessionDescription& description) {
  state_ = State::Connecting;
  expires_at_.reset();
  CallEffects effects{Signal{Answer{description, own_streams()}}};
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
  return {};
}

CallEffects PeerCall::peer_failed(rtc::PeerFailure failure, const std::string& message) {
  return end({Cause::PeerFailed, hangup_reason(failure), failure, message}, true);
}

CallEffects PeerCall::on_timeout(Time now) {
  if (expires_at_ && now >= *expires_at_)
    return end({Cause::TimedOut, "invite_timeout", {}, ""}, state_ == State::InviteSent);
  if (answer_by_ && now >= *answer_by_)
    return end({Cause::TimedOut, "signalling_timeout", {}, ""}, true);
  auto batch = outgoing_.on_timeout(now);
  return batch ? CallEffects{Signal{std::move(*batch)}} : CallEffects{};
}

std::optional<Time> PeerCall::next_deadline() const {
  std::optional<Time> next;
  for (const auto& at : {expires_at_, answer_by_, outgoing_.next_deadline()})
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
  answer_by_.reset();
  outgoing_ = {};
  held_.clear();
  return effects;
}

StreamMetadataMap PeerCall::own_streams() const {
  return {{stream_id_, {Purpose::Usermedia, true, true}}};
}

}  // namespace matrix
