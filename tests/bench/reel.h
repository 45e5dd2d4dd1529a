/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>

#include "tests/plugin/sending_peer.h"

namespace bench {

inline constexpr unsigned audio_ssrc = 1000;
inline constexpr unsigned video_ssrc = 2000;

/* What a folder's video.webm (VP8) and audio.webm (Opus) hold, sent as fast as it plays and from
 * now: what could not be sent in time is left out. */
party::Media reel(const std::string& folder);

/* The field of RTP caps that names its header extension. */
extern const std::string transport_cc;
/* RTP caps of both, as descriptions say them: with transport-cc, and NACK for the picture. */
std::string audio_caps();
std::string video_caps();

}  // namespace bench
