/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/gstmatrixcallpad.h"

#include <string>

#include "signalling/base/glib_ptr.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

using matrixcall::Activity;
using matrixcall::PadFacts;

namespace {

const PadFacts alice{.user_id = "@alice:x",
                     .device_id = "PHONE",
                     .display_name = "Alice",
                     .purpose = "m.usermedia",
                     .muted = true,
                     .activity = Activity::Muted,
                     .trust = "clear"};

GstPad* new_pad() {
  static GstStaticPadTemplate source = GST_STATIC_PAD_TEMPLATE(
      "video_%s", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS("video/x-raw"));
  GstPadTemplate* pad_template = gst_static_pad_template_get(&source);
  GstPad* pad = matrixcall::new_source_pad("video_0", pad_template, alice);
  gst_object_unref(pad_template);
  return GST_PAD(gst_object_ref_sink(pad));
}

}  // namespace

GST_START_TEST(shows_its_facts) {
  GstPad* pad = new_pad();
  assert_equals_string(GST_PAD_NAME(pad), "video_0");
  char *user = nullptr, *device = nullptr, *name = nullptr, *purpose = nullptr, *trust = nullptr;
  gboolean muted = FALSE;
  int activity = 0;
  g_object_get(pad, "user-id", &user, "device-id", &device, "display-name", &name, "purpose",
               &purpose, "trust", &trust, "muted", &muted, "activity", &activity, nullptr);
  assert_equals_string(user, "@alice:x");
  assert_equals_string(device, "PHONE");
  assert_equals_string(name, "Alice");
  assert_equals_string(purpose, "m.usermedia");
  assert_equals_string(trust, "clear");
  fail_unless(muted);
  fail_unless_equals_int(activity, static_cast<int>(Activity::Muted));
  for (char* text : {user, device, name, purpose, trust}) g_free(text);
  gst_object_unref(pad);
}
GST_END_TEST;

GST_START_TEST(notifies_what_changes_and_only_that) {
  GstPad* pad = new_pad();
  std::string notified;
  glib::connect<void, GParamSpec*>(
      pad, "notify", [&notified](GParamSpec* spec) { notified += std::string(spec->name) + " "; });
  PadFacts facts = alice;
  facts.muted = false;
  facts.activity = Activity::Active;
  matrixcall::set_facts(GST_MATRIX_CALL_PAD(pad), facts);
  matrixcall::set_facts(GST_MATRIX_CALL_PAD(pad), facts);
  assert_equals_string(notified.c_str(), "muted activity ");
  fail_unless(matrixcall::facts_of(GST_MATRIX_CALL_PAD(pad)) == facts);
  gst_object_unref(pad);
}
GST_END_TEST;

static Suite* gstmatrixcallpad_suite() {
  Suite* suite = suite_create("gstmatrixcallpad");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, shows_its_facts);
  tcase_add_test(tcase, notifies_what_changes_and_only_that);
  return suite;
}

GST_CHECK_MAIN(gstmatrixcallpad);
