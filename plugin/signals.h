/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

namespace matrixcall {

/* The element's signals. @leave: what the action signal of that name does. */
void install_signals(GType type, void (*leave)(GstElement* element));
/* A streaming thread. */
void emit_encoder_setup(GstElement* element, GstElement* encoder);

}  // namespace matrixcall
