/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/call_controller.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "plugin/messages.h"

namespace matrixcall {
namespace {

/* The session promises its last report within 2.5 s. */
constexpr std::chrono::seconds farewell_limit{3};

/* What is not live is held back for those who were in the call so long at most. */
constexpr std::chrono::seconds ready_limit{10};

CallState state_of(matrix::SessionState state) {
  switch (state) {
    case matrix::SessionState::Connecting:
      return CallState::Connecting;
    case matrix::SessionState::Joining:
      return CallState::Joining;
    case matrix::SessionState::Joined:
      return CallState::Joined;
    case matrix::SessionState::Leaving:
      return CallState::Leaving;
    case matrix::SessionState::Ended:
      return CallState::Ended;
  }
  return CallState::Ended;
}

bool same_device(const matrix::Participant& a, const matrix::Participant& b) {
  return a.user_id == b.user_id && a.device_id == b.device_id;
}

}  // namespace

CallController::CallController(GstElement* element, rtc::Loop& loop, Settings settings,
                               matrix::SessionConfig config, Owner owner)
    : element_(element),
      loop_(loop),
      settings_(std::move(settings)),
      config_(std::move(config)),
      owner_(std::move(owner)),
      transport_(std::make_unique<media::Transport>(
          loop, media::Transport::Settings{.latency_ms = settings_.latency_ms})),
      send_(loop, *transport_, settings_.send, track_owner()),
      pads_(element, loop, *transport_, settings_) {}

CallController::~CallController() = default;

SendTracks::Owner CallController::track_owner() {
  return {
      .on_tracks =
          [this](const std::vector<matrix::LocalSource>& tracks) {
            if (session_) session_->set_local_tracks(tracks);
          },
      .on_muted =
          [this](rtc::TrackSource source, bool muted) {
            if (session_) session_->set_muted(source, muted);
          },
      .on_all_ended = [this] { all_ended(); },
      .on_trouble =
          [this](const std::string& message) {
            post_warning(element_, {rtc::Error::Kind::Media, message, ""});
          },
      .on_encoder = owner_.on_encoder,
  };
}

void CallController::start() {
  loop_.post([this] { start_session(); });
}

void CallController::start_session() {
  transport_->set_trouble_handler(
      [this](rtc::PeerId peer, const std::string&, const std::string& message) {
        const auto* who = session_ ? session_->participant_of(peer) : nullptr;
        post_warning_of(element_, who, {rtc::Error::Kind::Media, message, ""});
      });
  transport_->set_verified_handler([this] { check_ready(); });
  policy_ = std::make_unique<LeavePolicy>(loop_, settings_,
                                          [this](const std::string& reason) { leave_for(reason); });
  matrix::Session::Observer& observer = *this;
  session_ = std::make_unique<matrix::Session>(loop_, config_, *transport_, observer);
  session_->set_local_tracks(send_.tracks());
  session_->start();
}

void CallController::set_sending(rtc::TrackSource source, bool sending) {
  loop_.post([this, source, sending] { send_.set_present(source, sending); });
}

void CallController::set_mute(rtc::TrackSource source, bool mute) {
  loop_.post([this, source, mute] { send_.set_mute(source, mute); });
}

void CallController::set_bitrate_range(unsigned minimum, unsigned maximum) {
  loop_.post([this, minimum, maximum] { send_.set_bitrate_range(minimum, maximum); });
}

/* The streams of all send pads have ended. */
void CallController::all_ended() {
  switch (settings_.send.leave_on_eos) {
    case LeaveOnEos::Auto:
      if (!owner_.is_watched()) leave_for("eos");
      return;
    case LeaveOnEos::Always:
      return leave_for("eos");
    case LeaveOnEos::Never:
      return;
  }
}

/* Whether what is not live may begin. */
void CallController::check_ready() {
  if (!joined_ || !ready_timer_.is_running()) return;
  if (transport_->verified_count() < status_.participants.size()) return;
  ready_timer_ = {};
  send_.ready();
}

void CallController::set_playing(bool playing) {
  loop_.post([this, playing] {
    transport_->set_watchdog_suspended(!playing);
    send_.set_playing(playing);
    pads_.set_playing(playing);
  });
}

void CallController::set_latency(unsigned latency_ms) {
  loop_.post([this, latency_ms] {
    transport_->set_latency(latency_ms);
    pads_.set_latency(latency_ms);
    gst_element_post_message(element_, gst_message_new_latency(GST_OBJECT(element_)));
  });
}

void CallController::set_muted_output(media::MutedOutput output) {
  loop_.post([this, output] { pads_.set_muted_output(output); });
}

void CallController::leave() {
  loop_.post([this] { leave_for("left"); });
}

void CallController::leave_for(const std::string& reason) {
  if (reason_.empty()) reason_ = reason;
  leaving_ = true;
  end_streams(reason);
  session_->leave();
}

void CallController::abandon() {
  loop_.post([this] {
    leaving_ = true;
    abandoned_ = true;
    pads_.close();
    session_->leave();
  });
}

void CallController::end_streams(const std::string& reason) {
  if (abandoned_) return;
  pads_.end_all(reason, true, [this] {
    gst_element_post_message(element_, gst_message_new_eos(GST_OBJECT(element_)));
  });
}

void CallController::stop() {
  ended_promise_.get_future().wait_for(farewell_limit);
  loop_.run_sync([this] {
    pads_.close();
    policy_.reset();
    ready_timer_ = {};
    session_.reset();
  });
  send_.detach();
  pads_.release();
  transport_.reset();
  loop_.run_sync([this] {
    status_ = {};
    owner_.show(status_);
  });
}

void CallController::on_session_state(matrix::SessionState state) {
  status_.state = state_of(state);
  owner_.show(status_);
  post_state(element_, {status_.state, room_id_, call_id_, reason_});
  if (state == matrix::SessionState::Ended && !std::exchange(ended_, true))
    ended_promise_.set_value();
}

void CallController::on_report(const matrix::Report& news) {
  std::visit([this](const auto& kind) { report(kind); }, news);
}

void CallController::report(const matrix::ParticipantJoined& news) {
  status_.participants.push_back(news.participant);
  roster_.joined(news.participant, g_get_real_time());
  pads_.set_roster(roster_.entries());
  policy_->set_participants(status_.participants.size());
  owner_.show(status_);
  post_participant(element_, "joined", news.participant, "");
}

void CallController::report(const matrix::ParticipantChanged& news) {
  for (auto& participant : status_.participants) {
    if (same_device(participant, news.participant)) participant = news.participant;
  }
  pads_.rename(news.participant);
  roster_.changed(news.participant);
  pads_.set_roster(roster_.entries());
  owner_.show(status_);
  post_participant(element_, "changed", news.participant, "");
}

void CallController::report(const matrix::ParticipantLeft& news) {
  std::erase_if(status_.participants, [&](const auto& participant) {
    return same_device(participant, news.participant) &&
           participant.session_id == news.participant.session_id;
  });
  roster_.left(news.participant);
  pads_.set_roster(roster_.entries());
  policy_->set_participants(status_.participants.size());
  check_ready();
  owner_.show(status_);
  post_participant(element_, "left", news.participant, news.reason);
}

void CallController::report(const matrix::ParticipantTrouble& news) {
  post_warning(element_, news.error);
}

void CallController::report(const matrix::CallTrouble& news) {
  post_warning(element_, news.error);
}

void CallController::report(const matrix::CallJoined& news) {
  room_id_ = news.room_id;
  call_id_ = news.call_id;
  pads_.set_call(news.room_id, news.call_id);
  policy_->joined();
  joined_ = true;
  ready_timer_ = loop_.after(ready_limit, [this] { send_.ready(); });
  /* Who is there comes right behind. */
  loop_.post([this] { check_ready(); });
}

void CallController::report(const matrix::CallEnded& news) {
  if (reason_.empty()) reason_ = news.reason;
  if (leaving_ || !news.error) return end_streams(news.reason);
  post_error(element_, *news.error);
  pads_.end_all(news.reason, false, nullptr);
}

glib::Unique<GstStructure> CallController::counters() const {
  glib::Unique<GstStructure> dropped(gst_structure_new_empty("dropped"));
  for (const auto& [why, count] : session_->dropped())
    gst_structure_set(dropped.get(), why.c_str(), G_TYPE_UINT64, guint64{count}, nullptr);
  return glib::Unique<GstStructure>(
      gst_structure_new("matrixcall-stats", "dropped", GST_TYPE_STRUCTURE, dropped.get(), nullptr));
}

void CallController::get_stats(StatsHandler reply) {
  loop_.post([this, reply = std::move(reply)] {
    auto stats = std::make_shared<glib::Unique<GstStructure>>(counters());
    transport_->get_stats([reply, stats](glib::Unique<GstStructure> peers) {
      gst_structure_set(stats->get(), "peers", GST_TYPE_STRUCTURE, peers.get(), nullptr);
      reply(std::move(*stats));
    });
  });
}

}  // namespace matrixcall
