/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "signalling/base/peer_connection.h"
#include "signalling/core/report.h"
#include "signalling/core/signals.h"

namespace matrix {

/* One device of one user. */
struct Address {
  std::string user_id;
  std::string device_id;
  /* Its "0" is the library's: clang-tidy 14 takes it for ours. */
  auto operator<=>(const Address&) const = default; /* NOLINT(modernize-use-nullptr) */
};

/* Answered once by sent(token, result) when the server has taken it or refused it for
 * good. Messages to one address leave strictly one after another, in this order. */
struct SendToDevice {
  std::uint64_t token = 0;
  Address to;
  CallMessage message;
  bool operator==(const SendToDevice&) const = default;
};
/* Answered once by sent(token, result). State events of one type and key leave in order. */
struct SendState {
  std::uint64_t token = 0;
  std::string type;
  std::string state_key;
  Json content;
  bool operator==(const SendState&) const = default;
};
/* A connection with the current ICE servers. */
struct OpenPeer {
  rtc::PeerId peer = 0;
  std::string stream_id;
  rtc::ReceivedKinds receives{};
  bool operator==(const OpenPeer&) const = default;
};
struct ClosePeer {
  rtc::PeerId peer = 0;
  bool operator==(const ClosePeer&) const = default;
};
/* What the connection sends from its next description on. */
struct SetLocalTracks {
  rtc::PeerId peer = 0;
  std::vector<rtc::LocalTrack> tracks;
  bool operator==(const SetLocalTracks&) const = default;
};
struct CreateOffer {
  rtc::PeerId peer = 0;
  rtc::OfferOptions options;
  bool operator==(const CreateOffer&) const = default;
};
struct ApplyRemote {
  rtc::PeerId peer = 0;
  SessionDescription description;
  bool operator==(const ApplyRemote&) const = default;
};
struct AddCandidate {
  rtc::PeerId peer = 0;
  IceCandidate candidate;
  bool operator==(const AddCandidate&) const = default;
};

/* What a machine wants done. Carried out in order after its method has returned. */
using Effect = std::variant<SendToDevice, SendState, OpenPeer, ClosePeer, SetLocalTracks,
                            CreateOffer, ApplyRemote, AddCandidate, Report>;
using Effects = std::vector<Effect>;

/* Appends @more to @effects. */
template <typename T>
void append(std::vector<T>& effects, std::vector<T> more) {
  for (auto& effect : more) effects.push_back(std::move(effect));
}

}  // namespace matrix
