/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/ice_server.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

using matrixcall::parse_stun_server;
using matrixcall::parse_turn_server;
using rtc::IceServer;

namespace {

void check_server(const rtc::Result<IceServer>& server, const char* uri, const char* user,
                  const char* password) {
  fail_unless(server.ok());
  assert_equals_string(server->uri.c_str(), uri);
  assert_equals_string(server->username.c_str(), user);
  assert_equals_string(server->password.c_str(), password);
}

}  // namespace

GST_START_TEST(reads_a_stun_server) {
  check_server(parse_stun_server("stun://stun.example.org:3478"), "stun:stun.example.org:3478", "",
               "");
  check_server(parse_stun_server("stun://stun.example.org"), "stun:stun.example.org", "", "");
  check_server(parse_stun_server("stun://[::1]:3478"), "stun:[::1]:3478", "", "");
}
GST_END_TEST;

GST_START_TEST(reads_a_turn_server_with_encoded_user_and_password) {
  check_server(parse_turn_server("turn://user:p%40ss%3Aw@turn.example.org:3478?transport=tcp"),
               "turn:turn.example.org:3478?transport=tcp", "user", "p@ss:w");
  check_server(parse_turn_server("turns://1700000000%3Aus:pass@turn.example.org"),
               "turns:turn.example.org", "1700000000:us", "pass");
}
GST_END_TEST;

GST_START_TEST(refuses_what_is_no_server) {
  for (const char* text : {"", "stun", "stun:", "stun://", "turn://stun.example.org",
                           "stun.example.org:3478", "stun://host/path", "stun://host:99999"})
    fail_if(parse_stun_server(text).ok(), "%s", text);
}
GST_END_TEST;

GST_START_TEST(refuses_a_turn_server_without_user_or_password_and_does_not_repeat_them) {
  for (const char* text : {"turn://turn.example.org", "turn://user@turn.example.org",
                           "stun://user:secret@turn.example.org", "turn://user:secret@"}) {
    const auto server = parse_turn_server(text);
    fail_if(server.ok(), "%s", text);
    fail_if(g_strrstr(server.error().message.c_str(), "secret"));
    fail_unless(server.error().kind == rtc::Error::Kind::Settings);
  }
}
GST_END_TEST;

static Suite* ice_server_suite() {
  Suite* suite = suite_create("ice_server");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, reads_a_stun_server);
  tcase_add_test(tcase, reads_a_turn_server_with_encoded_user_and_password);
  tcase_add_test(tcase, refuses_what_is_no_server);
  tcase_add_test(tcase, refuses_a_turn_server_without_user_or_password_and_does_not_repeat_them);
  return suite;
}

GST_CHECK_MAIN(ice_server);
