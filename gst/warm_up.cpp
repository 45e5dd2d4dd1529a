/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/warm_up.h"

#include "gst/gst_ptr.h"

namespace media {

namespace {

/* The first of them has the certificate. What is missing is found out by those who need it. */
gpointer run(gpointer) {
  for (const char* factory : {"dtlsdec", "webrtcbin", "srtpdec", "nicesrc", "rtpvp8depay"})
    glib::Ref<GstElement>::sink(gst_element_factory_make(factory, nullptr));
  return nullptr;
}

}  // namespace

WarmUp::WarmUp() : thread_(g_thread_new("warm-up", run, nullptr)) {}

WarmUp::~WarmUp() {
  g_thread_join(thread_);
}

}  // namespace media
