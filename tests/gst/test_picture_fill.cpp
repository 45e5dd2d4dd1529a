/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/picture_fill.h"

#include <gst/check/gstcheck.h>

namespace {

using media::MutedOutput;
using media::PictureFill;
using Buffer = glib::Ref<GstBuffer>;

constexpr GstClockTime ms = GST_MSECOND;

PictureFill of(const char* text) {
  PictureFill fill;
  const auto caps = glib::Ref<GstCaps>::adopt(gst_caps_from_string(text));
  fill.set_caps(caps.get());
  return fill;
}

PictureFill raw() {
  return of("video/x-raw,format=GRAY8,width=4,height=2,framerate=0/1");
}

Buffer picture(bool is_key_frame = true) {
  auto buffer = Buffer::adopt(gst_buffer_new_memdup("12345678", 8));
  GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT);
  if (!is_key_frame) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

bool is_picture(const std::optional<media::Filler>& filler) {
  return filler && filler->buffer && gst_buffer_memcmp(filler->buffer.get(), 0, "12345678", 8) == 0;
}

GST_START_TEST(shows_five_raw_and_one_encoded_picture_a_second) {
  auto pictures = raw();
  fail_if(pictures.due(MutedOutput::Fill, 0));
  pictures.begin(100 * ms);
  pictures.begin(700 * ms); /* it has begun */
  fail_if(pictures.due(MutedOutput::Fill, 99 * ms));
  fail_unless(pictures.due(MutedOutput::Fill, 100 * ms)->time == 100 * ms);
  fail_if(pictures.due(MutedOutput::Fill, 299 * ms));
  fail_unless(pictures.due(MutedOutput::Fill, 300 * ms)->duration == 200 * ms);
  auto encoded = of("video/x-vp8,width=16,height=16");
  encoded.begin(0);
  fail_unless(encoded.due(MutedOutput::Fill, 0)->duration == GST_SECOND);
  fail_if(encoded.due(MutedOutput::Fill, 999 * ms));
}
GST_END_TEST;

GST_START_TEST(keeps_the_clock_of_a_transport_stream_running) {
  auto pictures = of("video/x-h264,stream-format=byte-stream,width=16,height=16");
  pictures.begin(0);
  fail_unless(pictures.due(MutedOutput::Fill, 0)->duration == 200 * ms);
  fail_unless(pictures.due(MutedOutput::Freeze, 200 * ms)->duration == GST_SECOND);
}
GST_END_TEST;

GST_START_TEST(leaves_out_what_is_late_but_for_the_first) {
  auto pictures = raw();
  pictures.begin(0);
  fail_unless(pictures.due(MutedOutput::Fill, 2000 * ms)->time == 0);
  fail_unless(pictures.due(MutedOutput::Fill, 2000 * ms)->time == 2000 * ms);
  fail_if(pictures.due(MutedOutput::Fill, 2100 * ms));
}
GST_END_TEST;

GST_START_TEST(stops_with_the_first_real_picture) {
  auto pictures = raw();
  pictures.begin(0);
  pictures.passed(picture(), MutedOutput::Fill);
  fail_if(pictures.is_filling());
  fail_if(pictures.due(MutedOutput::Fill, GST_SECOND));
}
GST_END_TEST;

GST_START_TEST(freezes_on_the_last_picture_or_key_frame) {
  for (const char* caps : {"video/x-raw,format=GRAY8,width=4,height=2", "video/x-av1"}) {
    auto pictures = of(caps);
    pictures.passed(picture(), MutedOutput::Freeze);
    pictures.begin(0);
    const auto frozen = pictures.due(MutedOutput::Freeze, 0);
    fail_unless(is_picture(frozen));
    fail_if(GST_BUFFER_FLAG_IS_SET(frozen->buffer.get(), GST_BUFFER_FLAG_DISCONT));
  }
}
GST_END_TEST;

GST_START_TEST(holds_no_raw_picture_unless_it_has_to) {
  auto pictures = raw();
  const auto shown = picture();
  pictures.passed(shown, MutedOutput::Fill);
  assert_equals_int(GST_MINI_OBJECT_REFCOUNT_VALUE(shown.get()), 1);
}
GST_END_TEST;

GST_START_TEST(is_a_gap_where_no_picture_can_be_made) {
  auto pictures = of("video/x-av1,width=16,height=16");
  pictures.begin(0);
  const auto gap = pictures.due(MutedOutput::Fill, 0);
  fail_unless(gap && !gap->buffer);
}
GST_END_TEST;

Suite* picture_fill_suite() {
  Suite* suite = suite_create("picture_fill");
  TCase* general = tcase_create("general");
  suite_add_tcase(suite, general);
  tcase_add_test(general, shows_five_raw_and_one_encoded_picture_a_second);
  tcase_add_test(general, keeps_the_clock_of_a_transport_stream_running);
  tcase_add_test(general, leaves_out_what_is_late_but_for_the_first);
  tcase_add_test(general, stops_with_the_first_real_picture);
  tcase_add_test(general, freezes_on_the_last_picture_or_key_frame);
  tcase_add_test(general, holds_no_raw_picture_unless_it_has_to);
  tcase_add_test(general, is_a_gap_where_no_picture_can_be_made);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(picture_fill)
