/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/call_roster.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

namespace {

const matrix::Participant alice{"@alice:x", "PHONE", "one", "Alice"};
const matrix::Participant bob{"@bob:x", "PC", "two", "Bob"};

}  // namespace

GST_START_TEST(tells_who_is_there_in_the_order_of_their_coming) {
  matrixcall::CallRoster roster;
  roster.joined(bob, 1);
  roster.joined(alice, 2);
  fail_unless(roster.entries() == media::Roster({{"@bob:x", "PC", "two", "Bob", 1},
                                                 {"@alice:x", "PHONE", "one", "Alice", 2}}));
}
GST_END_TEST;

GST_START_TEST(follows_names_and_departures) {
  matrixcall::CallRoster roster;
  roster.joined(alice, 1);
  roster.joined(bob, 2);
  matrix::Participant renamed = bob;
  renamed.display_name = "Robert";
  roster.changed(renamed);
  roster.left(alice);
  fail_unless(roster.entries() == media::Roster({{"@bob:x", "PC", "two", "Robert", 2}}));
}
GST_END_TEST;

GST_START_TEST(a_new_session_of_a_device_is_somebody_else) {
  matrixcall::CallRoster roster;
  roster.joined(alice, 1);
  matrix::Participant again = alice;
  again.session_id = "next";
  roster.joined(again, 5);
  roster.left(alice);
  fail_unless(roster.entries() == media::Roster({{"@alice:x", "PHONE", "next", "Alice", 5}}));
}
GST_END_TEST;

static Suite* call_roster_suite() {
  Suite* suite = suite_create("call_roster");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, tells_who_is_there_in_the_order_of_their_coming);
  tcase_add_test(tcase, follows_names_and_departures);
  tcase_add_test(tcase, a_new_session_of_a_device_is_somebody_else);
  return suite;
}

GST_CHECK_MAIN(call_roster);
