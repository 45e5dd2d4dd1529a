/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gst/gst_ptr.h"
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
  const char* parser;       /* nullptr: none */
  const char* decoder_caps; /* which decoders fit, by rank; equal to encoded_caps */
};

/* In our order of preference, those of @kind whose depayloader and parser are installed. */
std::vector<const Codec*> available_codecs(rtc::MediaKind kind);
/* nullptr if nothing here can take it out of RTP. */
const Codec* find_codec(std::string_view encoding_name);
/* codec-preferences for a receiving transceiver of ours: every available codec of @kind
 * with a payload type of ours, transport-cc and (video) nack, pli. */
glib::Ref<GstCaps> offered_caps(rtc::MediaKind kind);

}  // namespace media
