/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gst/fingerprint.h"
#include "gst/sdp_section.h"

/* A peer's session description as values: what of it matters to us, and nothing that was
 * not checked. What webrtcbin is given is written anew from them, so no attribute, parameter
 * or identifier that we do not know can reach it. Pure. */
namespace media {

/* What all bundled sections share. */
struct SdpTransport {
  std::string ufrag;
  std::string password;
  std::string setup; /* "actpass", "active", "passive" */
  Fingerprint fingerprint;
  std::vector<std::string> candidates; /* without "candidate:" */
  bool complete = false;               /* a=end-of-candidates */
  bool lite = false;                   /* a=ice-lite */
};

struct SdpDescription {
  std::vector<SdpSection> sections;
  /* The section whose transport all others use; none if all are rejected. */
  std::optional<unsigned> tag;
  bool bundled = false;   /* a=group:BUNDLE has the tag */
  SdpTransport transport; /* empty without @tag */
};

/* Errors: those of parse_sdp(); no section or more than 32; more than one application
 * section; a mid missing (in a section that is not rejected) or duplicate; ICE credentials,
 * DTLS role or fingerprint missing, malformed or, the fingerprint, not equal everywhere. */
rtc::Result<SdpDescription> read_description(const std::string& text);

/* A description for webrtcbin: each section is bundled, on port 9, sends and receives, and
 * has @transport; candidates stand in the first. Sections need a mid and formats. */
std::string write_description(const std::vector<SdpSection>& sections,
                              const SdpTransport& transport);

}  // namespace media
