/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string>
#include <vector>

#include "gst/gst_ptr.h"
#include "tests/plugin/call_pipeline.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

using party::CallPipeline;

namespace {

/* A server that nobody needs. */
std::string idle_line(const std::string& more = "") {
  return party::call_line("http://127.0.0.1:1", "token", "#room:x", more);
}

/* The properties of @klass that are its own. */
std::vector<GParamSpec*> own_properties(GObjectClass* klass) {
  guint count = 0;
  GParamSpec** all = g_object_class_list_properties(klass, &count);
  std::vector<GParamSpec*> own;
  for (guint i = 0; i < count; ++i) {
    if (all[i]->owner_type == G_OBJECT_CLASS_TYPE(klass)) own.push_back(all[i]);
  }
  g_free(all);
  return own;
}

void check_documented(GParamSpec* spec) {
  const char* blurb = g_param_spec_get_blurb(spec);
  fail_unless(blurb && strlen(blurb) > 20, "%s has no documentation", spec->name);
  fail_if(g_str_has_suffix(blurb, "."), "%s: sentences of blurbs have no full stop", spec->name);
  fail_unless(g_str_equal(g_param_spec_get_name(spec), spec->name));
  const auto mutability =
      GST_PARAM_MUTABLE_READY | GST_PARAM_MUTABLE_PAUSED | GST_PARAM_MUTABLE_PLAYING;
  if (spec->flags & G_PARAM_WRITABLE)
    fail_unless(spec->flags & mutability, "%s says not when it may be changed", spec->name);
}

}  // namespace

GST_START_TEST(every_property_is_documented) {
  CallPipeline pipeline(idle_line());
  const auto properties = own_properties(G_OBJECT_GET_CLASS(pipeline.call()));
  fail_unless(properties.size() > 20);
  for (auto* spec : properties) check_documented(spec);
  auto* pad_class = G_OBJECT_CLASS(g_type_class_ref(g_type_from_name("GstMatrixCallPad")));
  for (auto* spec : own_properties(pad_class)) check_documented(spec);
  g_type_class_unref(pad_class);
}
GST_END_TEST;

GST_START_TEST(secrets_can_be_set_and_not_read) {
  CallPipeline pipeline(idle_line());
  for (const char* name : {"access-token", "password", "turn-server"}) {
    auto* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(pipeline.call()), name);
    fail_unless(spec && (spec->flags & G_PARAM_WRITABLE), "%s", name);
    fail_if(spec->flags & G_PARAM_READABLE, "%s", name);
  }
}
GST_END_TEST;

GST_START_TEST(every_setting_can_be_read_back) {
  CallPipeline pipeline(idle_line(
      "intent=room output=raw pad-naming=user ice-transport-policy=relay create=true "
      "latency=77 muted-output=gap stall-timeout=3000 idle-video-caps=video/x-raw,width=2 "
      "max-participants=7 max-devices-per-user=2 leave-when-empty=true "
      "empty-timeout=3 max-duration=60 call-id=call device-id=DEV user-id=@a:x "
      "stun-server=stun://s.x tls-ca-file=ca.pem access-token-file=token "
      "video-codec=h264 bitrate=700000 min-bitrate=90000 opus-fec=false opus-dtx=true "
      "auto-mute=false auto-mute-timeout=9 leave-on-eos=false store-key-file=key "
      "recovery-key-file=recovery-key subscribe=audio include=@a:x exclude=@b:x "
      "signalling-encryption=required accept-plaintext=true device-trust=signed"));
  for (auto* spec : own_properties(G_OBJECT_GET_CLASS(pipeline.call()))) {
    if ((spec->flags & G_PARAM_READWRITE) != G_PARAM_READWRITE) continue;
    GValue value = G_VALUE_INIT;
    g_value_init(&value, spec->value_type);
    g_object_get_property(G_OBJECT(pipeline.call()), spec->name, &value);
    fail_if(g_param_value_defaults(spec, &value), "%s was not set", spec->name);
    g_value_unset(&value);
  }
}
GST_END_TEST;

GST_START_TEST(refuses_to_start_with_one_error_that_says_what_to_do) {
  const std::string url = "homeserver=https://x.invalid ";
  const struct {
    std::string line;
    const char* sentence;
  } cases[] = {
      {"matrixcall name=c", "No homeserver is set"},
      {"matrixcall name=c homeserver=http://x.invalid", "plain http"},
      {"matrixcall name=c " + url, "No room is set"},
      {"matrixcall name=c room=#a:b " + url, "No login is set"},
      {"matrixcall name=c room=a access-token=t " + url, "room is neither"},
      {"matrixcall name=c room=#a:b password=p " + url, "No user is set"},
      {"matrixcall name=c room=#a:b access-token=t turn-server=turn://x " + url, "turn-server"},
  };
  for (const auto& one : cases) {
    CallPipeline pipeline(one.line);
    fail_unless_equals_int(gst_element_set_state(pipeline.pipeline(), GST_STATE_READY),
                           GST_STATE_CHANGE_FAILURE);
    const std::string text = pipeline.wait_for_error(GST_RESOURCE_ERROR_SETTINGS);
    fail_unless(text.find(one.sentence) != std::string::npos, "%s: %s", one.line.c_str(),
                text.c_str());
    fail_if(pipeline.wait_for(GST_MESSAGE_ERROR, 0));
  }
}
GST_END_TEST;

