/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gst/gst_ptr.h"
#include "gst/packet_address.h"
#include "gst/sdp_section.h"
#include "signalling/base/peer_connection.h"

namespace media {

/* A codec that a call's media can have and that this machine's elements can take out of
 * RTP. */
struct Codec {
  const char* encoding_name; /* as in a=rtpmap, upper case: "VP8", "OPUS" */
  rtc::MediaKind kind;
  unsigned clock_rate;
  const char* encoded_caps; /* what the depayloader and parser bring: "video/x-vp8" */
  const char* depayloader;
  const char* parser; /* nullptr: none */
  const char* payloader;
  const char* decoder_caps; /* which decoders fit, by rank; equal to encoded_caps */
};

/* In our order of preference, those of @kind whose depayloader and parser are installed. */
std::vector<const Codec*> available_codecs(rtc::MediaKind kind);
/* nullptr if nothing here can take it out of RTP. */
const Codec* find_codec(std::string_view encoding_name);
/* The place of a codec in our order of preference; what we do not have comes last. */
unsigned preference_of(std::string_view encoding_name);
/* codec-preferences for a receiving transceiver of ours: every available codec of @kind
 * with a payload type of ours, transport-cc and (video) nack, pli. */
glib::Ref<GstCaps> offered_caps(rtc::MediaKind kind);
/* What a section of our offers has in which we send @codec. */
unsigned own_payload(const Codec& codec);
inline constexpr unsigned own_transport_cc_id = 3;
/* Caps of packets of @codec that we send, with all that webrtcbin writes of them: as the peer has
 * @format, or as we offer it ourselves (nullptr). */
glib::Ref<GstCaps> sent_caps(const Codec& codec, const PacketAddress& address,
                             const SdpFormat* format);
/* codec-preferences for the transceiver of a section that the peer offers: its payload
 * types, header extension id and feedback, in our order. Empty caps if it has no codec of
 * ours. */
glib::Ref<GstCaps> answered_caps(const SdpSection& section);

}  // namespace media
