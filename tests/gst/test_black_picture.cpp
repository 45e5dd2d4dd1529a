/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/black_picture.h"

#include <gst/video/video.h>

#include <string>
#include <vector>

#include "gst/h264_black.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>

using Buffer = glib::Ref<GstBuffer>;
using Caps = glib::Ref<GstCaps>;

static Caps make_caps(const char* text) {
  return Caps::adopt(gst_caps_from_string(text));
}

/* What @launch_line, of elements with a sink and a source pad, makes of @buffers. */
static std::vector<Buffer> run(const std::string& launch_line, GstCaps* caps,
                               const std::vector<Buffer>& buffers) {
  GstHarness* harness = gst_harness_new_parse(launch_line.c_str());
  gst_harness_set_src_caps(harness, gst_caps_ref(caps));
  GstClockTime time = 0;
  for (const auto& buffer : buffers) {
    GstBuffer* copy = gst_buffer_copy(buffer.get());
    GST_BUFFER_PTS(copy) = time;
    time += 100 * GST_MSECOND;
    fail_unless_equals_int(gst_harness_push(harness, copy), GST_FLOW_OK);
  }
  gst_harness_push_event(harness, gst_event_new_eos());
  std::vector<Buffer> made;
  while (auto* buffer = gst_harness_try_pull(harness)) made.push_back(Buffer::adopt(buffer));
  gst_harness_teardown(harness);
  return made;
}

static Caps caps_after(const std::string& launch_line, GstCaps* caps, const Buffer& buffer) {
  GstHarness* harness = gst_harness_new_parse(launch_line.c_str());
  gst_harness_set_src_caps(harness, gst_caps_ref(caps));
  gst_harness_push(harness, gst_buffer_copy(buffer.get()));
  gst_harness_push_event(harness, gst_event_new_eos());
  auto result = Caps::adopt(gst_pad_get_current_caps(harness->sinkpad));
  gst_harness_teardown(harness);
  return result;
}

constexpr int width = 200;
constexpr int height = 120;
static const char* const i420 = "video/x-raw,format=I420,width=200,height=120,framerate=10/1";

static Buffer white() {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, width, height);
  auto buffer =
      Buffer::adopt(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr));
  gst_buffer_memset(buffer.get(), 0, 128, GST_VIDEO_INFO_SIZE(&info));
  gst_buffer_memset(buffer.get(), 0, 235, GST_VIDEO_INFO_PLANE_OFFSET(&info, 1));
  return buffer;
}

/* Whether all of an I420 picture has this luma, and no colour. */
static bool is_plain(const Buffer& picture, int luma, int tolerance = 2) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_I420, width, height);
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info, picture.get(), GST_MAP_READ)) return false;
  bool plain = true;
  for (guint plane = 0; plane < 3; plane++) {
    const auto* data = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, plane));
    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, plane); y++) {
      for (int x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH(&frame, plane); x++) {
        const int value = data[y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, plane) + x];
        plain = plain && std::abs(value - (plane == 0 ? luma : 128)) <= tolerance;
      }
    }
  }
  gst_video_frame_unmap(&frame);
  return plain;
}

GST_START_TEST(is_black_in_every_raw_format) {
  for (const char* format : {"I420", "NV12", "YUY2", "I420_10LE", "BGRx", "RGB", "AYUV"}) {
    const auto caps = make_caps((std::string("video/x-raw,width=200,height=120,framerate=10/1,"
                                             "format=") +
                                 format)
                                    .c_str());
    const auto black = media::black_picture(caps.get(), nullptr);
    fail_unless(black, "%s", format);
    const auto shown =
        run(std::string("videoconvert ! capsfilter caps=") + i420, caps.get(), {black});
    fail_unless(shown.size() == 1 && is_plain(shown[0], 16), "%s", format);
  }
}
GST_END_TEST;

