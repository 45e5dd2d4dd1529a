/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_text.h"

#include <pango/pangocairo.h>

#include <algorithm>
#include <numbers>

GLIB_COUNTED(cairo_surface_t, cairo_surface_reference, cairo_surface_destroy);
GLIB_COUNTED(cairo_t, cairo_reference, cairo_destroy);
GLIB_OBJECT(PangoLayout);
GLIB_FREE(PangoFontDescription, pango_font_description_free);

namespace media {
namespace {

using glib::Ref;

/* A transparent picture to draw into. */
struct Sheet {
  explicit Sheet(MixSize size)
      : surface(Ref<cairo_surface_t>::adopt(
            cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size.width, size.height))),
        context(Ref<cairo_t>::adopt(cairo_create(surface.get()))) {}
  Ref<cairo_surface_t> surface;
  Ref<cairo_t> context;
};

Ref<PangoLayout> make_layout(const Sheet& sheet, const std::string& text, int pixels, bool bold) {
  auto layout = Ref<PangoLayout>::adopt(pango_cairo_create_layout(sheet.context.get()));
  const glib::Unique<PangoFontDescription> font(pango_font_description_from_string("Sans"));
  pango_font_description_set_absolute_size(font.get(), pixels * PANGO_SCALE);
  if (bold) pango_font_description_set_weight(font.get(), PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
  const glib::Unique<char> valid(g_utf8_make_valid(text.c_str(), -1));
  pango_layout_set_text(layout.get(), valid.get(), -1);
  return layout;
}

MixSize size_of(PangoLayout* layout) {
  MixSize size;
  pango_layout_get_pixel_size(layout, &size.width, &size.height);
  return size;
}

Ref<GstVideoOverlayRectangle> as_rectangle(const Sheet& sheet, MixSize size, int x, int y) {
  cairo_surface_flush(sheet.surface.get());
  const auto stride = static_cast<gsize>(cairo_image_surface_get_stride(sheet.surface.get()));
  const gsize bytes = stride * static_cast<gsize>(size.height);
  const auto buffer = Ref<GstBuffer>::adopt(
      gst_buffer_new_memdup(cairo_image_surface_get_data(sheet.surface.get()), bytes));
  /* Cairo's rows of 32 bit are as long as GStreamer's. */
  gst_buffer_add_video_meta(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE,
                            GST_VIDEO_OVERLAY_COMPOSITION_FORMAT_RGB,
                            static_cast<guint>(size.width), static_cast<guint>(size.height));
  return Ref<GstVideoOverlayRectangle>::adopt(gst_video_overlay_rectangle_new_raw(
      buffer.get(), x, y, static_cast<guint>(size.width), static_cast<guint>(size.height),
      GST_VIDEO_OVERLAY_FORMAT_FLAG_PREMULTIPLIED_ALPHA));
}

void draw_crossed_microphone(cairo_t* context, double x, double y, double size) {
  cairo_set_line_width(context, size / 9);
  cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND);
  cairo_set_source_rgb(context, 1, 0.35, 0.3);
  cairo_move_to(context, x + size / 2, y + size * 0.22);
  cairo_line_to(context, x + size / 2, y + size * 0.5);
  cairo_set_line_width(context, size / 4);
  cairo_stroke(context);
  cairo_set_line_width(context, size / 9);
  cairo_arc(context, x + size / 2, y + size * 0.48, size * 0.26, 0, std::numbers::pi);
  cairo_stroke(context);
  cairo_move_to(context, x + size / 2, y + size * 0.75);
  cairo_line_to(context, x + size / 2, y + size * 0.9);
  cairo_move_to(context, x + size * 0.15, y + size * 0.1);
  cairo_line_to(context, x + size * 0.85, y + size * 0.9);
  cairo_stroke(context);
}

}  // namespace

Ref<GstVideoOverlayRectangle> draw_label(const std::string& name, bool mic_muted, MixRect tile) {
  const int pixels = std::clamp(std::min(tile.height, tile.width * 9 / 16) / 16, 10, 28);
  const int margin = pixels / 3;
  const int icon = mic_muted ? pixels * 5 / 4 : 0;
  const int room = tile.width - 4 * margin - icon;
  if ((name.empty() && !mic_muted) || room < pixels) return {};
  const auto text = make_layout(Sheet({1, 1}), name, pixels, false);
  pango_layout_set_ellipsize(text.get(), PANGO_ELLIPSIZE_END);
  if (size_of(text.get()).width > room) pango_layout_set_width(text.get(), room * PANGO_SCALE);
  const MixSize written = size_of(text.get());
  const int height = std::max(written.height, pixels * 5 / 4) + margin;
  const MixSize size{written.width + icon + 2 * margin, height};
  if (size.height > tile.height / 2) return {};

  const Sheet sheet(size);
  auto* context = sheet.context.get();
  cairo_set_source_rgba(context, 0, 0, 0, 0.6);
  cairo_paint(context);
  if (mic_muted) draw_crossed_microphone(context, margin, (height - pixels) / 2.0, pixels);
  cairo_set_source_rgb(context, 1, 1, 1);
  cairo_move_to(context, margin + icon, (height - written.height) / 2.0);
  pango_cairo_show_layout(context, text.get());
  return as_rectangle(sheet, size, tile.x + margin, tile.y + tile.height - height - margin);
}

Ref<GstVideoOverlayRectangle> draw_initials(const std::string& text, MixRect tile) {
  const int pixels = std::clamp(std::min(tile.width, tile.height) * 2 / 5, 8, 200);
  const auto layout = make_layout(Sheet({1, 1}), text, pixels, true);
  const MixSize size = size_of(layout.get());
  if (size.width <= 0 || size.width > tile.width || size.height > tile.height) return {};
  const Sheet sheet(size);
  cairo_set_source_rgb(sheet.context.get(), 1, 1, 1);
  cairo_move_to(sheet.context.get(), 0, 0);
  pango_cairo_show_layout(sheet.context.get(), layout.get());
  return as_rectangle(sheet, size, tile.x + (tile.width - size.width) / 2,
                      tile.y + (tile.height - size.height) / 2);
}

}  // namespace media
