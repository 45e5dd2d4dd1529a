/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gst/sdp_validator.h"
#include "signalling/base/peer_connection.h"

/* What both sides of a connection have said, and what webrtcbin was shown of it. A value:
 * whoever tries a description does so on a copy. Pure. */
namespace media {

/* Which answer is awaited. */
enum class SdpPending { None, RemoteAnswer, LocalAnswer };

struct NegotiatedSection {
  std::string shown_mid; /* webrtcbin's, for ever */
  std::string mid;       /* the peer's; ours in an offer that it has not answered */
  bool negotiated = false;
  SdpSection local;       /* of our last offer */
  SdpSection remote;      /* as the peer said last */
  SdpSection shown;       /* what webrtcbin was given for it; no mid: nothing yet */
  std::uint32_t ssrc = 0; /* of what we send in it, or would; 0: nothing was ever to be sent */
  std::string msid;       /* a=msid of what we send; "": nothing */
  std::string codec;
};

struct SdpState {
  std::vector<NegotiatedSection> sections;
  unsigned remote_count = 0; /* sections of the last remote description */
  unsigned offer_count = 0;  /* of our last offer */
  SdpPending pending = SdpPending::None;
  std::optional<SdpTransport> transport; /* the peer's last */
  std::optional<Fingerprint> fingerprint;
  unsigned tag = 0;     /* the section whose transport it is */
  bool bundled = false; /* the peer bundles, so an answer may */
  std::string role;     /* a=setup of our answers, from the first negotiation on */
  unsigned version = 0; /* of our texts: RFC 3264 §8 */
  std::vector<rtc::RemoteTrack> tracks;
};

/* The first @count sections, for the validator. */
std::vector<KnownSection> known_sections(const SdpState& state, std::size_t count);

/* Takes in a description of the peer's that was checked. */
void apply_remote(SdpState& state, rtc::SessionDescription::Type type, SdpDescription description);

/* Gives the sections of webrtcbin's text their places. Error: they are not those it had. */
rtc::Result<void> adopt_local(SdpState& state, rtc::SessionDescription::Type type,
                              const GstSDPMessage& message);

/* Our answer was written: @accepted and @codecs say what became of each section. */
void finish_answer(SdpState& state, const std::vector<bool>& accepted,
                   const std::vector<std::string>& codecs);

bool is_media(const SdpSection& section);

}  // namespace media
