/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ostream>

#include <gst/check/gstcheck.h>

#include "gst/ice_uri.h"

namespace {

std::string written(const char* uri, const char* username = "u", const char* password = "p") {
  const auto parsed = media::webrtcbin_uri({uri, username, password});
  return parsed ? parsed->uri : "";
}

GST_START_TEST(writes_servers_as_webrtcbin_takes_them) {
  const struct {
    const char* given;
    const char* expected;
  } cases[] = {
      {"stun:stun.example.org", "stun://stun.example.org:3478"},
      {"STUN:192.0.2.1:19302", "stun://192.0.2.1:19302"},
      {"turn:turn.example.org", "turn://u:p@turn.example.org:3478"},
      {"turn:turn.example.org:3479?transport=udp",
       "turn://u:p@turn.example.org:3479?transport=udp"},
      {"turn:turn.example.org?transport=TCP", "turn://u:p@turn.example.org:3478?transport=tcp"},
      {"turns:turn.example.org", "turns://u:p@turn.example.org:5349?transport=tcp"},
      {"turns:turn.example.org:443?transport=tcp",
       "turns://u:p@turn.example.org:443?transport=tcp"},
      {"turn:[2001:db8::1]?transport=udp", "turn://u:p@[2001:db8::1]:3478?transport=udp"},
      {"turn:[2001:db8::1]:5000", "turn://u:p@[2001:db8::1]:5000"},
  };
  for (const auto& each : cases)
    fail_unless(written(each.given) == each.expected, "%s", each.given);
}
GST_END_TEST

GST_START_TEST(escapes_what_matrix_puts_into_credentials) {
  fail_unless(written("turn:h", "1700000000:@user:hs.org", "aB+/c=") ==
              "turn://1700000000%3A%40user%3Ahs.org:aB%2B%2Fc%3D@h:3478");
}
GST_END_TEST

GST_START_TEST(tells_stun_from_turn) {
  fail_unless(media::webrtcbin_uri({"stun:h", "", ""})->kind == media::IceUri::Kind::Stun);
  fail_unless(media::webrtcbin_uri({"turn:h", "u", "p"})->kind == media::IceUri::Kind::Turn);
}
GST_END_TEST

GST_START_TEST(refuses_what_libnice_cannot_use) {
  for (const char* uri : {"",
                          "turn",
                          "turn:",
                          "turn:?transport=udp",
                          "http://h",
                          "stuns:h",
                          "turn://h",
                          "turn:u@h",
                          "turn:h:",
                          "turn:h:0",
                          "turn:h:65536",
                          "turn:h:x",
                          "turn:h:1:2",
                          "turn:[::1",
                          "turn:[h]",
                          "turn:[::1]x",
                          "turn:2001:db8::1",
                          "turn:h?transport=dtls",
                          "turn:h?x=y",
                          "turns:h?transport=udp",
                          "turn:h/p",
                          "stun:h?transport=udp",
                          "turn:h h"})
    fail_unless(written(uri).empty());
  fail_unless(written("turn:h", "", "p").empty());
  fail_unless(written("turn:h", "u", "").empty());
}
GST_END_TEST

Suite* ice_uri_suite() {
  Suite* suite = suite_create("ice_uri");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, writes_servers_as_webrtcbin_takes_them);
  tcase_add_test(chain, escapes_what_matrix_puts_into_credentials);
  tcase_add_test(chain, tells_stun_from_turn);
  tcase_add_test(chain, refuses_what_libnice_cannot_use);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(ice_uri);
