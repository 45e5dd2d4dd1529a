/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/downstream_caps.h"

#include <gst/check/gstcheck.h>

#include "tests/gst/feed_fixture.h"

namespace {

using media::Feed;
using media::FeedInput;
using test::make_caps;
using test::Receiver;
using test::Stage;

FeedInput::Form form(Feed::Output output, const char* taken) {
  auto settings = test::video();
  settings.output = output;
  Receiver receiver(taken);
  Stage stage(std::move(settings));
  stage.link(receiver);
  return stage.feed->form_for(make_caps("video/x-vp8").get());
}

GST_START_TEST(media_goes_encoded_where_it_can) {
  const auto encoded = FeedInput::Form::Encoded;
  const auto raw = FeedInput::Form::Raw;
  fail_unless(form(Feed::Output::Auto, nullptr) == encoded);
  fail_unless(form(Feed::Output::Auto, "video/x-raw; video/x-vp8") == encoded);
  fail_unless(form(Feed::Output::Auto, "video/x-raw") == raw);
  fail_unless(form(Feed::Output::Auto, "video/x-vp9") == raw);
  fail_unless(form(Feed::Output::Raw, nullptr) == raw);
  fail_unless(form(Feed::Output::Encoded, "video/x-raw") == encoded);
  Stage alone(test::video());
  fail_unless(alone.feed->form_for(make_caps("video/x-vp8").get()) == encoded);
}
GST_END_TEST;

void expect_choice(const char* taken, const char* expected) {
  Receiver receiver(taken);
  Stage stage(test::video());
  stage.link(receiver);
  const auto chosen = stage.feed->choose(make_caps("video/x-h264,stream-format=byte-stream;"
                                                   "video/x-h264,stream-format=avc3;"
                                                   "video/x-h264,stream-format=avc")
                                             .get());
  fail_unless(gst_caps_is_equal(chosen.get(), make_caps(expected).get()), "%" GST_PTR_FORMAT,
              chosen.get());
}

GST_START_TEST(the_first_that_is_taken_is_chosen) {
  expect_choice(nullptr, "video/x-h264,stream-format=byte-stream");
  expect_choice("video/x-h264,stream-format={avc,avc3},alignment=au",
                "video/x-h264,stream-format=avc3,alignment=au");
  expect_choice("video/x-h264,stream-format=avc", "video/x-h264,stream-format=avc");
  expect_choice("video/x-vp8", "video/x-h264,stream-format=byte-stream");
}
GST_END_TEST;

GST_START_TEST(the_stand_in_has_the_form_that_was_asked_for) {
  Receiver receiver;
  Stage stage(test::video(), "video/x-vp8; video/x-raw(ANY); audio/x-raw");
  fail_if(media::stand_in(stage.pad.get(), rtc::MediaKind::Video, media::Wanted::Any));
  stage.link(receiver);
  const auto encoded =
      media::stand_in(stage.pad.get(), rtc::MediaKind::Video, media::Wanted::Encoded);
  fail_unless(encoded && !media::is_raw(encoded.get()));
  const auto raw = media::stand_in(stage.pad.get(), rtc::MediaKind::Video, media::Wanted::Raw);
  fail_unless(raw && media::is_raw(raw.get()) && gst_caps_is_fixed(raw.get()));
  fail_if(media::stand_in(stage.pad.get(), rtc::MediaKind::Audio, media::Wanted::Encoded));
}
GST_END_TEST;

GST_START_TEST(the_stand_in_is_as_the_media_will_be) {
  Receiver receiver("video/x-vp9; video/x-h264,stream-format={avc,avc3},alignment=au; video/x-raw");
  Stage stage(test::video(), "video/x-vp8; video/x-vp9; video/x-h264; video/x-raw");
  stage.link(receiver);
  const auto stand_in = [&](const char* expected) {
    return media::stand_in(stage.pad.get(), rtc::MediaKind::Video, media::Wanted::Any, nullptr,
                           make_caps(expected).get());
  };
  const auto h264 = stand_in("video/x-h264");
  const auto avc3 = make_caps("video/x-h264,stream-format=avc3");
  fail_unless(h264 && gst_caps_can_intersect(h264.get(), avc3.get()), "%" GST_PTR_FORMAT,
              h264.get());
  const auto raw = stand_in("video/x-vp8");
  fail_unless(raw && media::is_raw(raw.get()), "%" GST_PTR_FORMAT, raw.get());
}
GST_END_TEST;

GST_START_TEST(only_parameter_sets_in_band_speak_for_themselves) {
  const auto says_itself = [](const char* known, const char* changed) {
    return media::says_itself(make_caps(known).get(), make_caps(changed).get());
  };
  fail_unless(says_itself("video/x-h264,stream-format=avc3,width=16",
                          "video/x-h264,stream-format=avc3,width=32"));
  fail_if(says_itself("video/x-h264,stream-format=avc", "video/x-h264,stream-format=avc"));
  fail_if(says_itself("video/x-h264,stream-format=avc3", "video/x-raw"));
}
GST_END_TEST;

Suite* downstream_caps_suite() {
  Suite* suite = suite_create("downstream_caps");
  TCase* caps = tcase_create("caps");
  suite_add_tcase(suite, caps);
  tcase_add_test(caps, media_goes_encoded_where_it_can);
  tcase_add_test(caps, the_first_that_is_taken_is_chosen);
  tcase_add_test(caps, the_stand_in_has_the_form_that_was_asked_for);
  tcase_add_test(caps, the_stand_in_is_as_the_media_will_be);
  tcase_add_test(caps, only_parameter_sets_in_band_speak_for_themselves);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(downstream_caps)
