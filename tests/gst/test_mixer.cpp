/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mixer.h"

#include <cairo.h>
#include <gst/check/gstcheck.h>

#include <array>

GLIB_COUNTED(cairo_surface_t, cairo_surface_reference, cairo_surface_destroy);

/* The layouts as pictures. They are compared with those that the README shows; with PICTURES set
 * to a folder, they are written there instead. */
namespace {

using namespace media;
using glib::Ref;

constexpr std::array counts{0U, 1U, 2U, 5U, 9U, 16U};

Ref<GstBuffer> solid(MixSize size, std::uint32_t rgb) {
  GstVideoInfo info = mix_video_info(size);
  auto buffer =
      Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr));
  GstVideoFrame frame;
  fail_unless(gst_video_frame_map(&frame, &info, buffer.get(), GST_MAP_WRITE));
  MixCanvas(frame).fill({0, 0, size.width, size.height}, mix_color(rgb));
  MixCanvas(frame).fill(
      {size.width / 4 * 2 / 2, size.height / 4 * 2 / 2, size.width / 4 * 2, size.height / 4 * 2},
      mix_color(rgb >> 1 & 0x7F7F7F));
  gst_video_frame_unmap(&frame);
  return buffer;
}

/* A call with cameras of many colours, one of them upright; every fourth is off; the second
 * speaks, the third has muted the microphone; and a screen in its layout. */
class Call {
 public:
  explicit Call(unsigned people, MixLayout layout) {
    MixSettings settings;
    settings.layout = layout;
    mixer.set(settings);
    constexpr std::array<std::uint32_t, 6> colors{0xB04A4A, 0x4AA05A, 0x4A6AB0,
                                                  0xB0A04A, 0x904AB0, 0x4AA0A0};
    for (unsigned i = 1; i <= people; i++) {
      const bool off = i % 4 == 0;
      const MixSize size = i == 1 ? MixSize{180, 320} : MixSize{320, 180};
      add(i, i, FeedKind::Video, off, solid(size, colors[i % colors.size()]), size);
      mixer.add_audio(100 + i);
      mixer.news(100 + i, news(i, FeedKind::Audio, i == 3));
    }
    if (people > 0 && layout == MixLayout::Screen)
      add(50, 1, FeedKind::Screen, false, solid({320, 200}, 0xE8E8E8), {320, 200});
    const std::vector<std::int16_t> loud(std::size_t{960} * mix_channels, 8000);
    for (GstClockTime i = 0; i < 50; i++) mixer.sound(102, i * 20 * GST_MSECOND, loud);
    show();
  }

  /* Pictures come. */
  void show() {
    for (const auto& camera : cameras_) camera.input->push(camera.picture, 0);
  }

  Mixer mixer;

 private:
  struct Camera {
    std::shared_ptr<MixVideoInput> input;
    Ref<GstBuffer> picture;
  };
  static ActivityNews news(unsigned person, FeedKind kind, bool muted) {
    constexpr std::array names{"Ada Lovelace",    "Blaise", "Chien-Shiung Wu",
                               "Dorothy Hodgkin", "Emmy",   "Frances E. Allen"};
    ActivityNews news;
    news.user_id = "@p" + std::to_string(person) + ":a";
    news.display_name = names[(person - 1) % names.size()];
    news.kind = kind;
    news.activity = muted ? Activity::Muted : Activity::Active;
    news.muted = muted;
    return news;
  }
  void add(unsigned feed, unsigned person, FeedKind kind, bool off, Ref<GstBuffer> picture,
           MixSize size) {
    auto input = std::make_shared<MixVideoInput>(nullptr, [] {});
    GstVideoInfo info = mix_video_info(size);
    const auto caps = Ref<GstCaps>::adopt(gst_video_info_to_caps(&info));
    input->set_caps(caps.get());
    mixer.add_video(feed, input);
    cameras_.push_back({std::move(input), std::move(picture)});
    mixer.news(feed, news(person, kind, off));
  }

  std::vector<Camera> cameras_;
};

/* As the picture is, 32 bit a pixel. */
Ref<cairo_surface_t> paint(Call& call, MixSize size) {
  GstVideoInfo info = mix_video_info(size);
  const auto buffer =
      Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr));
  auto surface = Ref<cairo_surface_t>::adopt(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, size.width, size.height));
  GstVideoInfo rgb;
  gst_video_info_set_format(&rgb, GST_VIDEO_FORMAT_BGRx, static_cast<guint>(size.width),
                            static_cast<guint>(size.height));
  const auto converted = Ref<GstBuffer>::adopt(gst_buffer_new_wrapped_full(
      GstMemoryFlags(0), cairo_image_surface_get_data(surface.get()), GST_VIDEO_INFO_SIZE(&rgb), 0,
      GST_VIDEO_INFO_SIZE(&rgb), nullptr, nullptr));
  GstVideoFrame frame;
  GstVideoFrame target;
  fail_unless(gst_video_frame_map(&frame, &info, buffer.get(), GST_MAP_READWRITE));
  /* Who speaks is large when they have for a while, with the pictures that come from then on. */
  call.mixer.paint(frame, 500 * GST_MSECOND);
  call.mixer.paint(frame, 1 * GST_SECOND);
  call.show();
  call.mixer.paint(frame, 1100 * GST_MSECOND);
  fail_unless(gst_video_frame_map(&target, &rgb, converted.get(), GST_MAP_WRITE));
  auto* converter = gst_video_converter_new(&info, &rgb, nullptr);
  gst_video_converter_frame(converter, &frame, &target);
  gst_video_converter_free(converter);
  gst_video_frame_unmap(&frame);
  gst_video_frame_unmap(&target);
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

