/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_MATRIX_CALL_MIX (gst_matrix_call_mix_get_type())
G_DECLARE_FINAL_TYPE(GstMatrixCallMix, gst_matrix_call_mix, GST, MATRIX_CALL_MIX, GstBin)

GST_ELEMENT_REGISTER_DECLARE(matrixcallmix)

G_END_DECLS
