/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/call.h"

#include <set>
#include <utility>

#include "signalling/base/log.h"
#include "signalling/core/conference_glare.h"
#include "signalling/core/membership.h"
#include "signalling/core/mesh.h"
#include "signalling/core/room_state.h"

namespace matrix {

namespace {

using Kind = rtc::Error::Kind;
using namespace std::chrono_literals;

constexpr size_t conference_id_length = 24;
constexpr size_t session_id_length = 16;
constexpr Time create_retry = 5s;
constexpr Time announce_delay = 100ms;
constexpr Time entry_removed_within = 2s;
constexpr Time goodbyes_sent_within = 2500ms;

/* Whether asking again may help. */
bool is_passing(Kind kind) {
  switch (kind) {
    case Kind::Denied:
    case Kind::Auth:
    case Kind::NotFound:
    case Kind::Settings:
      return false;
    case Kind::Network:
    case Kind::Tls:
    case Kind::RateLimit:
    case Kind::Protocol:
    case Kind::Busy:
    case Kind::Media:
    case Kind::Cancelled:
      return true;
  }
  return true;
}

}  // namespace

/* Leaving has two steps: our entry's removal is answered (leaving_entry_), then the
 * goodbyes are (awaited_). The order matters: a peer that hears a goodbye while the entry
 * is still there calls again. */
struct Call::Impl {
  explicit Impl(CallConfig call_config)
      : config(std::move(call_config)),
        own{config.user_id, config.device_id},
        who(config.user_id + "/" + config.device_id),
        random(config.seed),
        session_id(random.id(session_id_length)) {}

  Effects choose(Time now);
  Effects create(Time now);
  Effects created(const rtc::Result<void>& result, Time now);
  Effects join(const std::string& id, Time now);
  Effects review(Time now);
  Effects move(const std::string& id, Time now);
  Effects media_changed(bool tracks, Time now);
  Effects after_membership(Effects effects, Time now);
  Effects begin_leaving(const std::string& reason, std::optional<rtc::Error> error,
                        bool remove_entry, Time now);
  Effects say_goodbye();
  Effects await(Effects effects);
  Effects end();
  bool in_call() const { return mesh && (state == State::Joining || state == State::Joined); }

  const CallConfig config;
  const Address own;
  const std::string who; /* for the log */
  Random random;
  Tokens tokens;
  FeedNumbers feed_numbers;
  rtc::PeerId last_peer = 0;
  EndedCalls ended_calls;
  Counters dropped;
  const std::string session_id;

  State state = State::Syncing;
  RoomState room;
  std::string conf_id;
  std::optional<Membership> membership;
  std::optional<Mesh> mesh;

  std::uint64_t creating = 0; /* token of the conference's write */
  std::optional<Time> create_at;
  bool seen = false; /* the room has the conference */
  ConferenceGlare glare{room, own};

  LocalMedia media;
  std::optional<Time> announce_at; /* what is muted: all changes at once, to everybody */

