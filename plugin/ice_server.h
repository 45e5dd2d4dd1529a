/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>

#include "signalling/base/peer_connection.h"
#include "signalling/base/result.h"

namespace matrixcall {

/* STUN and TURN servers as GStreamer's elements take them, "stun://host:port" and
 * "turn://user:password@host:port?transport=udp" (turns: over TLS; user and password
 * percent-encoded where they hold other characters than letters and digits). Errors say
 * which property is wrong and hold no password. Pure. */
rtc::Result<rtc::IceServer> parse_stun_server(const std::string& text);
rtc::Result<rtc::IceServer> parse_turn_server(const std::string& text);

}  // namespace matrixcall
