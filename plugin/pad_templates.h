/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

namespace matrixcall {

/* audio_%s, video_%s, screen_%s and screen_audio_%s. */
void add_pad_templates(GstElementClass* klass);

}  // namespace matrixcall
