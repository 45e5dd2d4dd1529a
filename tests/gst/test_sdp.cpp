/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ostream>

#include <gst/check/gstcheck.h>

#include "gst/sdp.h"

namespace {

const std::string head = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
const std::string section = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\n";

GST_START_TEST(reads_and_writes_a_description) {
  auto message = media::parse_sdp(head + section);
  fail_unless(message.ok());
  GstSDPMedia& audio = media::section_at(**message, 0);
  fail_unless(media::attribute(audio, "mid") == "0");
  fail_unless(media::attribute(audio, "sendonly") == "");
  fail_if(media::attribute(audio, "msid").has_value());
  media::set_attribute(audio, "mid", "x");
  fail_unless(media::sdp_text(**message).find("a=mid:x\r\n") != std::string::npos);
  fail_unless(media::sdp_text(**message).find("a=mid:0\r\n") == std::string::npos);
}
GST_END_TEST

GST_START_TEST(reads_and_sets_a_direction) {
  auto message = media::parse_sdp(head + section);
  GstSDPMedia& audio = media::section_at(**message, 0);
  fail_unless((media::direction_of(audio) == media::SdpDirection{true, false}));
  for (const bool send : {true, false})
    for (const bool receive : {true, false}) {
      media::set_direction(audio, {send, receive});
      fail_unless((media::direction_of(audio) == media::SdpDirection{send, receive}));
    }
  media::remove_attribute(audio, "inactive");
  fail_unless((media::direction_of(audio) == media::SdpDirection{true, true}));
}
GST_END_TEST

GST_START_TEST(tells_a_rejected_section_from_a_bundled_one) {
  auto message = media::parse_sdp(head + "m=audio 0 X 1\r\nm=video 0 X 1\r\na=bundle-only\r\n");
  fail_unless(media::is_rejected(media::section_at(**message, 0)));
  fail_if(media::is_rejected(media::section_at(**message, 1)));
}
GST_END_TEST

GST_START_TEST(refuses_what_cannot_be_a_description) {
  fail_if(media::parse_sdp("").ok());
  fail_if(media::parse_sdp("m=audio 9 X 1\r\n").ok());
  fail_if(media::parse_sdp(head + "a=x:\xff\r\n").ok());
  fail_if(media::parse_sdp(head + std::string("a=x\0y\r\n", 7)).ok());
  fail_if(media::parse_sdp(head + "a=x:" + std::string(8000, 'x') + "\r\n").ok());
  fail_unless(media::parse_sdp(head + "a=x:" + std::string(7900, 'x') + "\r\n").ok());
  std::string large = head;
  while (large.size() <= size_t{256} * 1024) large += "a=x:" + std::string(1000, 'x') + "\r\n";
  fail_if(media::parse_sdp(large).ok());
}
GST_END_TEST

GST_START_TEST(reads_numbers_that_are_numbers) {
  fail_unless(media::parse_number("0", 9) == 0u);
  fail_unless(media::parse_number("4294967295", G_MAXUINT32) == 4294967295u);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "4294967296", "99999999999999999999"})
    fail_if(media::parse_number(text, G_MAXUINT32).has_value(), "%s", text);
  fail_if(media::parse_number("10", 9).has_value());
}
GST_END_TEST

Suite* sdp_suite() {
  Suite* suite = suite_create("sdp");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, reads_and_writes_a_description);
  tcase_add_test(chain, reads_and_sets_a_direction);
  tcase_add_test(chain, tells_a_rejected_section_from_a_bundled_one);
  tcase_add_test(chain, refuses_what_cannot_be_a_description);
  tcase_add_test(chain, reads_numbers_that_are_numbers);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(sdp);
