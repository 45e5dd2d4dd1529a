/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/gst_ptr.h"

namespace media {

/* What flows in a feed that is not active. */
enum class MutedOutput {
  Fill,   /* silence; black pictures */
  Gap,    /* GAP events */
  Freeze, /* silence; the last picture again and again */
  None    /* nothing */
};

/* One piece of it. */
struct Filler {
  glib::Ref<GstBuffer> buffer; /* with its times; empty: a GAP event */
  GstClockTime time = 0;
  GstClockTime duration = 0;
};

}  // namespace media
