/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/mesh_leg.h"

#include <algorithm>
#include <utility>

#include "signalling/base/log.h"
#include "signalling/core/message_size.h"

namespace matrix {

namespace {

using namespace std::chrono_literals;

constexpr Time gone_grace = 2s;
constexpr Time held_time = 60s;
constexpr Time invite_expected_within = 60s;
constexpr Time steady_after = 10s;
constexpr Time after_farewell = 10s;
constexpr unsigned max_retries = 3;
constexpr Time first_slow_retry = 60s;
constexpr Time last_slow_retry = 8min;
constexpr unsigned max_video_sections = 4;
constexpr unsigned max_unanswered_offers = 2;
constexpr size_t call_id_length = 24;

/* Whether a peer that hung up with @reason is done with us, rather than with this call. */
bool is_farewell(const std::string& reason) {
  return reason == "user_hangup" || reason == "user_busy" || reason == "new_session";
}

}  // namespace

MeshLeg::MeshLeg(const MeshContext& context, Address remote, std::string session_id)
    : context_(context),
      remote_{std::move(remote), std::move(session_id)},
      participant_{remote_.address.user_id, remote_.address.device_id, remote_.session_id,
                   remote_.address.user_id},
      who_(remote_.address.user_id + "/" + remote_.address.device_id),
      feeds_(context.feed_numbers, context.selection.wanted_of(remote_.address.user_id)) {}

MeshLeg::~MeshLeg() = default;

/* The lower id calls. */
bool MeshLeg::we_call() const {
  return context_.own < remote_.address;
}

bool MeshLeg::is_connected() const {
  return call_ && (*call_)->state() == PeerCall::State::Connected;
}

Effects MeshLeg::listed(const DeviceEntry& entry, const std::string& display_name, Time now) {
  if (state_ == State::Closed) return {};
  Effects effects;
  const bool joins = state_ == State::Unlisted;
  const bool renamed = participant_.display_name != display_name;
  const bool renewed = entry_ && *entry_ != entry;
  participant_.display_name = display_name;
  if (entry.screenshare && (!entry_ || !entry_->screenshare))
    video_sections_ = std::max(video_sections_, 2U);
  entry_ = entry;
  gone_at_.reset();
  lapsed_ = lapsed_ && entry.expires_ts <= now;
  if (joins) {
    state_ = call_ ? State::Calling : State::Idle;
    LOG_INFO(Core, "%s: in the call, session %s", who_.c_str(), participant_.session_id.c_str());
    effects.push_back(ParticipantJoined{participant_});
    (we_call() ? call_at_ : expect_by_) = we_call() ? now : now + invite_expected_within;
    for (auto& message : std::exchange(held_, {}))
      append(effects, receive(std::move(message), false, now));
    append(effects, on_timeout(now));
  } else if (renamed) {
    effects.push_back(ParticipantChanged{participant_});
  }
  if (renewed && state_ == State::GivenUp) { /* there is somebody behind it */
    retries_ = 0;
    state_ = State::Idle;
    if (we_call()) append(effects, place_call(now));
  }
  return effects;
}

void MeshLeg::unlisted(Time now) {
  if (is_listed() && !gone_at_) gone_at_ = now + gone_grace;
}

Effects MeshLeg::receive(CallMessage message, bool prepare, Time now) {
  if (state_ == State::Closed) return {};
  if (state_ == State::Unlisted) return hold(std::move(message), prepare, now);
  auto result = sequencer_.push(std::move(message), now);
  if (result.dropped > 0) drop("repeated or too far ahead");
  Effects effects;
  for (const auto& due : result.due) append(effects, deliver(due, now));
  return effects;
}

Effects MeshLeg::hold(CallMessage message, bool prepare, Time now) {
  if (!gone_at_) gone_at_ = now + held_time;
  if (context_.ended_calls.contains(remote_.address, message.envelope.call_id)) {
    drop("unknown call");
    return {};
  }
  Effects effects;
  if (const auto* invite = std::get_if<Invite>(&message.signal); invite && prepare && !call_)
    effects = prepare_call(message.envelope.call_id, *invite, now);
  held_.push_back(std::move(message));
  return effects;
}

Effects MeshLeg::prepare_call(const std::string& call_id, const Invite& invite, Time now) {
  auto& call = begin(call_id);
  return call.run(call->prepare(invite, now));
}

size_t MeshLeg::held_bytes() const {
  size_t bytes = 0;
  for (const auto& message : held_) bytes += size_of(message);
  return bytes;
}

Effects MeshLeg::deliver(const CallMessage& message, Time now) {
  const std::string& call_id = message.envelope.call_id;
  if (call_ && call_->id() == call_id) {
    note_trust(message);
    Effects effects = call_->run((*call_)->receive(message.signal, now));
    append(effects, settle(now));
    return effects;
  }
  if (context_.ended_calls.contains(remote_.address, call_id)) return {};
  if (const auto* invite = std::get_if<Invite>(&message.signal))
    return receive_invite(message, *invite, now);
  /* One that overtook its invite: the invite is not to be answered any more. */
  if (std::holds_alternative<Hangup>(message.signal))
    context_.ended_calls.add(remote_.address, call_id);
  drop("unknown call");
  return {};
}

Effects MeshLeg::receive_invite(const CallMessage& message, const Invite& invite, Time now) {
  const std::string& call_id = message.envelope.call_id;
  Effects effects;
  if (call_) {
    const auto state = (*call_)->state();
    const bool ours_pending =
        state == PeerCall::State::Offering || state == PeerCall::State::InviteSent;
    if (ours_pending && call_->id() < call_id) {
      /* They will see our invite, which wins, and drop theirs. */
      context_.ended_calls.add(remote_.address, call_id);
      return refuse(call_id, "replaced");
    }
    /* Ours lost; or they have given up the old call, whose hangup has not come yet. */
    append(effects, call_->run(ours_pending ? (*call_)->hang_up("replaced") : (*call_)->drop()));
    context_.ended_calls.add(remote_.address, call_->id());
    call_.reset();
    append(effects, feeds_.lost(now));
  }
  call_at_.reset();
  expect_by_.reset();
  state_ = State::Calling;
  auto& call = begin(call_id);
  note_trust(message);
  append(effects, call.run(call->receive(invite, now)));
  return effects;
}

Effects MeshLeg::place_call(Time now) {
  call_at_.reset();
  state_ = State::Calling;
  auto& call = begin(context_.random.id(call_id_length));
  return call.run(call->start({.audio_sections = 1, .video_sections = video_sections_}, now));
}

AddressedCall& MeshLeg::begin(std::string call_id) {
  LOG_DEBUG(Core, "%s: call %s", who_.c_str(), call_id.c_str());
  auto& call = call_.emplace(context_, remote_, std::move(call_id));
  trust_ = CallTrust(trust_.device());
  if (unanswered_offers_ >= max_unanswered_offers) call->only_answer();
  return call;
}

/* Of a call that we never had a part in. */
Effects MeshLeg::refuse(const std::string& call_id, const std::string& reason) {
  return {SendToDevice{context_.tokens.next(),
                       remote_.address,
                       {make_envelope(context_, remote_, call_id, 0), Hangup{reason}}}};
}

Effects MeshLeg::device_trusted(Trust trust, Time now) {
  trust_.set_device(trust);
  return settle(now);
}

Effects MeshLeg::sent(std::uint64_t token, bool ok, Time now) {
  if (!call_ || call_->sent(token, ok)) return {};
  LOG_WARNING(Core, "%s: a message was lost, ending the call", who_.c_str());
  Effects effects = call_->run((*call_)->hang_up("signalling_timeout"));
  append(effects, settle(now));
  return effects;
}

Effects MeshLeg::media_changed(Time now) {
  if (!call_) return {};
  Effects effects = call_->run((*call_)->media_changed(now));
  append(effects, bring_tracks(now));
  return effects;
}

Effects MeshLeg::announce() {
  return call_ && is_listed() ? call_->run((*call_)->announce()) : Effects{};
}

/* To a peer that answers no offers in a running call: in a new call, if it is for us to
 * place one. */
Effects MeshLeg::bring_tracks(Time now) {
  if (unanswered_offers_ < max_unanswered_offers || !(*call_)->lacks_tracks()) return {};
  if (we_call()) {
    Effects effects = call_->run((*call_)->hang_up("unknown_error"));
    append(effects, settle(now));
    return effects;
  }
  if (std::exchange(told_of_missing_tracks_, true)) return {};
  return {ParticipantTrouble{
      participant_,
      {rtc::Error::Kind::Protocol,
       participant_.display_name + " does not take what is added during the call.", ""}}};
}

Effects MeshLeg::local_description(const SessionDescription& description, Time now) {
  return call_ ? call_->run((*call_)->local_description(description, now)) : Effects{};
}

Effects MeshLeg::local_candidate(const IceCandidate& candidate, Time now) {
  return call_ ? call_->run((*call_)->local_candidate(candidate, now)) : Effects{};
}

Effects MeshLeg::remote_tracks(const std::vector<rtc::RemoteTrack>& tracks, Time now) {
  if (!call_) return {};
  call_->set_tracks(tracks);
  return settle(now);
}

Effects MeshLeg::peer_state(rtc::PeerState state, Time now) {
  if (!call_) return {};
  Effects effects = call_->run((*call_)->peer_state(state, now));
  if (is_connected()) troubled_ = false;
  append(effects, settle(now));
  if (call_) append(effects, bring_tracks(now));
  return effects;
}

Effects MeshLeg::peer_failed(rtc::PeerFailure failure, const std::string& message, Time now) {
  if (!call_) return {};
  Effects effects = call_->run((*call_)->peer_failed(failure, message));
  append(effects, settle(now));
  return effects;
}

/* After the call has seen an input: what follows for the feeds and for the leg. */
Effects MeshLeg::settle(Time now) {
  if (!call_) return {};
  if ((*call_)->state() == PeerCall::State::Ended) return call_ended(now);
  if (!is_connected()) return {};
  Effects effects = feeds_.set_trust(trust_.value());
  append(effects, feeds_.update(participant_, peer(), call_->tracks(), (*call_)->remote_streams()));
  return effects;
}

Effects MeshLeg::call_ended(Time now) {
  const PeerCall::Ending ending = *(*call_)->ending();
  if (const auto since = (*call_)->connected_since(); since && now - *since >= steady_after)
    retries_ = 0;
  if ((*call_)->has_renegotiated()) unanswered_offers_ = 0;
  if (ending.cause == PeerCall::Cause::OfferUnanswered) unanswered_offers_++;
  const std::string call_id = call_->id();
  call_.reset();
  if (state_ == State::Unlisted) return {}; /* the invite is held still */
  context_.ended_calls.add(remote_.address, call_id);
  LOG_INFO(Core, "%s: call ended: %s %s", who_.c_str(), ending.reason.c_str(),
           ending.message.c_str());
  if (lapsed_) return close("expired", "");
  state_ = State::Idle;
  const bool over = ending.failure == rtc::PeerFailure::Dead ||
                    (ending.cause == PeerCall::Cause::HungUpByPeer && is_farewell(ending.reason));
  Effects effects = over ? feeds_.remove(ending.failure ? "lost" : "hangup") : feeds_.lost(now);
  if (ending.failure == rtc::PeerFailure::Fingerprint)
    append(effects, trouble(rtc::Error::Kind::Protocol,
                            "cannot prove who they are: the connection's certificate is not the "
                            "one that was promised.",
                            ending.message));
  if (ending.cause == PeerCall::Cause::AnswerIsOffer)
    video_sections_ = std::min(video_sections_ + 1, max_video_sections);
  if (!we_call()) {
    expect_by_ = now + invite_expected_within;
  } else if (retries_ >= max_retries) {
    append(effects, give_up(ending, now));
  } else {
    plan_retry(ending, now);
  }
  return effects;
}

void MeshLeg::plan_retry(const PeerCall::Ending& ending, Time now) {
  const bool by_peer = ending.cause == PeerCall::Cause::HungUpByPeer;
  const bool at_once = ending.failure == rtc::PeerFailure::IceRestart ||
                       ending.cause == PeerCall::Cause::AnswerIsOffer;
  const Time base = 1s * (1 << retries_++);
  if (by_peer && (is_farewell(ending.reason) || ending.reason == "replaced")) {
    /* Their entry is about to go, or their invite to come. If neither does, call. */
    call_at_ = now + after_farewell;
  } else {
    call_at_ = now + (at_once ? 0ms : context_.random.between(base * 3 / 4, base * 5 / 4));
  }
}

/* But for a call from time to time: what was in the way may be gone, at our end too. */
Effects MeshLeg::give_up(const PeerCall::Ending& ending, Time now) {
  state_ = State::GivenUp;
  const Time base = std::min(last_slow_retry, first_slow_retry * (1 << (retries_ - max_retries)));
  retries_ = std::min(retries_ + 1, max_retries + 8);
  call_at_ = now + context_.random.between(base, base * 5 / 4);
  return trouble(rtc::Error::Kind::Network, "cannot be reached: every call to them failed.",
                 ending.reason + " " + ending.message);
}

Effects MeshLeg::trouble(rtc::Error::Kind kind, const std::string& what,
                         const std::string& detail) {
  if (std::exchange(troubled_, true)) return {};
  LOG_WARNING(Core, "%s: %s (%s)", who_.c_str(), what.c_str(), detail.c_str());
  return {ParticipantTrouble{participant_, {kind, participant_.display_name + " " + what, detail}}};
}

Effects MeshLeg::close(const std::string& reason, const std::string& hangup) {
  if (state_ == State::Closed) return {};
  Effects effects;
  if (call_) {
    if (is_listed()) context_.ended_calls.add(remote_.address, call_->id());
    effects = call_->run(hangup.empty() ? (*call_)->drop() : (*call_)->hang_up(hangup));
  }
  call_.reset();
  append(effects, feeds_.remove(reason));
  if (is_listed()) {
    LOG_INFO(Core, "%s: left the call: %s", who_.c_str(), reason.c_str());
    effects.push_back(ParticipantLeft{participant_, reason});
  }
  for (size_t i = 0; i < held_.size(); i++) drop("sender has no entry in the call");
  held_.clear();
  state_ = State::Closed;
  return effects;
}

Effects MeshLeg::on_timeout(Time now) {
  if (state_ == State::Closed) return {};
  if (gone_at_ && now >= *gone_at_) return close("left", "user_hangup");
  Effects effects;
  if (entry_ && !lapsed_ && now >= entry_->expires_ts) {
    lapsed_ = true;
    if (!is_connected()) return close("expired", "user_hangup");
  }
  for (const auto& message : sequencer_.on_timeout(now)) append(effects, deliver(message, now));
  if (call_) {
    append(effects, call_->run((*call_)->on_timeout(now)));
    append(effects, settle(now));
  }
  append(effects, feeds_.on_timeout(now));
  if (state_ != State::Closed) append(effects, on_call_due(now));
  return effects;
}

Effects MeshLeg::on_call_due(Time now) {
  const bool call = call_at_ && now >= *call_at_;
  const bool missed = expect_by_ && now >= *expect_by_;
  if (call) call_at_.reset();
  if (missed) expect_by_.reset();
  if (call_) return {}; /* they were first */
  if (call) return place_call(now);
  if (!missed) return {};
  return trouble(rtc::Error::Kind::Network, "is in the call but does not call us.", "");
}

std::optional<Time> MeshLeg::next_deadline() const {
  if (state_ == State::Closed) return std::nullopt;
  std::optional<Time> next;
  const auto lapses = entry_ && !lapsed_ ? std::optional<Time>(entry_->expires_ts) : std::nullopt;
  for (const auto& at : {gone_at_, lapses, sequencer_.next_deadline(), feeds_.next_deadline(),
                         call_ ? (*call_)->next_deadline() : std::nullopt, call_at_, expect_by_})
    if (at && (!next || *at < *next)) next = at;
  return next;
}

void MeshLeg::drop(const char* why) {
  context_.dropped[why]++;
  LOG_DEBUG(Core, "%s: message dropped: %s", who_.c_str(), why);
}

}  // namespace matrix
