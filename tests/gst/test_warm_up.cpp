/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/warm_up.h"

#include "gst/gst_ptr.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

GLIB_OBJECT(GstPlugin);

namespace {

bool is_loaded(const char* name) {
  const auto plugin =
      glib::Ref<GstPlugin>::adopt(gst_registry_find_plugin(gst_registry_get(), name));
  return plugin && gst_plugin_is_loaded(plugin.get());
}

}  // namespace

GST_START_TEST(loads_what_a_connection_needs) {
  fail_if(is_loaded("dtls"));
  { const media::WarmUp warm_up; }
  for (const char* name : {"dtls", "nice", "rtp", "srtp", "webrtc"})
    fail_unless(is_loaded(name), "%s", name);
}
GST_END_TEST

static Suite* warm_up_suite() {
  Suite* suite = suite_create("warm_up");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, loads_what_a_connection_needs);
  return suite;
}

GST_CHECK_MAIN(warm_up);
