/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>
#include <utility>

#include "gst/gst_ptr.h"

namespace media {

inline constexpr auto buffer_probe =
    GstPadProbeType(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);

/* A probe that keeps @callable, which is given what there is and says what becomes of it. On
 * the streaming thread. */
template <typename F>
void add_probe(GstPad* pad, GstPadProbeType type, F callable) {
  gst_pad_add_probe(
      pad, type,
      [](GstPad*, GstPadProbeInfo* info, gpointer data) { return (*static_cast<F*>(data))(*info); },
      std::make_unique<F>(std::move(callable)).release(),
      [](gpointer data) { std::unique_ptr<F>(static_cast<F*>(data)); });
}

}  // namespace media