GST_START_TEST(decodes_to_black_after_anything_that_vp8_or_vp9_had) {
  for (const std::string codec : {"vp8", "vp9"}) {
    const auto encoded = run(codec + "enc deadline=1 lag-in-frames=0", make_caps(i420).get(),
                             {white(), white(), white()});
    const auto caps = caps_after(codec + "enc deadline=1", make_caps(i420).get(), white());
    const auto black = media::black_picture(caps.get(), encoded[0].get());
    fail_unless(black && !GST_BUFFER_FLAG_IS_SET(black.get(), GST_BUFFER_FLAG_DELTA_UNIT));
    const auto shown = run(codec + "dec", caps.get(),
                           {encoded[0], encoded[1], black, black, encoded[0], encoded[1]});
    assert_equals_int(shown.size(), 6);
    for (const int i : {2, 3}) fail_unless(is_plain(shown[i], 16), "%s %d", codec.c_str(), i);
    for (const int i : {1, 4, 5})
      fail_unless(is_plain(shown[i], 235, 6), "%s %d", codec.c_str(), i);
  }
}
GST_END_TEST;

GST_START_TEST(uses_the_parameter_sets_of_an_h264_stream) {
  for (const char* encoder :
       {"openh264enc",
        "x264enc tune=zerolatency ! capsfilter caps=video/x-h264,profile=constrained-baseline"}) {
    for (const char* format : {"byte-stream", "avc", "avc3"}) {
      const std::string line =
          std::string(encoder) +
          " ! h264parse config-interval=-1 ! capsfilter caps=video/x-h264,alignment=au,"
          "stream-format=" +
          format;
      const auto encoded = run(line, make_caps(i420).get(), {white(), white(), white()});
      fail_unless(encoded.size() == 3, "%s: %zu", line.c_str(), encoded.size());
      const auto caps = caps_after(line, make_caps(i420).get(), white());
      const auto black = media::black_picture(caps.get(), encoded[0].get());
      fail_unless(black, "%s", line.c_str());
      const auto shown = run("h264parse ! avdec_h264", caps.get(),
                             {encoded[0], encoded[1], black, black, encoded[0], encoded[1]});
      fail_unless(shown.size() == 6, "%s: %zu", line.c_str(), shown.size());
      for (const int i : {2, 3}) fail_unless(is_plain(shown[i], 16), "%s %d", line.c_str(), i);
      for (const int i : {1, 5}) fail_unless(is_plain(shown[i], 235, 6), "%s %d", line.c_str(), i);
    }
  }
}
GST_END_TEST;

GST_START_TEST(can_begin_an_h264_stream) {
  for (const char* format : {"byte-stream", "avc", "avc3"}) {
    const auto caps = make_caps((std::string("video/x-h264,alignment=au,width=200,height=120,"
                                             "stream-format=") +
                                 format)
                                    .c_str());
    const auto start = media::start_h264(caps.get());
    fail_unless(start.has_value());
    const auto again = media::black_picture(start->caps.get(), start->key_frame.get());
    const auto shown = run("h264parse ! avdec_h264", start->caps.get(), {start->key_frame, again});
    assert_equals_int(shown.size(), 2);
    fail_unless(is_plain(shown[0], 16) && is_plain(shown[1], 16), "%s", format);
  }
}
GST_END_TEST;

GST_START_TEST(makes_none_of_what_it_cannot) {
  const char* const none[] = {
      "video/x-av1,width=200,height=120", "video/x-vp8", "video/x-h264,stream-format=byte-stream",
      "video/x-raw(memory:GLMemory),format=RGBA,width=200,height=120", "video/x-raw,width=200"};
  for (const char* text : none)
    fail_if(media::black_picture(make_caps(text).get(), nullptr), "%s", text);
  const auto noise = Buffer::adopt(gst_buffer_new_memdup("\0\0\1\x67\xff\xff\0\0\1\x68\x80", 11));
  for (const char* format : {"byte-stream", "avc", "avc3"}) {
    const auto caps = make_caps((std::string("video/x-h264,stream-format=") + format).c_str());
    fail_if(media::black_picture(caps.get(), noise.get()));
  }
}
GST_END_TEST;

static Suite* black_picture_suite() {
  Suite* suite = suite_create("black_picture");
  TCase* general = tcase_create("general");
  suite_add_tcase(suite, general);
  tcase_add_test(general, is_black_in_every_raw_format);
  tcase_add_test(general, decodes_to_black_after_anything_that_vp8_or_vp9_had);
  tcase_add_test(general, uses_the_parameter_sets_of_an_h264_stream);
  tcase_add_test(general, can_begin_an_h264_stream);
  tcase_add_test(general, makes_none_of_what_it_cannot);
  return suite;
}

GST_CHECK_MAIN(black_picture)