/* The layout with 0, 1, 2, 5, 9 and 16 people, three in a row. */
Ref<cairo_surface_t> sheet(MixLayout layout, MixSize size) {
  constexpr int gap = 8;
  auto surface = Ref<cairo_surface_t>::adopt(cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, 3 * size.width + 2 * gap, 2 * size.height + gap));
  auto* context = cairo_create(surface.get());
  cairo_set_source_rgb(context, 1, 1, 1);
  cairo_paint(context);
  for (size_t i = 0; i < counts.size(); i++) {
    Call call(counts[i], layout);
    const auto picture = paint(call, size);
    const auto column = static_cast<int>(i % 3);
    const auto row = static_cast<int>(i / 3);
    cairo_set_source_surface(context, picture.get(), column * (size.width + gap),
                             row * (size.height + gap));
    cairo_paint(context);
  }
  cairo_destroy(context);
  cairo_surface_flush(surface.get());
  return surface;
}

/* How many of 1000 pixels differ clearly. */
unsigned difference(cairo_surface_t* a, cairo_surface_t* b) {
  const int width = cairo_image_surface_get_width(a);
  const int height = cairo_image_surface_get_height(a);
  if (width != cairo_image_surface_get_width(b) || height != cairo_image_surface_get_height(b))
    return 1000;
  unsigned different = 0;
  for (int y = 0; y < height; y++) {
    const auto* row_a = cairo_image_surface_get_data(a) +
                        static_cast<ptrdiff_t>(y) * cairo_image_surface_get_stride(a);
    const auto* row_b = cairo_image_surface_get_data(b) +
                        static_cast<ptrdiff_t>(y) * cairo_image_surface_get_stride(b);
    for (int x = 0; x < width; x++) {
      int distance = 0;
      for (int channel = 0; channel < 3; channel++)
        distance = std::max(distance, std::abs(row_a[4 * x + channel] - row_b[4 * x + channel]));
      different += distance > 32;
    }
  }
  return static_cast<unsigned>(1000UL * different / static_cast<unsigned>(width * height));
}

void check(const char* name, MixLayout layout, MixSize size) {
  const auto got = sheet(layout, size);
  const char* folder = g_getenv("PICTURES");
  if (folder && *folder) {
    const std::string path = std::string(folder) + "/" + name;
    fail_unless(cairo_surface_write_to_png(got.get(), path.c_str()) == CAIRO_STATUS_SUCCESS);
    return;
  }
  const std::string path = std::string(LAYOUT_PICTURES) + "/" + name;
  const auto stored =
      Ref<cairo_surface_t>::adopt(cairo_image_surface_create_from_png(path.c_str()));
  fail_unless(cairo_surface_status(stored.get()) == CAIRO_STATUS_SUCCESS, "no %s", path.c_str());
  cairo_surface_flush(stored.get());
  /* Fonts differ from machine to machine. */
  const unsigned permille = difference(got.get(), stored.get());
  fail_unless(permille < 12, "%s: %u of 1000 pixels differ", name, permille);
}

constexpr MixSize landscape{320, 180};
constexpr MixSize portrait{180, 320};

GST_START_TEST(a_grid_looks_as_documented) {
  check("grid.png", MixLayout::Grid, landscape);
  check("grid-portrait.png", MixLayout::Grid, portrait);
}
GST_END_TEST;

GST_START_TEST(the_speaker_layout_looks_as_documented) {
  check("speaker.png", MixLayout::Speaker, landscape);
  check("speaker-portrait.png", MixLayout::Speaker, portrait);
}
GST_END_TEST;

GST_START_TEST(the_screen_layout_looks_as_documented) {
  check("screen.png", MixLayout::Screen, landscape);
  check("screen-portrait.png", MixLayout::Screen, portrait);
}
GST_END_TEST;

GST_START_TEST(the_single_layout_looks_as_documented) {
  check("single.png", MixLayout::Single, landscape);
  check("single-portrait.png", MixLayout::Single, portrait);
}
GST_END_TEST;

GST_START_TEST(what_is_not_shown_is_not_decoded) {
  Call call(2, MixLayout::Single);
  auto hidden = std::make_shared<MixVideoInput>(nullptr, [] {});
  call.mixer.add_video(77, hidden);
  paint(call, landscape);
  const guint64 before = hidden->skipped();
  hidden->push(solid(landscape, 0), 2 * GST_SECOND);
  assert_equals_uint64(hidden->skipped(), before + 1);
}
GST_END_TEST;

Suite* mixer_suite() {
  Suite* suite = suite_create("mixer");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, a_grid_looks_as_documented);
  tcase_add_test(tcase, the_speaker_layout_looks_as_documented);
  tcase_add_test(tcase, the_screen_layout_looks_as_documented);
  tcase_add_test(tcase, the_single_layout_looks_as_documented);
  tcase_add_test(tcase, what_is_not_shown_is_not_decoded);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(mixer);
