/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>

#include "signalling/base/peer_connection.h"

namespace media {

/* A server as webrtcbin takes it: a STUN server as its property stun-server, a TURN server
 * by add-turn-server. */
struct IceUri {
  enum class Kind { Stun, Turn };
  Kind kind = Kind::Stun;
  std::string uri; /* holds the password of a TURN server: never to be logged */
  bool operator==(const IceUri&) const = default;
};

/* Nothing for what libnice cannot use: other schemes, STUN over TLS, TURN over DTLS, TURN
 * without a user name, a malformed host or port. Pure. */
std::optional<IceUri> webrtcbin_uri(const rtc::IceServer& server);

}  // namespace media
