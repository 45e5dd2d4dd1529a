/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/settings.h"

#include <glib/gstdio.h>

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

using matrixcall::session_config;
using matrixcall::Settings;

namespace {

Settings good() {
  Settings settings;
  settings.homeserver = "https://matrix.example.org";
  settings.access_token = "token";
  settings.room = "#room:example.org";
  return settings;
}

/* The sentence must speak of @word. */
void check_refused(const Settings& settings, const char* word,
                   rtc::Error::Kind kind = rtc::Error::Kind::Settings) {
  const auto config = session_config(settings);
  fail_if(config.ok(), "%s", word);
  const auto& error = config.error();
  fail_unless(error.kind == kind, "%s: %s", word, error.message.c_str());
  fail_unless(g_strrstr(error.message.c_str(), word), "%s: %s", word, error.message.c_str());
}

/* A file that is gone with this. */
class TokenFile {
 public:
  explicit TokenFile(const char* content) {
    char* name = nullptr;
    const int fd = g_file_open_tmp("token-XXXXXX", &name, nullptr);
    fail_unless(fd >= 0);
    g_close(fd, nullptr);
    name_.reset(name);
    fail_unless(g_file_set_contents(name, content, -1, nullptr));
  }
  ~TokenFile() { g_unlink(name_.get()); }
  TokenFile(const TokenFile&) = delete;
  TokenFile& operator=(const TokenFile&) = delete;
  const char* name() const { return name_.get(); }

 private:
  glib::Unique<char> name_;
};

std::string token_of(const char* content) {
  const TokenFile file(content);
  Settings settings = good();
  settings.access_token.clear();
  settings.access_token_file = file.name();
  const auto config = session_config(settings);
  fail_unless(config.ok());
  return config->access_token;
}

}  // namespace

GST_START_TEST(reads_whom_to_receive_from) {
  Settings settings = good();
  settings.selection.subscribe = 1;
  settings.selection.include = "@alice:hs, @b*";
  settings.selection.exclude = "*:evil";
  const auto config = session_config(settings);
  fail_unless(config.ok());
  const std::vector<std::string> included{"@alice:hs", "@b*"};
  const std::vector<std::string> excluded{"*:evil"};
  const std::set<matrix::FeedKind> kinds{matrix::FeedKind::Audio};
  fail_unless(config->selection.kinds == kinds);
  fail_unless(config->selection.include == included);
  fail_unless(config->selection.exclude == excluded);
  settings.selection.exclude = "alice";
  check_refused(settings, "exclude");
}
GST_END_TEST

GST_START_TEST(takes_over_what_is_set) {
  Settings settings = good();
  settings.call_id = "call";
  settings.create = true;
  settings.relay_only = true;
  settings.max_participants = 7;
  settings.stun_server = "stun://stun.example.org:3478";
  settings.turn_server = "turn://u:p@turn.example.org";
  const auto config = session_config(settings);
  fail_unless(config.ok());
  assert_equals_string(config->homeserver.c_str(), "https://matrix.example.org");
  assert_equals_string(config->access_token.c_str(), "token");
  assert_equals_string(config->room.c_str(), "#room:example.org");
  assert_equals_string(config->call_id.c_str(), "call");
  fail_unless(config->create && config->relay_only);
  fail_unless_equals_int(config->max_participants, 7);
  fail_unless_equals_int(config->ice_servers.size(), 2);
}
GST_END_TEST;

GST_START_TEST(keeps_keys_where_the_device_lives_on) {
  Settings settings = good();
  fail_unless(session_config(settings)->store ==
              std::string(g_get_user_data_dir()) + "/gst-matrix-call");
  settings.store = "/some/where";
  fail_unless(session_config(settings)->store == "/some/where");
  settings = good();
  settings.access_token.clear();
  settings.password = "password";
  settings.user_id = "@a:b";
  fail_unless(session_config(settings)->store.empty());
  settings.store_key_file = "/some/key";
  check_refused(settings, "store-key-file needs the store");
}
GST_END_TEST;

