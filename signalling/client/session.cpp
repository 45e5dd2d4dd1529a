/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/session.h"

#include <algorithm>

#include "signalling/base/log.h"
#include "signalling/client/call_driver.h"
#include "signalling/client/call_records.h"
#include "signalling/client/entrance.h"
#include "signalling/client/sync.h"
#include "signalling/client/system_entropy.h"

namespace matrix {
namespace {

using std::chrono::milliseconds;
using Kind = rtc::Error::Kind;

constexpr milliseconds leave_limit{2500};
constexpr milliseconds sync_limit{30000};
constexpr milliseconds keys_limit{30000};
constexpr unsigned first_sync_attempts = 5;

const char* name_of(SessionState state) {
  switch (state) {
    case SessionState::Connecting:
      return "connecting";
    case SessionState::Joining:
      return "joining";
    case SessionState::Joined:
      return "joined";
    case SessionState::Leaving:
      return "leaving";
    case SessionState::Ended:
      return "ended";
  }
  return "?";
}

}  // namespace

/* How it goes: Entrance brings the token, the room and our identity; meanwhile the sync
 * and the TURN servers are on their way. The identity opens the store, which a sync that goes
 * on from an earlier one waits for, and our keys are published. With all of that there, the
 * call begins, and what the sync brought is handed in. The end comes in three steps: the call says
 * goodbye; a device that we logged in is logged out; the last report. */
class Session::Impl final : public Entrance::Observer,
                            public Sync::Observer,
                            public Encryption::Observer {
 public:
  Impl(rtc::Loop& loop, SessionConfig config, rtc::PeerConnectionFactory& factory,
       Session::Observer& observer)
      : loop_(loop), config_(std::move(config)), factory_(factory), observer_(observer) {}

  void start();
  void set_local_tracks(const std::vector<LocalSource>& tracks);
  void set_muted(TrackSource source, bool muted);
  void leave() { end(std::nullopt); }
  Counters dropped() const;
  const Participant* participant_of(rtc::PeerId peer) const {
    return call_ ? call_->participant_of(peer) : nullptr;
  }

 private:
  void on_token() override;
  void on_room(const std::string& room_id) override;
  void on_identity(const Login& login, bool is_new) override;
  void on_entered(const Login& login, const std::string& room_id) override;
  void on_entrance_failed(const rtc::Error& error) override;

  void on_sync(const SyncBatch& batch) override;
  void on_sync_failed(const rtc::Error& error, unsigned attempts) override;
  void on_sync_lost() override {
    if (encryption_) encryption_->lost_track();
  }

  void on_keys_published() override { begin(); }
  void on_keys_found() override;
  void on_late_message(const ToDeviceEvent& event) override;
  void on_device_refused(const Address& device, const rtc::Error& error) override;
  void on_message_wanted(const Address& to, const char* type) override;
  void on_encryption_trouble(const rtc::Error& error) override { reported(CallTrouble{error}); }
  void on_encryption_failed(const rtc::Error& error) override { end(error); }

  void start_sync();
  void begin();
  void hand_in_held();
  void hand_in(const SyncBatch& batch);
  void reported(const Report& report);
  void set_state(SessionState state);
  void end(std::optional<rtc::Error> failure);
  void call_ended(CallEnded ended);
  void log_out();
  void release_call();
  void conclude();

  rtc::Loop& loop_;
  SessionConfig config_;
  rtc::PeerConnectionFactory& factory_;
  Session::Observer& observer_;

  std::unique_ptr<MatrixClient> client_;
  std::unique_ptr<Entrance> entrance_;
  std::unique_ptr<IceServers> ice_servers_;
  std::unique_ptr<Encryption> encryption_;
  std::unique_ptr<CallRecords> records_;
  std::unique_ptr<Sync> sync_;
  std::unique_ptr<CallDriver> call_;
  std::string sync_room_;              /* known to be one that can be followed */
  std::vector<SyncBatch> undecrypted_; /* came before the identity */

  std::optional<SessionState> state_; /* nothing: not started */
  Login login_;
  std::string room_id_; /* once we are in it */
  bool ice_settled_ = false;
  bool synced_ = false;
  std::vector<SyncBatch> held_; /* until there is a call, and the room's state */
  std::vector<LocalSource> local_tracks_;

  rtc::Loop::Timer sync_timer_;
  rtc::Loop::Timer keys_timer_;

  bool ending_ = false;
  Counters dropped_; /* of a call that is over */
  std::optional<rtc::Error> failure_;
  std::optional<CallEnded> ended_;
  rtc::Loop::Timer limit_timer_;
  rtc::Loop::Timer end_timer_;
  MatrixClient::Pending logout_;
};

void Session::Impl::start() {
  if (state_) return;
  set_state(SessionState::Connecting);
  if (const auto checked = Entrance::check(config_); !checked.ok()) return end(checked.error());
  auto client = MatrixClient::create(loop_, config_.homeserver, config_.ca_file);
  if (!client.ok()) return end(client.error());
  client_ = std::move(*client);
  ice_servers_ = std::make_unique<IceServers>(loop_, *client_, config_.ice_servers, [this] {
    ice_settled_ = true;
    begin();
  });
  if (config_.access_token.empty() && !config_.store.empty() && config_.device_id.empty())
    config_.device_id = find_own_device(config_.store, config_.user_id);
  entrance_ = std::make_unique<Entrance>(loop_, *client_, config_, *this);
  entrance_->start();
}

void Session::Impl::on_token() {
  if (ended_) return log_out();
  if (ending_) return;
  ice_servers_->start();
}

void Session::Impl::on_room(const std::string& room_id) {
  sync_room_ = room_id;
  start_sync();
}

/* A store tells where to go on, and must be there before the server forgets a message. */
void Session::Impl::start_sync() {
  const bool waits = !config_.store.empty() && !encryption_;
  if (ending_ || sync_ || sync_room_.empty() || waits) return;
  const std::string position = encryption_ ? encryption_->store().position() : "";
  sync_ = std::make_unique<Sync>(loop_, *client_, sync_room_, position, *this);
  sync_->start();
}

void Session::Impl::on_identity(const Login& login, bool is_new) {
  if (ending_ || encryption_) return;
  const Address own{login.user_id, login.device_id};
  auto store = Store::open({config_.store, config_.store_key_file}, own, system_entropy);
  if (!store) return end(store.error());
  if (is_new && !config_.store.empty()) mark_own_device(config_.store, own);
  const Encryption::Setting setting{own, config_.trust, is_new, config_.recovery_key};
  auto encryption =
      Encryption::create(loop_, *client_, std::move(*store), setting, system_entropy, *this);
  if (!encryption) return end(encryption.error());
  encryption_ = std::move(*encryption);
  keys_timer_ = loop_.after(keys_limit, [this] {
    if (!encryption_->is_ready())
      end(rtc::Error{Kind::Network, "The homeserver does not take our encryption keys.", {}});
  });
  records_ = std::make_unique<CallRecords>(*client_, encryption_->store(), own);
  encryption_->start();
  start_sync();
  for (auto& batch : undecrypted_) {
    encryption_->receive(batch);
    held_.push_back(std::move(batch));
  }
  undecrypted_.clear();
}

void Session::Impl::on_entered(const Login& login, const std::string& room_id) {
  login_ = login;
  room_id_ = room_id;
  begin();
}

void Session::Impl::on_entrance_failed(const rtc::Error& error) {
  if (ended_) return conclude();
  end(error);
}

void Session::Impl::begin() {
  const bool ready = encryption_ && encryption_->is_ready();
  if (ending_ || call_ || room_id_.empty() || !ice_settled_ || !ready) return;
  CallConfig config{.user_id = login_.user_id,
                    .device_id = login_.device_id,
                    .room_id = room_id_,
                    .call_id = config_.call_id,
                    .create = config_.create,
                    .intent = config_.intent,
                    .max_participants = config_.max_participants,
                    .max_devices_per_user = config_.max_devices_per_user,
                    .selection = config_.selection};
  system_entropy({reinterpret_cast<std::uint8_t*>(config.seed.data()), sizeof config.seed});
  call_ = std::make_unique<CallDriver>(
      CallDriver::Surroundings{loop_, *client_, factory_, *ice_servers_, *encryption_,
                               config_.relay_only},
      std::move(config), [this](const Report& report) { reported(report); });
  call_->set_local_tracks(local_tracks_);
  records_->clean_up(room_id_);
  set_state(SessionState::Joining);
  sync_timer_ = loop_.after(sync_limit, [this] {
    end(rtc::Error{Kind::Network, "The homeserver does not tell what is in the room.", {}});
  });
  hand_in_held();
}

void Session::Impl::on_sync(const SyncBatch& received) {
  if (ended_) return;
  SyncBatch batch = received;
  if (encryption_) encryption_->receive(batch);
  if (synced_) return hand_in(batch);
  (encryption_ ? held_ : undecrypted_).push_back(batch);
  entrance_->synced(batch.in_room);
  hand_in_held();
}

void Session::Impl::on_keys_found() {
  if (call_) call_->keys_found();
}

void Session::Impl::on_late_message(const ToDeviceEvent& event) {
  SyncBatch batch;
  batch.to_device.push_back(event);
  if (synced_) return hand_in(batch);
  held_.push_back(std::move(batch));
}

void Session::Impl::on_device_refused(const Address& device, const rtc::Error& error) {
  if (call_) call_->refused(device, error);
}

void Session::Impl::on_message_wanted(const Address& to, const char* type) {
  if (call_) call_->send(to, type);
}

void Session::Impl::on_sync_failed(const rtc::Error& error, unsigned attempts) {
  if (error.kind == Kind::Auth || (!synced_ && attempts >= first_sync_attempts)) end(error);
}

/* Messages wait for the room's state, without which nobody knows whose they are. */
void Session::Impl::hand_in_held() {
  const bool has_state =
      std::any_of(held_.begin(), held_.end(), [](const SyncBatch& batch) { return batch.in_room; });
  if (!call_ || !has_state) return;
  for (const auto& batch : std::exchange(held_, {})) hand_in(batch);
}

void Session::Impl::hand_in(const SyncBatch& batch) {
  if (batch.encrypts_room()) encryption_->set_room_encrypted();
  const bool first = batch.in_room && !std::exchange(synced_, true);
  if (first) sync_timer_ = {};
  call_->hand_in(batch, first);
  if (!ended_ && call_->state() == Call::State::Leaving) set_state(SessionState::Leaving);
}

void Session::Impl::set_local_tracks(const std::vector<LocalSource>& tracks) {
  local_tracks_ = tracks;
  if (call_) call_->set_local_tracks(tracks);
}

void Session::Impl::set_muted(TrackSource source, bool muted) {
  for (auto& track : local_tracks_)
    if (track.source == source) track.muted = muted;
  if (call_) call_->set_muted(source, muted);
}

void Session::Impl::reported(const Report& report) {
  if (ended_) return;
  records_->report(report);
  if (const auto* ended = std::get_if<CallEnded>(&report)) return call_ended(*ended);
  if (std::holds_alternative<CallJoined>(report)) set_state(SessionState::Joined);
  observer_.on_report(report);
}

void Session::Impl::set_state(SessionState state) {
  if (state_ && *state_ >= state) return;
  LOG_INFO(Client, "%s: %s", client_ ? client_->who().c_str() : "?", name_of(state));
  state_ = state;
  observer_.on_session_state(state);
}

/* Leaves, because of @failure or because it is wanted. */
void Session::Impl::end(std::optional<rtc::Error> failure) {
  if (!state_ || std::exchange(ending_, true)) return;
  if (failure)
    LOG_ERROR(Client, "%s: %s (%s)", client_ ? client_->who().c_str() : "?",
              failure->message.c_str(), failure->detail.c_str());
  failure_ = std::move(failure);
  limit_timer_ = loop_.after(leave_limit, [this] { conclude(); });
  if (entrance_) entrance_->stop();
  set_state(SessionState::Leaving);
  if (!call_) return call_ended({.reason = "left", .error = std::nullopt});
  call_->leave();
}

/* Not to be gone on with at once: whoever called may be about to be destroyed. */
void Session::Impl::call_ended(CallEnded ended) {
  if (ended_) return;
  if (failure_) ended = {.reason = "failed", .error = failure_};
  ended_ = std::move(ended);
  if (!std::exchange(ending_, true))
    limit_timer_ = loop_.after(leave_limit, [this] { conclude(); });
  sync_timer_ = {};
  if (entrance_) entrance_->stop();
  set_state(SessionState::Leaving);
  end_timer_ = loop_.after(milliseconds(0), [this] { log_out(); });
}

void Session::Impl::log_out() {
  release_call();
  if (entrance_ && entrance_->logging_in()) return; /* on_token() goes on */
  if (!entrance_ || !entrance_->owns_device()) return conclude();
  logout_ = client_->logout([this](const HttpReply&) { conclude(); });
}

Counters Session::Impl::dropped() const {
  Counters all = call_ ? call_->dropped() : dropped_;
  if (call_ && encryption_)
    for (const auto& [why, number] : encryption_->dropped()) all[why] += number;
  return all;
}

void Session::Impl::release_call() {
  dropped_ = dropped();
  sync_.reset();
  call_.reset();
}

void Session::Impl::conclude() {
  if (state_ == SessionState::Ended) return;
  if (!ended_) ended_ = {.reason = failure_ ? "failed" : "left", .error = failure_};
  limit_timer_ = {};
  sync_timer_ = {};
  keys_timer_ = {};
  logout_ = {};
  end_timer_ = loop_.after(milliseconds(0), [this] {
    entrance_.reset();
    release_call();
    records_.reset();
    encryption_.reset();
  });
  observer_.on_report(*ended_);
  set_state(SessionState::Ended);
}

Session::Session(rtc::Loop& loop, SessionConfig config, rtc::PeerConnectionFactory& peers,
                 Observer& observer)
    : impl_(std::make_unique<Impl>(loop, std::move(config), peers, observer)) {}
Session::~Session() = default;

void Session::start() {
  impl_->start();
}

void Session::set_local_tracks(const std::vector<LocalSource>& tracks) {
  impl_->set_local_tracks(tracks);
}

void Session::set_muted(TrackSource source, bool muted) {
  impl_->set_muted(source, muted);
}

void Session::leave() {
  impl_->leave();
}

const Participant* Session::participant_of(rtc::PeerId peer) const {
  return impl_->participant_of(peer);
}

Counters Session::dropped() const {
  return impl_->dropped();
}

}  // namespace matrix
