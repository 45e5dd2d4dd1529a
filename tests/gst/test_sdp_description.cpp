/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ostream>

#include <gst/check/gstcheck.h>

#include "gst/sdp_description.h"
#include "tests/gst/sdp_texts.h"

namespace {

using texts::Description;

const std::string other_fingerprint =
    "sha-256 00:52:2A:0A:29:CC:C6:50:9A:2B:EF:5A:7E:91:1C:27:B6:9E:D9:B8:EE:FD:45:C8:D3:F0:FD:97:"
    "B7:D7:E8:6C";

Description two() {
  return {{{"audio", "0"}, {"video", "1"}}};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

bool is_refused(const std::string& text) {
  return !media::read_description(text).ok();
}

GST_START_TEST(reads_what_the_bundle_shares) {
  const auto read = media::read_description(texts::write(two()));
  fail_unless(read.ok());
  fail_unless(read->sections.size() == 2 && read->tag == 0u);
  fail_unless(read->sections[0].usable && read->sections[1].usable);
  fail_unless_equals_string(read->transport.ufrag.c_str(), "LotV");
  fail_unless_equals_string(read->transport.setup.c_str(), "actpass");
  fail_unless_equals_string(read->transport.fingerprint.algorithm.c_str(), "sha-256");
}
GST_END_TEST

GST_START_TEST(takes_the_transport_from_the_first_section_that_lives) {
  Description stopped = two();
  stopped.sections[0].stopped = true;
  const auto read = media::read_description(texts::write(stopped));
  fail_unless(read.ok() && read->tag == 1u);
  fail_if(read->sections[0].usable);
}
GST_END_TEST

GST_START_TEST(finds_at_the_session_what_the_section_lacks) {
  std::string text = texts::write(two());
  text = replaced(text, "a=setup:actpass\r\n", "");
  text = replaced(text, "t=0 0\r\n", "t=0 0\r\na=setup:passive\r\n");
  const auto read = media::read_description(text);
  fail_unless(read.ok());
  fail_unless_equals_string(read->transport.setup.c_str(), "passive");
}
GST_END_TEST

GST_START_TEST(uses_only_what_is_bundled) {
  const auto read =
      media::read_description(replaced(texts::write(two()), "BUNDLE 0 1", "BUNDLE 0"));
  fail_unless(read.ok());
  fail_unless(read->sections[0].usable && !read->sections[1].usable);
}
GST_END_TEST

GST_START_TEST(refuses_missing_and_duplicate_mids) {
  const std::string text = texts::write(two());
  fail_unless(is_refused(replaced(text, "a=mid:1\r\n", "")));
  fail_unless(is_refused(replaced(text, "a=mid:1\r\n", "a=mid:\r\n")));
  fail_unless(is_refused(replaced(text, "a=mid:1\r\n", "a=mid:0\r\n")));
  fail_unless(is_refused(replaced(text, "a=mid:1\r\n", "a=mid:1 2\r\n")));
}
GST_END_TEST

GST_START_TEST(refuses_fingerprints_that_are_missing_malformed_or_differ) {
  const std::string text = texts::write(two());
  const std::string line = "a=fingerprint:" + two().fingerprint + "\r\n";
  fail_unless(is_refused(replaced(text, line, "")));
  fail_unless(is_refused(replaced(text, "a=fingerprint:sha-256 95", "a=fingerprint:sha-256 ZZ")));
  fail_unless(is_refused(replaced(text, "a=fingerprint:sha-256", "a=fingerprint:md5")));
  std::string differing = text;
  differing.replace(differing.rfind(line), line.size(),
                    "a=fingerprint:" + other_fingerprint + "\r\n");
  fail_unless(is_refused(differing));
  std::string only_one = text;
  only_one.erase(only_one.rfind(line), line.size());
  fail_unless(is_refused(only_one));
  fail_unless(is_refused(
      replaced(text, "t=0 0\r\n", "t=0 0\r\na=fingerprint:" + other_fingerprint + "\r\n")));
  fail_if(is_refused(replaced(replaced(text, line, ""), "t=0 0\r\n", "t=0 0\r\n" + line)));
}
GST_END_TEST

GST_START_TEST(trusts_the_strongest_hash) {
  const std::string weak = "a=fingerprint:sha-1 " + std::string("00") +
                           ":00:00:00:00:00:00:00:00:00" + ":00:00:00:00:00:00:00:00:00:00\r\n";
  const auto read = media::read_description(
      replaced(texts::write(two()), "a=fingerprint:sha-256", weak + "a=fingerprint:sha-256"));
  fail_unless(read.ok());
  fail_unless_equals_string(read->transport.fingerprint.algorithm.c_str(), "sha-256");
}
GST_END_TEST

GST_START_TEST(refuses_too_many_sections_and_applications) {
  Description many;
  for (int i = 0; i < 32; ++i) many.sections.push_back({"video", std::to_string(i)});
  fail_if(is_refused(texts::write(many)));
  many.sections.push_back({"video", "32"});
  fail_unless(is_refused(texts::write(many)));
  fail_unless(is_refused(texts::write({})));
  fail_if(is_refused(texts::write({{{"application", "0"}}})));
  fail_unless(is_refused(texts::write({{{"application", "0"}, {"application", "1"}}})));
}
GST_END_TEST

GST_START_TEST(refuses_a_transport_without_credentials_or_role) {
  const std::string text = texts::write(two());
  fail_unless(is_refused(replaced(text, "a=ice-ufrag:LotV\r\n", "")));
  fail_unless(is_refused(replaced(text, "a=ice-ufrag:LotV", "a=ice-ufrag:x")));
  fail_unless(is_refused(replaced(text, "a=ice-pwd:haF0", "a=ice-pwd:h F0")));
  fail_unless(is_refused(replaced(text, "a=setup:actpass", "a=setup:holdconn")));
}
GST_END_TEST

GST_START_TEST(leaves_a_payload_type_to_the_first_codec_that_has_it) {
  Description conflict = two();
  const auto read = media::read_description(
      replaced(texts::write(conflict), "a=rtpmap:111 opus", "a=rtpmap:63 opus"));
  fail_unless(read.ok() && read->sections[0].formats.at(0).payload == 63);
  std::string text = replaced(texts::write(conflict), "111", "96");
  const auto clashing = media::read_description(text);
  fail_unless(clashing.ok());
  fail_unless(clashing->sections[0].usable);
  for (const auto& format : clashing->sections[1].formats) fail_if(format.payload == 96);
}
GST_END_TEST

GST_START_TEST(leaves_a_source_to_the_first_section_that_has_it) {
  Description same = two();
  const auto read = media::read_description(texts::write(same));
  fail_unless(read.ok());
  fail_unless(read->sections[0].sources.size() == 1);
  fail_unless(read->sections[1].sources.size() == 1 && read->sections[1].sources[0].ssrc == 1001);
}
GST_END_TEST

GST_START_TEST(writes_what_it_read) {
  auto read = media::read_description(texts::write(two()));
  read->transport.candidates = {"1 1 udp 1 192.0.2.1 1000 typ host"};
  const auto again =
      media::read_description(media::write_description(read->sections, read->transport));
  fail_unless(again.ok());
  fail_unless(again->transport.candidates == read->transport.candidates);
  for (unsigned i = 0; i < 2; ++i) {
    fail_unless(again->sections[i].formats == read->sections[i].formats);
    fail_unless(again->sections[i].sources == read->sections[i].sources);
    fail_unless(again->sections[i].transport_cc_id == 3);
  }
}
GST_END_TEST

Suite* sdp_description_suite() {
  Suite* suite = suite_create("sdp_description");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, reads_what_the_bundle_shares);
  tcase_add_test(chain, takes_the_transport_from_the_first_section_that_lives);
  tcase_add_test(chain, finds_at_the_session_what_the_section_lacks);
  tcase_add_test(chain, uses_only_what_is_bundled);
  tcase_add_test(chain, refuses_missing_and_duplicate_mids);
  tcase_add_test(chain, refuses_fingerprints_that_are_missing_malformed_or_differ);
  tcase_add_test(chain, trusts_the_strongest_hash);
  tcase_add_test(chain, refuses_too_many_sections_and_applications);
  tcase_add_test(chain, refuses_a_transport_without_credentials_or_role);
  tcase_add_test(chain, leaves_a_payload_type_to_the_first_codec_that_has_it);
  tcase_add_test(chain, leaves_a_source_to_the_first_section_that_has_it);
  tcase_add_test(chain, writes_what_it_read);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(sdp_description);
