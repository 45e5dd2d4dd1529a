/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gst/sdp.h"

/* One media section of a description as values. Pure. */
namespace media {

inline constexpr std::string_view transport_cc_uri =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

/* A payload type of a codec that we can take, or of its retransmissions ("RTX"). */
struct SdpFormat {
  unsigned payload = 0;
  std::string encoding_name; /* upper case */
  unsigned clock_rate = 0;
  std::string channels; /* "" if none are named */
  std::map<std::string, std::string> parameters;
  bool nack = false;
  bool pli = false;
  bool fir = false;
  bool transport_cc = false;
  bool operator==(const SdpFormat&) const = default;
};

struct SdpSource {
  std::uint32_t ssrc = 0;
  std::string cname;
  bool operator==(const SdpSource&) const = default;
};

enum class SdpKind { Audio, Video, Application, Other };

struct SdpSection {
  SdpKind kind = SdpKind::Other;
  std::string media; /* as written: "audio" */
  std::string mid;
  std::string protocol;
  std::string first_format; /* as written, for an answer that rejects the section */
  bool rejected = false;    /* port 0 */
  bool usable = false;      /* bundled, RTP over DTLS with RTCP on the same port, a codec of ours */
  SdpDirection direction;
  std::string stream_id;          /* "" if it names none */
  std::vector<SdpFormat> formats; /* in our order of preference, retransmissions last */
  unsigned transport_cc_id = 0;   /* 0: none */
  std::vector<SdpSource> sources;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> repairs; /* source, its RTX source */
  unsigned sctp_port = 5000;
  bool operator==(const SdpSection&) const = default;
};

/* What @section says by itself: usable then does not tell whether it is bundled, or whether
 * another section has its payload types. */
SdpSection read_section(const GstSDPMedia& section);

}  // namespace media
