/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_painter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gst/mix_scene.h"

namespace media {
namespace {

constexpr std::uint32_t speaker_color = 0x3FB950;
constexpr int border_width = 4;

/* Behind initials: the same for the same name. */
std::uint32_t color_of(const std::string& name) {
  constexpr std::array<std::uint32_t, 6> colors{0x35546E, 0x5B4A73, 0x3F6650,
                                                0x6E4B3A, 0x4A5A2F, 0x6A3F57};
  return colors[g_str_hash(name.c_str()) % colors.size()];
}

/* What @label leaves of @area. */
MixRect above(GstVideoOverlayRectangle* label, MixRect area) {
  if (!label) return area;
  MixRect taken;
  guint width = 0;
  guint height = 0;
  gst_video_overlay_rectangle_get_render_rectangle(label, &taken.x, &taken.y, &width, &height);
  return {area.x, area.y, area.width, taken.y - area.y};
}

}  // namespace

void MixPainter::write(const std::vector<MixPanel>& panels, bool labels) {
  std::vector<Writing> wanted;
  wanted.reserve(panels.size());
  for (const auto& panel : panels)
    wanted.push_back(
        {panel.area, labels ? panel.name : "", labels && panel.mic_muted, panel.empty});
  if (overlay_ && wanted == written_) return;
  written_ = std::move(wanted);
  overlay_ =
      glib::Ref<GstVideoOverlayComposition>::adopt(gst_video_overlay_composition_new(nullptr));
  for (size_t i = 0; i < panels.size(); i++) {
    const auto& writing = written_[i];
    const auto label = draw_label(writing.name, writing.mic_muted, writing.area);
    if (label) gst_video_overlay_composition_add_rectangle(overlay_.get(), label.get());
    if (!writing.empty) continue;
    const auto letters = draw_initials(initials(panels[i].name), above(label.get(), writing.area));
    if (letters) gst_video_overlay_composition_add_rectangle(overlay_.get(), letters.get());
  }
}

void MixPainter::paint(GstVideoFrame& frame, const std::vector<MixPanel>& panels,
                       std::uint32_t background, bool labels) {
  MixCanvas canvas(frame);
  canvas.fill({0, 0, GST_VIDEO_FRAME_WIDTH(&frame), GST_VIDEO_FRAME_HEIGHT(&frame)},
              mix_color(background));
  for (const auto& panel : panels) {
    if (panel.empty) canvas.fill(panel.area, mix_color(color_of(panel.name)));
    if (panel.picture) {
      GstVideoInfo info = mix_video_info({panel.inner.width, panel.inner.height});
      GstVideoFrame picture;
      if (gst_video_frame_map(&picture, &info, panel.picture.get(), GST_MAP_READ)) {
        canvas.copy(picture, panel.inner);
        gst_video_frame_unmap(&picture);
      }
    }
  }
  write(panels, labels);
  if (gst_video_overlay_composition_n_rectangles(overlay_.get()) > 0)
    gst_video_overlay_composition_blend(overlay_.get(), &frame);
  for (const auto& panel : panels)
    if (panel.speaks) canvas.border(panel.area, border_width, mix_color(speaker_color));
}

}  // namespace media
