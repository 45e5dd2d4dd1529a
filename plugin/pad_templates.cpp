/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/pad_templates.h"

#include "plugin/gstmatrixcallpad.h"

/* As it was sent first: what takes both gets it encoded. */
#define AUDIO_CAPS "audio/x-opus; audio/x-raw"
#define VIDEO_CAPS "video/x-vp8; video/x-vp9; video/x-h264; video/x-raw; video/x-raw(ANY)"

namespace matrixcall {
namespace {

GstStaticPadTemplate templates[] = {
    GST_STATIC_PAD_TEMPLATE("audio_%s", GST_PAD_SRC, GST_PAD_SOMETIMES,
                            GST_STATIC_CAPS(AUDIO_CAPS)),
    GST_STATIC_PAD_TEMPLATE("video_%s", GST_PAD_SRC, GST_PAD_SOMETIMES,
                            GST_STATIC_CAPS(VIDEO_CAPS)),
    GST_STATIC_PAD_TEMPLATE("screen_%s", GST_PAD_SRC, GST_PAD_SOMETIMES,
                            GST_STATIC_CAPS(VIDEO_CAPS)),
    GST_STATIC_PAD_TEMPLATE("screen_audio_%s", GST_PAD_SRC, GST_PAD_SOMETIMES,
                            GST_STATIC_CAPS(AUDIO_CAPS)),
};

}  // namespace

void add_pad_templates(GstElementClass* klass) {
  for (auto& pad_template : templates)
    gst_element_class_add_static_pad_template_with_gtype(klass, &pad_template,
                                                         GST_TYPE_MATRIX_CALL_PAD);
}

}  // namespace matrixcall
