/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/warm_up.h"

#include <openssl/crypto.h>

#include "gst/gst_ptr.h"

namespace media {

namespace {

/* The first of them has the certificate. What is missing is found out by those who need it. */
gpointer run(gpointer) {
  for (const char* factory : {"dtlsdec", "webrtcbin", "srtpdec", "nicesrc", "rtpvp8depay"})
    glib::Ref<GstElement>::sink(gst_element_factory_make(factory, nullptr));
  return nullptr;
}

/* At exit OpenSSL would free what the threads of DTLS's timeouts, which nobody joins, use once more
 * when they end: now and again a process that had done its work crashed then. */
GThread* start() {
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  return g_thread_new("warm-up", run, nullptr);
}

}  // namespace

WarmUp::WarmUp() : thread_(start()) {}

WarmUp::~WarmUp() {
  g_thread_join(thread_);
}

}  // namespace media
