/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/plugin/caller.h"

#include <optional>
#include <utility>

#include "signalling/core/member_events.h"
#include "signalling/core/overloaded.h"

namespace party {

using namespace std::chrono_literals;

namespace {

constexpr const char* device = "DEVICE";

matrix::Time now() {
  return matrix::Time(g_get_real_time() / G_TIME_SPAN_MILLISECOND);
}

}  // namespace

Caller::Caller(rtc::Loop& loop, fake::Homeserver& server, std::string room, Callee callee,
               const Media& media, std::size_t seat, unsigned number)
    : server_(server),
      room_(std::move(room)),
      callee_(std::move(callee)),
      name_("call" + std::to_string(number)),
      user_id_("@caller" + std::to_string(seat) + ":fake") {
  server_.set_state(room_, user_id_, "m.room.member", user_id_, R"({"membership":"join"})");
  enter(true);
  rtc::PeerConnection::Observer& observer = *this;
  peer_ = std::make_unique<SendingPeer>(
      loop, number, rtc::PeerOptions{.ice_servers = {}, .stream_id = name_}, media, observer);
  peer_->create_offer({});
}

Caller::~Caller() = default;

void Caller::enter(bool in_call) {
  std::optional<matrix::DeviceEntry> entry;
  if (in_call) entry = {.device_id = device, .session_id = name_, .expires_ts = now() + 1h};
  const auto content =
      matrix::write_member_devices(matrix::Json(), call_name, device, entry, now());
  server_.set_state(room_, user_id_, matrix::call_member_event_type, user_id_, content->text());
}

void Caller::leave() {
  say(matrix::Hangup{});
  enter(false);
}

void Caller::say(const matrix::Signal& signal) {
  const matrix::Envelope envelope{.call_id = name_,
                                  .conf_id = call_name,
                                  .device_id = device,
                                  .party_id = device,
                                  .sender_session_id = name_,
                                  .dest_session_id = callee_.session_id,
                                  .seq = seq_++};
  server_.send_to_device(user_id_, matrix::call_message_type(signal), callee_.user_id,
                         callee_.device_id, matrix::write_call_message({envelope, signal}).text());
}

void Caller::receive(const matrix::Signal& signal) {
  if (const auto* answer = std::get_if<matrix::Answer>(&signal))
    peer_->set_remote_description(answer->answer);
  if (const auto* candidates = std::get_if<matrix::Candidates>(&signal))
    for (const auto& candidate : candidates->candidates) peer_->add_remote_candidate(candidate);
}

void Caller::on_local_description(rtc::PeerId, rtc::SessionDescription description) {
  matrix::Invite invite;
  invite.offer = std::move(description);
  invite.streams = matrix::StreamMetadataMap{{name_, {}}};
  say(invite);
}

void Caller::on_local_candidate(rtc::PeerId, rtc::IceCandidate candidate) {
  say(matrix::Candidates{{std::move(candidate)}});
}

}  // namespace party
