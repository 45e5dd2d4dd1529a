/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <mutex>
#include <string>

#include "gst/gst_ptr.h"
#include "tests/plugin/call_pipeline.h"
#include "tests/signalling/fake_homeserver.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

using fake::Answer;
using fake::Request;
using party::CallPipeline;

namespace {

constexpr const char* member_type = "org.matrix.msc3401.call.member";
constexpr const char* muxer =
    "c.video_0 ! queue ! mux.video_0 c.audio_0 ! queue ! mux.audio_0 "
    "matroskamux name=mux ! fakesink";

/* A server with a room of somebody's, and our account. */
struct Server {
  fake::Homeserver server;
  std::string token = server.add_user("@mia:fake", "RECORDER");
  std::string room = (server.add_user("@owner:fake", "OWNER"), server.add_room("@owner:fake"));

  std::string line(const std::string& more = "") {
    return party::call_line(server.url(), token, room, "create=true " + more);
  }
  bool has_our_entry() {
    return server.state(room, member_type, "@mia:fake").find("RECORDER") != std::string::npos;
  }
  /* Requests whose path contains @part are never answered. */
  void silence(const char* part) {
    server.set_hook([part](const Request& request) -> std::optional<Answer> {
      if (request.path.find(part) == std::string::npos) return std::nullopt;
      return Answer{.status = 200, .body = "{}", .headers = {}, .delay = {}, .never = true};
    });
  }
};

bool wait_for_state(CallPipeline& pipeline, const char* state) {
  return bool(pipeline.wait_for_news("matrixcall-state", "state", state));
}

/* Asks for the end as Ctrl-C does; every stream must have ended within three seconds, and
 * the state NULL be reached within four. */
void check_end(CallPipeline& pipeline) {
  fail_unless(gst_element_send_event(pipeline.pipeline(), gst_event_new_eos()));
  fail_unless(pipeline.wait_for(GST_MESSAGE_EOS, 3 * GST_SECOND));
  fail_unless(pipeline.stop() < 4 * GST_SECOND);
}

}  // namespace

GST_START_TEST(joins_and_leaves_nothing_behind) {
  Server server;
  CallPipeline pipeline(server.line());
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  fail_unless(server.has_our_entry());
  check_end(pipeline);
  fail_if(server.has_our_entry());
}
GST_END_TEST;

GST_START_TEST(ends_before_the_login_is_answered) {
  Server server;
  server.silence("_matrix");
  CallPipeline pipeline(server.line() + muxer);
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "connecting"));
  check_end(pipeline);
}
GST_END_TEST;

GST_START_TEST(ends_while_it_writes_its_entry) {
  Server server;
  server.silence("call.member");
  CallPipeline pipeline(server.line() + muxer);
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joining"));
  check_end(pipeline);
}
GST_END_TEST;

GST_START_TEST(ends_while_nobody_is_there_though_a_muxer_waits_for_pads) {
  Server server;
  CallPipeline pipeline(server.line() + muxer);
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  check_end(pipeline);
  fail_if(server.has_our_entry());
}
GST_END_TEST;

GST_START_TEST(ends_when_told_by_the_action_signal) {
  Server server;
  CallPipeline pipeline(server.line() + muxer);
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  g_signal_emit_by_name(pipeline.call(), "leave");
  fail_unless(pipeline.wait_for(GST_MESSAGE_EOS, 3 * GST_SECOND));
}
GST_END_TEST;

GST_START_TEST(ends_after_max_duration) {
  Server server;
  CallPipeline pipeline(server.line("max-duration=1 ") + muxer);
  pipeline.play();
  fail_unless(pipeline.wait_for(GST_MESSAGE_EOS));
  int state = 0;
  g_object_get(pipeline.call(), "state", &state, nullptr);
  fail_unless(state >= 4, "leaving or ended");
}
GST_END_TEST;

GST_START_TEST(says_that_the_token_is_wrong) {
  Server server;
  server.token = "not-a-token";
  CallPipeline pipeline(server.line());
  pipeline.play();
  const std::string text = pipeline.wait_for_error(GST_RESOURCE_ERROR_NOT_AUTHORIZED);
  fail_if(text.empty());
  fail_if(text.find("not-a-token") != std::string::npos);
  fail_if(pipeline.wait_for(GST_MESSAGE_ERROR, 0));
}
GST_END_TEST;

GST_START_TEST(says_that_there_is_no_such_room) {
  Server server;
  server.room = "#nowhere:fake";
  CallPipeline pipeline(server.line());
  pipeline.play();
  fail_if(pipeline.wait_for_error(GST_RESOURCE_ERROR_NOT_FOUND).empty());
}
GST_END_TEST;

