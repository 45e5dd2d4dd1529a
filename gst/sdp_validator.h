/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gst/sdp_description.h"

/* Whether a description may follow what was said before on a connection. webrtcbin aborts
 * the process on some that may not, so this is the only defence. Pure. */
namespace media {

/* A section as both sides know it. */
struct KnownSection {
  std::string mid;
  SdpKind kind = SdpKind::Other;
  /* Both sides have agreed on it, once at least; otherwise only an offer of ours has it. */
  bool negotiated = false;
};

/* Errors: a section gone, changed in kind, or with the mid of another; new ICE credentials;
 * another fingerprint. @last: the transport of the peer's last description. */
rtc::Result<void> check_offer(const SdpDescription& offer, const std::vector<KnownSection>& known,
                              const std::optional<SdpTransport>& last);

/* @offered: the sections of our offer. Errors also: another number of sections, a mid or a
 * kind that is not the offer's; no DTLS role chosen. */
rtc::Result<void> check_answer(const SdpDescription& answer,
                               const std::vector<KnownSection>& offered,
                               const std::optional<SdpTransport>& last);

/* Whether @description asks for other ICE credentials than @last has. */
bool has_new_credentials(const SdpDescription& description,
                         const std::optional<SdpTransport>& last);

}  // namespace media
