/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

/* The properties of matrixcallmix, and their documentation. */
namespace matrixcall {

enum MixProperty : guint {
  MIX_0,
  MIX_LAYOUT,
  MIX_WIDTH,
  MIX_HEIGHT,
  MIX_FRAMERATE,
  MIX_BACKGROUND,
  MIX_LABELS,
  MIX_SHOW_MUTED,
  MIX_LATENCY,
};

void install_mix_properties(GObjectClass* klass);

}  // namespace matrixcall