GST_START_TEST(takes_over_who_is_trusted) {
  Settings settings = good();
  fail_unless(session_config(settings)->trust == matrix::TrustPolicy());
  settings.accept_plaintext = true;
  fail_unless(session_config(settings)->trust.accept_plaintext);
  settings.signalling_encryption = matrixcall::SignallingEncryption::Required;
  check_refused(settings, "accept-plaintext=true contradicts");
  settings.accept_plaintext = false;
  settings.device_trust = matrixcall::DeviceTrust::Signed;
  const auto config = session_config(settings);
  fail_unless(config->trust.required && config->trust.signed_only);
}
GST_END_TEST;

GST_START_TEST(says_what_is_missing) {
  Settings settings = good();
  settings.homeserver.clear();
  check_refused(settings, "No homeserver is set");
  settings = good();
  settings.room.clear();
  check_refused(settings, "No room is set");
  settings = good();
  settings.access_token.clear();
  check_refused(settings, "No login is set");
  settings.password = "secret";
  check_refused(settings, "No user is set");
}
GST_END_TEST;

GST_START_TEST(says_what_cannot_work) {
  Settings settings = good();
  settings.homeserver = "matrix.example.org";
  check_refused(settings, "homeserver is not the address");
  settings.homeserver = "ftp://matrix.example.org";
  check_refused(settings, "homeserver is not the address");
  settings.homeserver = "https://";
  check_refused(settings, "homeserver is not the address");
  settings = good();
  settings.room = "room:example.org";
  check_refused(settings, "room is neither");
  settings.room = "#room";
  check_refused(settings, "room is neither");
  settings = good();
  settings.user_id = "alice";
  check_refused(settings, "user-id is not");
  settings = good();
  settings.password = "secret";
  check_refused(settings, "More than one login");
  settings = good();
  settings.turn_server = "turn.example.org";
  check_refused(settings, "turn-server is not");
  settings = good();
  settings.stun_server = "stun.example.org";
  check_refused(settings, "stun-server is not");
  settings = good();
  settings.tls_ca_file = "/nonexistent/ca.pem";
  check_refused(settings, "tls-ca-file must", rtc::Error::Kind::NotFound);
}
GST_END_TEST;

GST_START_TEST(allows_plain_http_on_loopback_only) {
  Settings settings = good();
  for (const char* homeserver : {"http://localhost:8008", "http://127.0.0.1:8008",
                                 "http://127.1.2.3", "http://[::1]:8008"}) {
    settings.homeserver = homeserver;
    fail_unless(session_config(settings).ok(), "%s", homeserver);
  }
  for (const char* homeserver :
       {"http://matrix.example.org", "http://192.168.1.2:8008", "http://localhost.example.org",
        "http://127.0.0.1.example.org", "http://localhost@example.org"}) {
    settings.homeserver = homeserver;
    check_refused(settings, "plain http");
  }
}
GST_END_TEST;

GST_START_TEST(reads_the_first_line_of_the_token_file) {
  fail_unless(token_of("syt_token\n") == "syt_token");
  fail_unless(token_of("syt_token") == "syt_token");
  fail_unless(token_of("syt_token \t\r\nmore\n") == "syt_token");
}
GST_END_TEST;

GST_START_TEST(says_what_is_wrong_with_the_token_file) {
  Settings settings = good();
  settings.access_token.clear();
  for (const char* content : {"", "\n", "  \t\nsecond line"}) {
    const TokenFile file(content);
    settings.access_token_file = file.name();
    check_refused(settings, "is empty");
  }
  settings.access_token_file = "/nonexistent/token";
  check_refused(settings, "There is no file /nonexistent/token", rtc::Error::Kind::NotFound);
  settings.access_token_file = g_get_tmp_dir();
  check_refused(settings, "cannot be read");
}
GST_END_TEST;

static Suite* settings_suite() {
  Suite* suite = suite_create("settings");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, reads_whom_to_receive_from);
  tcase_add_test(tcase, takes_over_what_is_set);
  tcase_add_test(tcase, keeps_keys_where_the_device_lives_on);
  tcase_add_test(tcase, takes_over_who_is_trusted);
  tcase_add_test(tcase, says_what_is_missing);
  tcase_add_test(tcase, says_what_cannot_work);
  tcase_add_test(tcase, allows_plain_http_on_loopback_only);
  tcase_add_test(tcase, reads_the_first_line_of_the_token_file);
  tcase_add_test(tcase, says_what_is_wrong_with_the_token_file);
  return suite;
}

GST_CHECK_MAIN(settings);
