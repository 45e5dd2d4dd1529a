/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/mix_properties.h"

#include "gst/mix_makers.h"

namespace matrixcall {
namespace {

using media::MixLayout;

GType layout_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(MixLayout::Grid), "Everybody and every screen equally large", "grid"},
      {static_cast<int>(MixLayout::Speaker), "Who speaks large, the others in a strip below",
       "speaker"},
      {static_cast<int>(MixLayout::Screen),
       "The screen large, people beside it; a grid while nobody shares one", "screen"},
      {static_cast<int>(MixLayout::Single), "Who speaks, nobody else", "single"},
      {0, nullptr, nullptr},
  };
  static const GType type = [] {
    const GType made = g_enum_register_static("GstMatrixCallMixLayout", values);
    gst_type_mark_as_plugin_api(made, GstPluginAPIFlags(0));
    return made;
  }();
  return type;
}

}  // namespace

void install_mix_properties(GObjectClass* klass) {
  constexpr auto flags =
      GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  const media::MixSettings defaults;
  const media::MixVideoSettings video;
  const auto add = [klass](guint id, GParamSpec* spec) {
    g_object_class_install_property(klass, id, spec);
  };
  add(MIX_LAYOUT, g_param_spec_enum("layout", "Layout", "Who is shown where", layout_type(),
                                    static_cast<int>(defaults.layout), flags));
  add(MIX_WIDTH, g_param_spec_int("width", "Width",
                                  "Of the picture, in pixels; what is linked may ask for another",
                                  16, 8192, video.width, flags));
  add(MIX_HEIGHT, g_param_spec_int("height", "Height",
                                   "Of the picture, in pixels; what is linked may ask for another",
                                   16, 8192, video.height, flags));
  add(MIX_FRAMERATE, gst_param_spec_fraction("framerate", "Frame rate",
                                             "Pictures per second, like 30/1; what is linked "
                                             "may ask for another",
                                             1, 1, 240, 1, video.fps_n, video.fps_d, flags));
  add(MIX_BACKGROUND,
      g_param_spec_uint("background", "Background", "Colour where no tile is, 0xRRGGBB", 0,
                        0xFFFFFF, defaults.background, flags));
  add(MIX_LABELS,
      g_param_spec_boolean("labels", "Labels", "Write names and muted microphones into the tiles",
                           defaults.labels, flags));
  add(MIX_SHOW_MUTED,
      g_param_spec_boolean("show-muted", "Show muted",
                           "Give who shows nothing a tile with initials; FALSE: no tile",
                           defaults.show_muted, flags));
  add(MIX_LATENCY,
      g_param_spec_uint("latency", "Latency",
                        "Milliseconds that pictures and sound leave after the moment that they "
                        "are of; more if the feeds need more. What comes later is not shown",
                        0, 10000, 300, flags));
}

}  // namespace matrixcall
