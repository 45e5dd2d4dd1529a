/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_MATRIX_CALL_RECORDER (gst_matrix_call_recorder_get_type())
G_DECLARE_FINAL_TYPE(GstMatrixCallRecorder, gst_matrix_call_recorder, GST, MATRIX_CALL_RECORDER,
                     GstBin)

GST_ELEMENT_REGISTER_DECLARE(matrixcallrecorder)

G_END_DECLS