  bool leaving_entry = false;
  std::optional<Time> entry_removed_by;
  std::optional<Time> end_by;
  std::set<std::uint64_t> awaited;
  std::string reason;
  std::optional<rtc::Error> error;
};

Effects Call::Impl::choose(Time now) {
  if (const Conference* found = room.find_conference(now, config.call_id))
    return join(found->id, now);
  if (config.create) return create(now);
  Membership leftovers(own, session_id, room, random, tokens);
  Effects effects = leftovers.clean_up(now);
  state = State::Leaving;
  reason = "no-call";
  error = {Kind::NotFound, "There is no call in this room; set create=true to start one.", ""};
  end_by = now + entry_removed_within;
  return await(std::move(effects));
}

Effects Call::Impl::create(Time now) {
  state = State::Joining;
  create_at.reset();
  if (const Conference* found = room.find_conference(now, config.call_id))
    return join(found->id, now);
  if (conf_id.empty())
    conf_id = config.call_id.empty() ? random.id(conference_id_length) : config.call_id;
  creating = tokens.next();
  LOG_INFO(Core, "%s: starting conference %s", who.c_str(), conf_id.c_str());
  return {SendState{creating, call_event_type, conf_id,
                    write_conference({.intent = config.intent}, conference_name)}};
}

Effects Call::Impl::created(const rtc::Result<void>& result, Time now) {
  creating = 0;
  if (state != State::Joining) return {};
  if (result.ok()) {
    glare.started(conf_id);
    return join(conf_id, now);
  }
  const rtc::Error& why = result.error();
  if (is_passing(why.kind)) {
    LOG_WARNING(Core, "%s: conference not started yet: %s", who.c_str(), why.message.c_str());
    create_at = now + create_retry;
    return {};
  }
  const bool denied = why.kind == Kind::Denied;
  return begin_leaving("failed",
                       denied ? state_refused(room, own.user_id, call_event_type, why.detail) : why,
                       false, now);
}

/* The first calls go out beside our entry: who has not seen it yet keeps them until then. */
Effects Call::Impl::join(const std::string& id, Time now) {
  state = State::Joining;
  conf_id = id;
  seen = room.conference(id) != nullptr;
  membership.emplace(own, session_id, room, random, tokens);
  membership->set_screenshare(media.shares_screen(), now);
  mesh.emplace(MeshContext{own, session_id, conf_id, media, config.selection, random, tokens,
                           feed_numbers, last_peer, ended_calls, dropped},
               MeshLimits{config.max_participants, config.max_devices_per_user}, room);
  Effects effects = membership->publish(id, now);
  append(effects, mesh->room_changed(now));
  return after_membership(std::move(effects), now);
}

/* The room has changed while we are in the call. */
Effects Call::Impl::review(Time now) {
  const bool there = room.conference(conf_id) != nullptr;
  if (seen && !there) return begin_leaving("terminated", std::nullopt, true, now);
  seen = there;
  if (config.call_id.empty()) glare.room_changed(conf_id, now);
  membership->room_changed(now);
  Effects effects = mesh->room_changed(now);
  append(effects, glare.clean_up(conf_id, tokens, now));
  return effects;
}

/* To another conference, which everybody of this one goes to as well. */
Effects Call::Impl::move(const std::string& id, Time now) {
  LOG_INFO(Core, "%s: moving to conference %s", who.c_str(), id.c_str());
  Effects effects = mesh->close("call-ended");
  append(effects, join(id, now));
  append(effects, glare.clean_up(conf_id, tokens, now));
  return effects;
}

Effects Call::Impl::media_changed(bool tracks, Time now) {
  if (!in_call()) return {};
  if (!announce_at) announce_at = now + announce_delay;
  membership->set_screenshare(media.shares_screen(), now);
  return tracks ? mesh->media_changed(now) : Effects{};
}

/* @effects, and what follows from the state that membership is in now. */
Effects Call::Impl::after_membership(Effects effects, Time now) {
  if (state == State::Joining && membership->state() == Membership::State::Published) {
    state = State::Joined;
    effects.push_back(CallJoined{config.room_id, conf_id});
  }
  if (in_call() && membership->state() == Membership::State::Failed)
    append(effects, begin_leaving("failed", membership->error(), false, now));
  return effects;
}

Effects Call::Impl::begin_leaving(const std::string& why, std::optional<rtc::Error> failure,
                                  bool remove_entry, Time now) {
  state = State::Leaving;
  LOG_INFO(Core, "%s: leaving: %s", who.c_str(), why.c_str());
  reason = why;
  error = std::move(failure);
  end_by = now + goodbyes_sent_within;
  if (!membership || !remove_entry) return say_goodbye();
  Effects effects = membership->leave(now);
  leaving_entry = membership->state() == Membership::State::Leaving;
  if (!leaving_entry) {
    append(effects, say_goodbye());
  } else {
    entry_removed_by = now + entry_removed_within;
  }
  return effects;
}

Effects Call::Impl::say_goodbye() {
  leaving_entry = false;
  entry_removed_by.reset();
  return await(mesh ? mesh->close("call-ended") : Effects{});
}

/* @effects; the call ends when the server has taken what they send. */
Effects Call::Impl::await(Effects effects) {
  for (const auto& effect : effects) {
    if (const auto* message = std::get_if<SendToDevice>(&effect)) awaited.insert(message->token);
    if (const auto* event = std::get_if<SendState>(&effect)) awaited.insert(event->token);
  }
  if (awaited.empty()) append(effects, end());
  return effects;
}

Effects Call::Impl::end() {
  state = State::Ended;
  LOG_INFO(Core, "%s: ended: %s", who.c_str(), reason.c_str());
  return {CallEnded{reason, error}};
}

Call::Call(CallConfig config) : impl_(std::make_unique<Impl>(std::move(config))) {}
Call::~Call() = default;

Effects Call::room_event(const RoomEvent& event, Time now) {
  const bool changed = impl_->room.apply(event);
  return changed && impl_->in_call() ? impl_->review(now) : Effects{};
}

Effects Call::synced(Time now) {
  return impl_->state == State::Syncing ? impl_->choose(now) : Effects{};
}

Effects Call::removed_from_room(Time now) {
  if (impl_->state == State::Leaving || impl_->state == State::Ended) return {};
  return impl_->begin_leaving("removed-from-room", std::nullopt, false, now);
}

Effects Call::to_device(const std::string& sender, std::string_view type, const Json& content,
                        Trust trust, Time now) {
  if (!impl_->in_call() || !is_call_message_type(type)) return {};
  if (auto message = read_call_message(type, content)) {
    message->trust = trust;
    return impl_->mesh->receive(sender, std::move(*message), now);
  }
  impl_->dropped["malformed"]++;
  LOG_DEBUG(Core, "%s: malformed %.*s dropped", sender.c_str(), static_cast<int>(type.size()),
            type.data());
  return {};
}

Effects Call::device_trusted(const Address& device, Trust trust, Time now) {
  return impl_->in_call() ? impl_->mesh->device_trusted(device, trust, now) : Effects{};
}

Effects Call::sent(std::uint64_t token, const rtc::Result<void>& result, Time now) {
  if (token == 0) return {};
  if (token == impl_->creating) return impl_->created(result, now);
  Effects effects;
  if (impl_->membership) effects = impl_->membership->sent(token, result, now);
  if (impl_->in_call()) {
    append(effects, impl_->mesh->sent(token, result.ok(), now));
    return impl_->after_membership(std::move(effects), now);
  }
  if (impl_->state != State::Leaving) return effects;
  if (impl_->leaving_entry && impl_->membership->state() == Membership::State::Left) {
    append(effects, impl_->say_goodbye());
  } else if (impl_->awaited.erase(token) > 0 && impl_->awaited.empty()) {
    append(effects, impl_->end());
  }
  return effects;
}

Effects Call::local_description(rtc::PeerId peer, const SessionDescription& description, Time now) {
  return impl_->in_call() ? impl_->mesh->local_description(peer, description, now) : Effects{};
}

Effects Call::local_candidate(rtc::PeerId peer, const IceCandidate& candidate, Time now) {
  return impl_->in_call() ? impl_->mesh->local_candidate(peer, candidate, now) : Effects{};
}

Effects Call::remote_tracks(rtc::PeerId peer, const std::vector<rtc::RemoteTrack>& tracks,
                            Time now) {
  return impl_->in_call() ? impl_->mesh->remote_tracks(peer, tracks, now) : Effects{};
}

Effects Call::peer_state(rtc::PeerId peer, rtc::PeerState state, Time now) {
  return impl_->in_call() ? impl_->mesh->peer_state(peer, state, now) : Effects{};
}

Effects Call::peer_failed(rtc::PeerId peer, rtc::PeerFailure failure, const std::string& message,
                          Time now) {
  return impl_->in_call() ? impl_->mesh->peer_failed(peer, failure, message, now) : Effects{};
}

Effects Call::set_local_tracks(const std::vector<LocalSource>& tracks, Time now) {
  return impl_->media.set_tracks(tracks) ? impl_->media_changed(true, now) : Effects{};
}

Effects Call::set_muted(TrackSource source, bool muted, Time now) {
  return impl_->media.set_muted(source, muted) ? impl_->media_changed(false, now) : Effects{};
}

Effects Call::leave(Time now) {
  if (impl_->state == State::Leaving || impl_->state == State::Ended) return {};
  return impl_->begin_leaving("left", std::nullopt, true, now);
}

Effects Call::on_timeout(Time now) {
  Impl& impl = *impl_;
  if (impl.state == State::Leaving) {
    if (impl.end_by && now >= *impl.end_by) {
      Effects effects = impl.leaving_entry ? impl.say_goodbye() : Effects{};
      if (impl.state != State::Ended) append(effects, impl.end());
      return effects;
    }
    const bool late = impl.entry_removed_by && now >= *impl.entry_removed_by;
    return late ? impl.say_goodbye() : Effects{};
  }
  if (impl.create_at && now >= *impl.create_at) return impl.create(now);
  if (!impl.in_call()) return {};
  Effects effects = impl.membership->on_timeout(now);
  effects = impl.after_membership(std::move(effects), now);
  if (impl.in_call()) append(effects, impl.mesh->on_timeout(now));
  if (!impl.in_call()) return effects;
  if (impl.announce_at && now >= *impl.announce_at) {
    impl.announce_at.reset();
    append(effects, impl.mesh->announce());
  }
  if (const auto better = impl.glare.on_timeout(impl.conf_id, now))
    append(effects, impl.move(*better, now));
  return effects;
}

std::optional<Time> Call::next_deadline() const {
  const Impl& impl = *impl_;
  std::optional<Time> next;
  const auto consider = [&](const std::optional<Time>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (impl.state == State::Leaving) {
    consider(impl.end_by);
    consider(impl.entry_removed_by);
  } else if (impl.in_call()) {
    consider(impl.membership->next_deadline());
    consider(impl.mesh->next_deadline());
    consider(impl.glare.next_deadline());
    consider(impl.announce_at);
  } else if (impl.state == State::Joining) {
    consider(impl.create_at);
  }
  return next;
}

Call::State Call::state() const {
  return impl_->state;
}

const std::string& Call::call_id() const {
  return impl_->conf_id;
}

const Participant* Call::participant_of(rtc::PeerId peer) const {
  return impl_->mesh ? impl_->mesh->participant_of(peer) : nullptr;
}

const Counters& Call::dropped() const {
  return impl_->dropped;
}

}  // namespace matrix