GST_START_TEST(says_that_the_homeserver_does_not_answer) {
  Server server;
  CallPipeline pipeline(server.line());
  server.server.stop();
  pipeline.play();
  fail_if(pipeline.wait_for_error(GST_RESOURCE_ERROR_OPEN_READ).empty());
}
GST_END_TEST;

GST_START_TEST(can_be_stopped_at_every_step) {
  Server server;
  const std::string line = server.line();
  for (const char* state : {"", "connecting", "joining", "joined"}) {
    CallPipeline pipeline(line);
    pipeline.play();
    if (*state) fail_unless(wait_for_state(pipeline, state));
    fail_unless(pipeline.stop() < 4 * GST_SECOND);
    fail_if(server.has_our_entry(), "%s", state);
  }
}
GST_END_TEST;

GST_START_TEST(can_be_started_again) {
  Server server;
  CallPipeline pipeline(server.line() + muxer);
  for (int i = 0; i < 3; ++i) {
    pipeline.play();
    fail_unless(wait_for_state(pipeline, "joined"));
    gst_element_set_state(pipeline.pipeline(), i == 1 ? GST_STATE_READY : GST_STATE_NULL);
    fail_if(server.has_our_entry());
  }
}
GST_END_TEST;

GST_START_TEST(is_freed_when_dropped_while_joining) {
  Server server;
  bool freed = false;
  {
    CallPipeline pipeline(server.line());
    g_object_weak_ref(
        G_OBJECT(pipeline.call()),
        [](gpointer data, GObject*) { *static_cast<bool*>(data) = true; }, &freed);
    pipeline.play();
  }
  fail_unless(freed);
}
GST_END_TEST;

namespace {

std::mutex log_lock;
std::string log_text; /* log_lock */

void collect(GstDebugCategory* category, GstDebugLevel, const char*, const char*, int,
             GObject* object, GstDebugMessage* message, gpointer) {
  glib::Unique<char> who(
      gst_info_strdup_printf("%s %" GST_PTR_FORMAT, gst_debug_category_get_name(category), object));
  std::lock_guard lock(log_lock);
  log_text += std::string(who.get()) + " " + gst_debug_message_get(message) + "\n";
}

}  // namespace

GST_START_TEST(the_token_is_in_no_log_line_and_no_dot_file) {
  Server server;
  CallPipeline pipeline(party::call_line(server.server.url(), "none", server.room, "create=true"));
  gst_debug_remove_log_function(gst_debug_log_default);
  gst_debug_add_log_function(collect, nullptr, nullptr);
  gst_debug_set_default_threshold(GST_LEVEL_MEMDUMP);
  g_object_set(pipeline.call(), "access-token", server.token.c_str(), nullptr);
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  const glib::Unique<char> dot(
      gst_debug_bin_to_dot_data(GST_BIN(pipeline.pipeline()), GST_DEBUG_GRAPH_SHOW_VERBOSE));
  pipeline.stop();
  gst_debug_set_default_threshold(GST_LEVEL_NONE);
  std::lock_guard lock(log_lock);
  fail_unless(log_text.find("matrix-client") != std::string::npos, "nothing was logged");
  fail_if(log_text.find(server.token) != std::string::npos);
  fail_if(std::string(dot.get()).find(server.token) != std::string::npos);
}
GST_END_TEST;

static Suite* join_suite() {
  Suite* suite = suite_create("join");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, joins_and_leaves_nothing_behind);
  tcase_add_test(tcase, ends_before_the_login_is_answered);
  tcase_add_test(tcase, ends_while_it_writes_its_entry);
  tcase_add_test(tcase, ends_while_nobody_is_there_though_a_muxer_waits_for_pads);
  tcase_add_test(tcase, ends_when_told_by_the_action_signal);
  tcase_add_test(tcase, ends_after_max_duration);
  tcase_add_test(tcase, says_that_the_token_is_wrong);
  tcase_add_test(tcase, says_that_there_is_no_such_room);
  tcase_add_test(tcase, says_that_the_homeserver_does_not_answer);
  tcase_add_test(tcase, can_be_stopped_at_every_step);
  tcase_add_test(tcase, can_be_started_again);
  tcase_add_test(tcase, is_freed_when_dropped_while_joining);
  tcase_add_test(tcase, the_token_is_in_no_log_line_and_no_dot_file);
  return suite;
}

GST_CHECK_MAIN(join);
