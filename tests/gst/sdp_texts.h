/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <vector>

/* Session descriptions as Chromium 156 writes them, shortened to what matters: its codecs
 * with their payload types, its header extensions, media-level and ssrc-level msid. */
namespace texts {

struct Section {
  std::string kind = "video";
  std::string mid;
  std::string direction = "sendrecv";
  std::string stream = "stream-1"; /* "": no msid, no ssrc */
  unsigned ssrc = 1000;
  bool stopped = false;
  std::string more = {}; /* further lines */
};

struct Description {
  std::vector<Section> sections;
  std::string setup = "actpass";
  std::string ufrag = "LotV";
  std::string fingerprint =
      "sha-256 95:52:2A:0A:29:CC:C6:50:9A:2B:EF:5A:7E:91:1C:27:B6:9E:D9:B8:EE:FD:45:C8:D3:F0:FD:97:"
      "B7:D7:E8:6C";
  bool answer = false; /* one codec only */
};

inline std::string codecs_of(const Section& section, bool answer) {
  const std::string cc =
      "a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";
  if (section.kind == "application") return "a=sctp-port:5000\r\na=max-message-size:262144\r\n";
  if (section.kind == "audio")
    return cc +
           "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rtcp-mux\r\na=rtcp-rsize\r\n"
           "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n"
           "a=fmtp:111 minptime=10;useinbandfec=1\r\n" +
           (answer ? ""
                   : "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\na=rtpmap:0 PCMU/8000\r\n");
  const std::string feedback =
      " goog-remb\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:96 ccm fir\r\na=rtcp-fb:96 nack\r\n"
      "a=rtcp-fb:96 nack pli\r\n";
  const std::string vp8 = "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96" + feedback +
                          "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";
  const std::string others =
      "a=rtpmap:45 AV1/90000\r\na=fmtp:45 level-idx=5;profile=0;tier=0\r\n"
      "a=rtpmap:46 rtx/90000\r\na=fmtp:46 apt=45\r\n"
      "a=rtpmap:102 H264/90000\r\n"
      "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f\r\n"
      "a=rtpmap:98 VP9/90000\r\na=fmtp:98 profile-id=0\r\n"
      "a=rtpmap:118 red/90000\r\na=rtpmap:120 ulpfec/90000\r\n";
  return cc + "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rtcp-mux\r\na=rtcp-rsize\r\n" +
         vp8 + (answer ? "" : others);
}

inline std::string first_line(const Section& section, bool answer) {
  const std::string port = section.stopped ? "0" : "9";
  if (section.kind == "application")
    return "m=application " + port + " UDP/DTLS/SCTP webrtc-datachannel\r\n";
  const std::string formats = section.kind == "audio" ? (answer ? "111" : "111 63 0")
                              : answer                ? "96 97"
                                                      : "45 46 96 97 102 98 118 120";
  return "m=" + section.kind + " " + port + " UDP/TLS/RTP/SAVPF " + formats + "\r\n";
}

inline std::string sources_of(const Section& section) {
  if (section.stream.empty() || section.kind == "application") return "";
  std::string text = "a=msid:" + section.stream + " track-" + section.mid + "\r\n";
  if (section.direction != "sendrecv" && section.direction != "sendonly") return text;
  const std::string ssrc = std::to_string(section.ssrc);
  const std::string repair = std::to_string(section.ssrc + 1);
  const std::string msid = " msid:" + section.stream + " track-" + section.mid + "\r\n";
  if (section.kind == "video") text += "a=ssrc-group:FID " + ssrc + " " + repair + "\r\n";
  text += "a=ssrc:" + ssrc + " cname:7Un0ojeaHFg9gO2T\r\na=ssrc:" + ssrc + msid;
  if (section.kind == "video") text += "a=ssrc:" + repair + " cname:7Un0ojeaHFg9gO2T\r\n";
  return text;
}

inline std::string write(const Description& description) {
  std::string text = "v=0\r\no=- 4100171540465174192 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
  text += "a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\na=group:BUNDLE";
  for (const Section& section : description.sections)
    if (!section.stopped) text += " " + section.mid;
  text += "\r\n";
  for (const Section& section : description.sections) {
    text += first_line(section, description.answer) + "c=IN IP4 0.0.0.0\r\n";
    text += "a=mid:" + section.mid + "\r\n";
    if (section.stopped) {
      text += "a=inactive\r\n";
      continue;
    }
    text += "a=setup:" + description.setup + "\r\na=ice-ufrag:" + description.ufrag +
            "\r\na=ice-pwd:haF0ublH8roCZ8Em4dsedpRa\r\na=ice-options:trickle\r\n";
    text += "a=fingerprint:" + description.fingerprint + "\r\n";
    if (section.kind != "application") text += "a=" + section.direction + "\r\n";
    text += codecs_of(section, description.answer) + sources_of(section) + section.more;
  }
  return text;
}

}  // namespace texts