GST_START_TEST(says_that_the_token_file_is_missing) {
  CallPipeline pipeline(
      "matrixcall name=c homeserver=https://x.invalid room=#a:b "
      "access-token-file=/nonexistent/token");
  fail_unless_equals_int(gst_element_set_state(pipeline.pipeline(), GST_STATE_READY),
                         GST_STATE_CHANGE_FAILURE);
  fail_unless(pipeline.wait_for_error(GST_RESOURCE_ERROR_NOT_FOUND).find("access-token-file") !=
              std::string::npos);
}
GST_END_TEST;

GST_START_TEST(is_live_and_does_no_network_work_before_paused) {
  CallPipeline pipeline(idle_line());
  fail_unless_equals_int(gst_element_set_state(pipeline.call(), GST_STATE_READY),
                         GST_STATE_CHANGE_SUCCESS);
  int state = -1;
  g_object_get(pipeline.call(), "state", &state, nullptr);
  fail_unless_equals_int(state, 0);
  fail_unless_equals_int(gst_element_set_state(pipeline.call(), GST_STATE_PAUSED),
                         GST_STATE_CHANGE_NO_PREROLL);
  fail_unless_equals_int(gst_element_set_state(pipeline.call(), GST_STATE_PLAYING),
                         GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int(gst_element_set_state(pipeline.call(), GST_STATE_PAUSED),
                         GST_STATE_CHANGE_NO_PREROLL);
  fail_unless_equals_int(gst_element_set_state(pipeline.call(), GST_STATE_NULL),
                         GST_STATE_CHANGE_SUCCESS);
}
GST_END_TEST;

GST_START_TEST(answers_latency_without_any_pad) {
  CallPipeline pipeline(idle_line("latency=100"));
  GstQuery* query = gst_query_new_latency();
  fail_unless(gst_element_query(pipeline.call(), query));
  gboolean live = FALSE;
  GstClockTime least = 0, most = 0;
  gst_query_parse_latency(query, &live, &least, &most);
  gst_query_unref(query);
  fail_unless(live);
  fail_unless_equals_uint64(least, 140 * GST_MSECOND);
  fail_unless_equals_uint64(most, GST_CLOCK_TIME_NONE);
}
GST_END_TEST;

GST_START_TEST(tells_the_pipeline_when_the_latency_changes) {
  CallPipeline pipeline(idle_line());
  gst_element_set_state(pipeline.pipeline(), GST_STATE_PAUSED);
  g_object_set(pipeline.call(), "latency", 500, nullptr);
  fail_unless(pipeline.wait_for(GST_MESSAGE_LATENCY));
}
GST_END_TEST;

GST_START_TEST(is_source_and_sink_and_hides_what_is_inside) {
  CallPipeline pipeline(idle_line());
  fail_unless(GST_OBJECT_FLAG_IS_SET(pipeline.call(), GST_ELEMENT_FLAG_SOURCE));
  fail_unless(GST_OBJECT_FLAG_IS_SET(pipeline.call(), GST_ELEMENT_FLAG_SINK));
  fail_unless_equals_int(gst_child_proxy_get_children_count(GST_CHILD_PROXY(pipeline.call())), 0);
  fail_if(gst_child_proxy_get_child_by_name(GST_CHILD_PROXY(pipeline.call()), "video_0"));
  fail_unless_equals_int(GST_BIN_NUMCHILDREN(pipeline.call()), 0);
}
GST_END_TEST;

GST_START_TEST(has_the_templates_of_the_design_with_encoded_caps_first) {
  CallPipeline pipeline(idle_line());
  for (const char* name : {"audio_%s", "video_%s", "screen_%s", "screen_audio_%s"}) {
    auto* pad_template = gst_element_get_pad_template(pipeline.call(), name);
    fail_unless(pad_template, "%s", name);
    fail_unless_equals_int(GST_PAD_TEMPLATE_PRESENCE(pad_template), GST_PAD_SOMETIMES);
    const auto caps = glib::Ref<GstCaps>::adopt(gst_pad_template_get_caps(pad_template));
    const char* first = gst_structure_get_name(gst_caps_get_structure(caps.get(), 0));
    fail_if(g_str_has_suffix(first, "raw"), "%s", name);
  }
}
GST_END_TEST;

GST_START_TEST(takes_no_event_before_it_has_started) {
  CallPipeline pipeline(idle_line());
  fail_if(gst_element_send_event(pipeline.call(), gst_event_new_eos()));
  g_signal_emit_by_name(pipeline.call(), "leave");
}
GST_END_TEST;

static Suite* matrixcall_suite() {
  Suite* suite = suite_create("matrixcall");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, every_property_is_documented);
  tcase_add_test(tcase, secrets_can_be_set_and_not_read);
  tcase_add_test(tcase, every_setting_can_be_read_back);
  tcase_add_test(tcase, refuses_to_start_with_one_error_that_says_what_to_do);
  tcase_add_test(tcase, says_that_the_token_file_is_missing);
  tcase_add_test(tcase, is_live_and_does_no_network_work_before_paused);
  tcase_add_test(tcase, answers_latency_without_any_pad);
  tcase_add_test(tcase, tells_the_pipeline_when_the_latency_changes);
  tcase_add_test(tcase, is_source_and_sink_and_hides_what_is_inside);
  tcase_add_test(tcase, has_the_templates_of_the_design_with_encoded_caps_first);
  tcase_add_test(tcase, takes_no_event_before_it_has_started);
  return suite;
}

GST_CHECK_MAIN(matrixcall);
