/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/signals.h"

namespace matrixcall {

namespace {

guint encoder_setup = 0;

}  // namespace

void install_signals(GType type, void (*leave)(GstElement* element)) {
  /**
   * GstMatrixCall::leave:
   *
   * Leaves the call and ends every stream, as an EOS event does.
   */
  g_signal_new_class_handler("leave", type, GSignalFlags(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION),
                             G_CALLBACK(leave), nullptr, nullptr, nullptr, G_TYPE_NONE, 0);

  /**
   * GstMatrixCall::encoder-setup:
   * @encoder: an encoder of what we send, before it starts
   *
   * Lets the application set up an encoder, after the element did and on a streaming thread.
   * Which one it is depends on the ranks of those that are installed.
   */
  encoder_setup = g_signal_new("encoder-setup", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr,
                               nullptr, G_TYPE_NONE, 1, GST_TYPE_ELEMENT);
}

void emit_encoder_setup(GstElement* element, GstElement* encoder) {
  g_signal_emit(element, encoder_setup, 0, encoder);
}

}  // namespace matrixcall
