/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ostream>

#include <gst/check/gstcheck.h>

#include "gst/sdp_section.h"

namespace {

media::SdpSection read(const std::string& lines) {
  const auto message = media::parse_sdp("v=0\r\n" + lines);
  fail_unless(message.ok());
  return media::read_section(media::section_at(**message, 0));
}

const std::string video = "m=video 9 UDP/TLS/RTP/SAVPF 45 102 96 97 46\r\na=rtcp-mux\r\n";

GST_START_TEST(keeps_the_codecs_that_we_can_take_in_our_order) {
  const auto section =
      read(video +
           "a=rtpmap:45 AV1/90000\r\na=rtpmap:102 H264/90000\r\na=rtpmap:46 rtx/90000\r\n"
           "a=fmtp:46 apt=45\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
           "a=rtpmap:96 vp8/90000\r\na=rtpmap:98 VP9/90000\r\n");
  fail_unless(section.usable);
  fail_unless_equals_string(section.first_format.c_str(), "45");
  fail_unless(section.formats.size() == 3);
  fail_unless(section.formats[0].encoding_name == "VP8" && section.formats[0].payload == 96);
  fail_unless(section.formats[1].encoding_name == "H264");
  fail_unless(section.formats[2].encoding_name == "RTX" && section.formats[2].payload == 97);
}
GST_END_TEST

GST_START_TEST(takes_no_parameter_that_could_replace_a_field_of_caps) {
  const auto section = read(video +
                            "a=fmtp:96 payload=x;max-fr=30 ; clock-rate=1;max-fs=\";max-fr=60\r\n"
                            "a=fmtp:96 encoding-name=y\r\na=rtpmap:96 VP8/90000\r\n");
  const std::map<std::string, std::string> expected = {{"max-fr", "30"}};
  fail_unless(section.formats.at(0).parameters == expected);
}
GST_END_TEST

GST_START_TEST(reads_feedback_of_one_and_of_all_payload_types) {
  const auto section = read(video +
                            "a=rtcp-fb:96 nack\r\na=rtcp-fb:* nack pli\r\na=rtcp-fb:102 ccm fir\r\n"
                            "a=rtpmap:96 VP8/90000\r\na=rtpmap:102 H264/90000\r\n"
                            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                            "a=extmap:3/recvonly " +
                            std::string(media::transport_cc_uri) + "\r\n");
  const auto& vp8 = section.formats.at(0);
  const auto& h264 = section.formats.at(1);
  fail_unless(vp8.nack && vp8.pli && !vp8.fir && !vp8.transport_cc);
  fail_unless(!h264.nack && h264.pli && h264.fir);
  fail_unless(section.transport_cc_id == 3);
}
GST_END_TEST

GST_START_TEST(prefers_the_stream_of_the_section_to_that_of_a_source) {
  const std::string of_source = "a=ssrc:1 msid:B t\r\n";
  const struct {
    std::string lines;
    const char* expected;
  } cases[] = {{"a=msid:A t\r\n" + of_source, "A"},
               {of_source + "a=msid:A t\r\n", "A"},
               {of_source, "B"},
               {"a=msid:A\r\n", "A"},
               {"a=msid:- t\r\n" + of_source, ""},
               {"a=msid:A t\r\na=msid:C t\r\n", "A"},
               {"a=ssrc:1 cname:x\r\n", ""}};
  for (const auto& each : cases)
    fail_unless(read(video + each.lines).stream_id == each.expected, "%s", each.lines.c_str());
}
GST_END_TEST

GST_START_TEST(reads_sources_and_what_repairs_them) {
  const auto section =
      read(video +
           "a=ssrc-group:FID 10 11\r\na=ssrc-group:SIM 1 2\r\na=ssrc:10 cname:x\r\n"
           "a=ssrc:10 msid:A t\r\na=ssrc:11 cname:x y\r\na=ssrc:0 cname:x\r\na=ssrc:-1 cname:x\r\n"
           "a=ssrc:4294967296 cname:x\r\na=ssrc-group:FID 5\r\na=ssrc-group:FID 6 6\r\n");
  const std::vector<media::SdpSource> expected = {{10, "x"}, {11, ""}};
  fail_unless(section.sources == expected);
  fail_unless(section.repairs.size() == 1 && section.repairs[0].second == 11);
}
GST_END_TEST

GST_START_TEST(tells_which_sections_cannot_be_used) {
  const std::string vp8 = "a=rtpmap:96 VP8/90000\r\n";
  fail_unless(read(video + vp8).usable);
  fail_if(read(video).usable);
  fail_if(read("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" + vp8).usable, "no rtcp-mux");
  fail_if(read("m=video 9 RTP/AVP 96\r\na=rtcp-mux\r\n" + vp8).usable);
  fail_if(read("m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=rtcp-mux\r\n" + vp8).usable);
  fail_if(read("m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtcp-mux\r\n" + vp8).usable);
  fail_if(read(video + "a=rtpmap:96 VP8/8000\r\n").usable);
  fail_unless(read("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n").usable);
  fail_if(read("m=application 9 DTLS/SCTP 5000\r\n").usable);
  fail_if(read("m=text 9 UDP/TLS/RTP/SAVPF 96\r\na=rtcp-mux\r\n").usable);
}
GST_END_TEST

Suite* sdp_section_suite() {
  Suite* suite = suite_create("sdp_section");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, keeps_the_codecs_that_we_can_take_in_our_order);
  tcase_add_test(chain, takes_no_parameter_that_could_replace_a_field_of_caps);
  tcase_add_test(chain, reads_feedback_of_one_and_of_all_payload_types);
  tcase_add_test(chain, prefers_the_stream_of_the_section_to_that_of_a_source);
  tcase_add_test(chain, reads_sources_and_what_repairs_them);
  tcase_add_test(chain, tells_which_sections_cannot_be_used);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(sdp_section);
