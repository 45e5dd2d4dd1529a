/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/log_bridge.h"

#include <string>

#include "signalling/base/log.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

namespace {

std::string lines;

void collect(GstDebugCategory* category, GstDebugLevel level, const char*, const char*, int,
             GObject*, GstDebugMessage* message, gpointer) {
  const std::string name = gst_debug_category_get_name(category);
  if (name.starts_with("matrix-"))
    lines += name + " " + std::to_string(level) + " " + gst_debug_message_get(message) + "\n";
}

}  // namespace

GST_START_TEST(lines_go_to_the_category_of_their_part_at_their_level) {
  matrixcall::install_log_bridge();
  gst_debug_remove_log_function(gst_debug_log_default);
  gst_debug_add_log_function(collect, nullptr, nullptr);
  gst_debug_set_threshold_for_name("matrix-*", GST_LEVEL_DEBUG);
  LOG_INFO(Core, "@a:x/D: joined");
  LOG_DEBUG(Client, "sync of %d bytes", 5);
  LOG_TRACE(Client, "content");
  gst_debug_remove_log_function(collect);
  assert_equals_string(lines.c_str(),
                       "matrix-call 4 @a:x/D: joined\nmatrix-client 5 sync of 5 bytes\n");
}
GST_END_TEST;

static Suite* log_bridge_suite() {
  Suite* suite = suite_create("log_bridge");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, lines_go_to_the_category_of_their_part_at_their_level);
  return suite;
}

GST_CHECK_MAIN(log_bridge);
