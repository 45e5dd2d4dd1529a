/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/roster.h"

#include <gst/check/gstcheck.h>

namespace {

const media::Roster two{{.user_id = "@alice:x",
                         .device_id = "PHONE",
                         .session_id = "one",
                         .display_name = "Alice \"A.\" \\ Łukasiewicz\n",
                         .joined = 1700000000000000},
                        {.user_id = "@bob:x",
                         .device_id = "PC",
                         .session_id = "two",
                         .display_name = "Bob",
                         .joined = 1700000001000000}};

glib::Ref<GstEvent> saying(const char* participants) {
  return glib::Ref<GstEvent>::adopt(gst_event_new_custom(
      GST_EVENT_CUSTOM_DOWNSTREAM_STICKY,
      gst_structure_new("matrixcall/roster", "version", G_TYPE_UINT, 1u, "participants",
                        G_TYPE_STRING, participants, nullptr)));
}

GST_START_TEST(reads_what_it_wrote) {
  const auto event = media::roster_event(two);
  fail_unless_equals_int(GST_EVENT_TYPE(event.get()), GST_EVENT_CUSTOM_DOWNSTREAM_STICKY);
  fail_unless(media::parse_roster(event.get()) == two);
  fail_unless(media::parse_roster(media::roster_event({}).get()) == media::Roster{});
}
GST_END_TEST;

GST_START_TEST(refuses_what_is_no_roster) {
  fail_if(media::parse_roster(saying("").get()));
  fail_if(media::parse_roster(saying("[").get()));
  fail_if(media::parse_roster(saying("{}").get()));
  fail_if(media::parse_roster(saying(nullptr).get()));
  const auto eos = glib::Ref<GstEvent>::adopt(gst_event_new_eos());
  fail_if(media::parse_roster(eos.get()));
}
GST_END_TEST;

GST_START_TEST(leaves_out_what_is_no_participant) {
  const auto roster = media::parse_roster(saying(R"([1, null, {"user-id": "@bob:x"}])").get());
  fail_unless(roster && roster->size() == 1 && roster->front().user_id == "@bob:x");
}
GST_END_TEST;

Suite* roster_suite() {
  Suite* suite = suite_create("roster");
  TCase* general = tcase_create("general");
  suite_add_tcase(suite, general);
  tcase_add_test(general, reads_what_it_wrote);
  tcase_add_test(general, refuses_what_is_no_roster);
  tcase_add_test(general, leaves_out_what_is_no_participant);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(roster)
