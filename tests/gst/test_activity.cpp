/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/activity.h"

#include <gst/check/gstcheck.h>

namespace {

using media::Activity;
using media::ActivityNews;
using media::FeedKind;

ActivityNews full() {
  return {.room = "!room:x",
          .call_id = "call",
          .user_id = "@alice:x",
          .device_id = "PHONE",
          .session_id = "session",
          .display_name = "Alice \"A.\" Łukasiewicz",
          .kind = FeedKind::Screen,
          .activity = Activity::Ended,
          .muted = true,
          .trust = "signed",
          .reason = "call-ended",
          .running_time = 5 * GST_SECOND,
          .utc = 1700000000000000};
}

glib::Ref<GstEvent> changed(const char* field, const char* value) {
  const auto event = media::activity_event(full());
  auto* structure = gst_structure_copy(gst_event_get_structure(event.get()));
  if (value)
    gst_structure_set(structure, field, G_TYPE_STRING, value, nullptr);
  else
    gst_structure_remove_field(structure, field);
  return glib::Ref<GstEvent>::adopt(
      gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, structure));
}

GST_START_TEST(reads_what_it_wrote) {
  const auto event = media::activity_event(full());
  fail_unless_equals_int(GST_EVENT_TYPE(event.get()), GST_EVENT_CUSTOM_DOWNSTREAM_STICKY);
  fail_unless(media::parse_activity(event.get()) == full());
  fail_unless(media::parse_activity(media::activity_event({}).get()) == ActivityNews{});
}
GST_END_TEST;

GST_START_TEST(names_every_kind_and_activity) {
  for (const auto kind :
       {FeedKind::Audio, FeedKind::Video, FeedKind::Screen, FeedKind::ScreenAudio}) {
    for (const auto activity :
         {Activity::Idle, Activity::Active, Activity::Muted, Activity::Stalled, Activity::Ended}) {
      ActivityNews news;
      news.kind = kind;
      news.activity = activity;
      fail_unless(media::parse_activity(media::activity_event(news).get()) == news);
    }
  }
}
GST_END_TEST;

GST_START_TEST(has_the_fields_that_are_documented) {
  const auto event = media::activity_event(full());
  const auto* structure = gst_event_get_structure(event.get());
  assert_equals_string(gst_structure_get_name(structure), "matrixcall/activity");
  assert_equals_int(gst_structure_n_fields(structure), 14);
  assert_equals_string(gst_structure_get_string(structure, "kind"), "screen");
  assert_equals_string(gst_structure_get_string(structure, "activity"), "ended");
  assert_equals_string(gst_structure_get_string(structure, "session-id"), "session");
}
GST_END_TEST;

GST_START_TEST(refuses_what_it_does_not_know) {
  fail_if(media::parse_activity(changed("kind", "smell").get()));
  fail_if(media::parse_activity(changed("activity", "dancing").get()));
  fail_if(media::parse_activity(changed("activity", nullptr).get()));
  fail_if(media::parse_activity(changed("version", "two").get()));
  const auto eos = glib::Ref<GstEvent>::adopt(gst_event_new_eos());
  fail_if(media::parse_activity(eos.get()));
}
GST_END_TEST;

GST_START_TEST(does_without_what_is_missing) {
  const auto news = media::parse_activity(changed("reason", nullptr).get());
  fail_unless(news && news->reason.empty() && news->user_id == "@alice:x");
}
GST_END_TEST;

Suite* activity_suite() {
  Suite* suite = suite_create("activity");
  TCase* general = tcase_create("general");
  suite_add_tcase(suite, general);
  tcase_add_test(general, reads_what_it_wrote);
  tcase_add_test(general, names_every_kind_and_activity);
  tcase_add_test(general, has_the_fields_that_are_documented);
  tcase_add_test(general, refuses_what_it_does_not_know);
  tcase_add_test(general, does_without_what_is_missing);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(activity)
