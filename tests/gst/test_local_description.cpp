/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ostream>

#include <gst/check/gstcheck.h>

#include "gst/local_description.h"

namespace {

const char* const text =
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE a b\r\n"
    "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=fingerprint:sha-256 AA\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:b\r\na=setup:active\r\na=fingerprint:sha-256 BB\r\n"
    "a=msid:x y\r\na=ssrc:1 cname:z\r\na=sendrecv\r\n";

glib::Unique<GstSDPMessage> parsed() {
  return std::move(*media::parse_sdp(text));
}

bool has(const GstSDPMessage& message, const std::string& line) {
  return media::sdp_text(message).find(line + "\r\n") != std::string::npos;
}

GST_START_TEST(cleans_only_what_is_rejected) {
  const auto message = parsed();
  media::clean_rejected(*message);
  fail_if(has(*message, "a=fingerprint:sha-256 AA"));
  fail_unless(has(*message, "a=fingerprint:sha-256 BB"));
}
GST_END_TEST

GST_START_TEST(reads_the_role_of_a_section_that_lives_and_sets_it_in_all) {
  const auto message = parsed();
  fail_unless(media::setup_of(*message) == "active");
  media::set_setup(*message, "passive");
  for (unsigned i = 0; i < 2; ++i)
    fail_unless(media::attribute(media::section_at(*message, i), "setup") == "passive");
}
GST_END_TEST

GST_START_TEST(writes_what_is_rejected_as_the_offer_had_it) {
  const auto message = parsed();
  media::SectionForPeer rejected{"0", false, {}, "", "text", "RTP/AVP", "5"};
  media::SectionForPeer accepted{"1", true, {false, true}, "", "", "", ""};
  media::write_for_peer(*message, {rejected, accepted}, 0);
  fail_unless(has(*message, "m=text 0 RTP/AVP 5\r\na=mid:0\r\na=inactive"));
  fail_unless(has(*message, "a=group:BUNDLE 1"));
  fail_unless(has(*message, "a=mid:1") && has(*message, "a=recvonly"));
  fail_if(has(*message, "a=msid:x y") || has(*message, "a=ssrc:1 cname:z"));
}
GST_END_TEST

GST_START_TEST(keeps_the_source_of_what_is_not_sent_any_more) {
  const auto message = parsed();
  media::SectionForPeer first{"0", true, {false, true}, "", "", "", ""};
  media::SectionForPeer second{"1", true, {false, true}, "", "", "", "", 1};
  media::write_for_peer(*message, {first, second}, 1);
  fail_unless(has(*message, "a=ssrc:1 cname:z") && has(*message, "a=recvonly"));
  fail_if(has(*message, "a=msid:x y"));
}
GST_END_TEST

GST_START_TEST(names_the_section_with_the_transport_first) {
  const auto message = parsed();
  media::SectionForPeer first{"0", true, {true, true}, "s t", "", "", ""};
  media::SectionForPeer second{"1", true, {true, false}, "s u", "", "", ""};
  media::write_for_peer(*message, {first, second}, 1);
  fail_unless(has(*message, "a=group:BUNDLE 1 0"));
  fail_unless(has(*message, "a=msid:s t") && has(*message, "a=msid:s u"));
  fail_unless(has(*message, "a=ssrc:1 cname:z") && has(*message, "a=sendonly"));
}
GST_END_TEST

GST_START_TEST(removes_what_is_the_peer_s) {
  const auto message = std::move(*media::parse_sdp(
      "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"
      "a=ice-ufrag:our\r\na=ice-pwd:ours\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n"
      "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=ice-ufrag:their\r\na=ice-pwd:theirs\r\n"
      "a=fingerprint:sha-256 AA\r\na=rtcp-mux\r\na=rtcp-fb:39 transport-cc\r\na=fmtp:39 x=1\r\n"
      "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=fingerprint:sha-256 BB\r\n"));
  media::remove_echoes(*message);
  fail_unless(has(*message,
                  "a=ice-ufrag:our\r\na=ice-pwd:ours\r\na=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\n"
                  "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\n"
                  "a=fmtp:97 apt=96\r\na=fingerprint:sha-256 BB"),
              "%s", media::sdp_text(*message).c_str());
}
GST_END_TEST

Suite* local_description_suite() {
  Suite* suite = suite_create("local_description");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, cleans_only_what_is_rejected);
  tcase_add_test(chain, removes_what_is_the_peer_s);
  tcase_add_test(chain, reads_the_role_of_a_section_that_lives_and_sets_it_in_all);
  tcase_add_test(chain, writes_what_is_rejected_as_the_offer_had_it);
  tcase_add_test(chain, keeps_the_source_of_what_is_not_sent_any_more);
  tcase_add_test(chain, names_the_section_with_the_transport_first);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(local_description);
