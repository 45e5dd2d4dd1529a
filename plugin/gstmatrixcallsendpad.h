/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <functional>
#include <memory>

#include "gst/send_input.h"

G_BEGIN_DECLS

#define GST_TYPE_MATRIX_CALL_SEND_PAD (gst_matrix_call_send_pad_get_type())
G_DECLARE_FINAL_TYPE(GstMatrixCallSendPad, gst_matrix_call_send_pad, GST, MATRIX_CALL_SEND_PAD,
                     GstPad)

G_END_DECLS

namespace matrixcall {

/* A sink pad for @source, not active. Its name is that of the template. */
GstPad* new_send_pad(rtc::TrackSource source, GstPadTemplate* pad_template);
rtc::TrackSource source_of(GstMatrixCallSendPad* pad);
const std::shared_ptr<media::SendInput>& input_of(GstMatrixCallSendPad* pad);
/* Any thread. */
bool is_muted(GstMatrixCallSendPad* pad);
/* @handler(muted): called on the thread that sets the property. Before the pad is used. */
void set_mute_handler(GstMatrixCallSendPad* pad, std::function<void(bool)> handler);

}  // namespace matrixcall
