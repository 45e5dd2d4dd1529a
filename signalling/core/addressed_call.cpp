/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/addressed_call.h"

#include <utility>

#include "signalling/core/overloaded.h"

namespace matrix {

namespace {

constexpr size_t stream_id_length = 32;

}  // namespace

Envelope make_envelope(const MeshContext& context, const SessionAddress& to,
                       const std::string& call_id, std::int64_t seq) {
  return {.call_id = call_id,
          .conf_id = context.conf_id,
          .device_id = context.own.device_id,
          .party_id = context.own.device_id,
          .sender_session_id = context.session_id,
          .dest_session_id = to.session_id,
          .seq = seq};
}

AddressedCall::AddressedCall(const MeshContext& context, const SessionAddress& to,
                             std::string call_id)
    : context_(context),
      to_(to),
      id_(std::move(call_id)),
      call_(++context.last_peer, context.random.id(stream_id_length), context.own.device_id,
            context.media) {}

Effects AddressedCall::run(CallEffects call_effects) {
  Effects effects;
  for (auto& effect : call_effects)
    std::visit(Overloaded{[&](Signal& signal) { effects.push_back(address(std::move(signal))); },
                          [&](OpenPeer& open) {
                            open.receives =
                                received_kinds(context_.selection.wanted_of(to_.address.user_id));
                            effects.push_back(std::move(open));
                          },
                          [&](auto& other) { effects.push_back(std::move(other)); }},
               effect);
  return effects;
}

SendToDevice AddressedCall::address(Signal signal) {
  const std::uint64_t token = context_.tokens.next();
  const bool fills = lost_seq_ && std::holds_alternative<Hangup>(signal);
  const std::int64_t seq = fills ? *lost_seq_ : next_seq_++;
  unanswered_.emplace(token, seq);
  if (auto* invite = std::get_if<Invite>(&signal)) invite->invitee = to_.address.user_id;
  return {token, to_.address, {make_envelope(context_, to_, id_, seq), std::move(signal)}};
}

bool AddressedCall::sent(std::uint64_t token, bool ok) {
  const auto entry = unanswered_.find(token);
  if (entry == unanswered_.end()) return true;
  if (!ok) lost_seq_ = entry->second;
  unanswered_.erase(entry);
  return ok;
}

}  // namespace matrix
