/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/silence.h"

#include <string>

#include <gst/check/gstcheck.h>

namespace {

using media::Silence;

Silence of(const char* text) {
  const auto caps = glib::Ref<GstCaps>::adopt(gst_caps_from_string(text));
  return Silence(caps.get());
}

GST_START_TEST(is_silent_in_raw_audio_of_any_format) {
  for (const char* format : {"S16LE", "F32LE", "U8", "S32BE"}) {
    const auto silence = of((std::string("audio/x-raw,rate=44100,channels=2,layout=interleaved,"
                                         "channel-mask=(bitmask)3,format=") +
                             format)
                                .c_str());
    const auto buffer = silence.make(20 * GST_MSECOND);
    const gsize frame = std::string(format) == "S16LE" ? 4 : std::string(format) == "U8" ? 2 : 8;
    assert_equals_int(gst_buffer_get_size(buffer.get()), 882 * frame);
    assert_equals_uint64(GST_BUFFER_DURATION(buffer.get()), 20 * GST_MSECOND);
    fail_unless(silence.duration_of(buffer.get()) == 20 * GST_MSECOND);
    guint8 sample = 1;
    gst_buffer_extract(buffer.get(), 0, &sample, 1);
    assert_equals_int(sample, std::string(format) == "U8" ? 128 : 0);
  }
}
GST_END_TEST;

GST_START_TEST(cuts_what_comes_twice) {
  const auto silence = of("audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved");
  auto buffer = silence.make(20 * GST_MSECOND);
  buffer = silence.without_start(buffer, 5 * GST_MSECOND);
  fail_unless(silence.duration_of(buffer.get()) == 15 * GST_MSECOND);
  fail_if(silence.without_start(buffer, 15 * GST_MSECOND));
}
GST_END_TEST;

GST_START_TEST(knows_how_long_an_opus_packet_lasts) {
  const struct {
    guint8 data[2];
    gsize size;
    GstClockTime us;
  } packets[] = {
      {{0x00, 0}, 1, 10000},   {{0x18, 0}, 1, 60000}, {{0x60, 0}, 1, 10000},
      {{0x68, 0}, 1, 20000},   {{0x80, 0}, 1, 2500},  {{0xf8, 0xff}, 2, 20000},
      {{0xf9, 0}, 2, 40000},   {{0xfa, 0}, 2, 40000}, {{0xfb, 0x03}, 2, 60000},
      {{0x83, 0x42}, 2, 5000},
  };
  for (const auto& packet : packets)
    fail_unless(media::opus_duration(packet.data, packet.size) == packet.us * GST_USECOND, "%02x",
                packet.data[0]);
  fail_if(media::opus_duration(nullptr, 0));
  fail_if(media::opus_duration(packets[8].data, 1));
}
GST_END_TEST;

GST_START_TEST(cannot_be_made_of_what_it_does_not_know) {
  fail_if(Silence().can_be_made());
  fail_if(of("audio/x-alaw,rate=8000,channels=1").can_be_made());
  fail_unless(of("audio/x-opus").can_be_made());
}
GST_END_TEST;

Suite* silence_suite() {
  Suite* suite = suite_create("silence");
  TCase* general = tcase_create("general");
  suite_add_tcase(suite, general);
  tcase_add_test(general, is_silent_in_raw_audio_of_any_format);
  tcase_add_test(general, cuts_what_comes_twice);
  tcase_add_test(general, knows_how_long_an_opus_packet_lasts);
  tcase_add_test(general, cannot_be_made_of_what_it_does_not_know);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(silence)
