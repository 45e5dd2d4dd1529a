/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gst/gst.h>

#include "gst/media_log.h"
#include "plugin/gstmatrixcall.h"
#include "plugin/gstmatrixcallmix.h"
#include "plugin/gstmatrixcallrecorder.h"
#include "plugin/log_bridge.h"

static gboolean plugin_init(GstPlugin* plugin) {
  matrixcall::install_log_bridge();
  /* For --gst-debug-help. */
  media::log_category();
  return GST_ELEMENT_REGISTER(matrixcall, plugin) && GST_ELEMENT_REGISTER(matrixcallmix, plugin) &&
         GST_ELEMENT_REGISTER(matrixcallrecorder, plugin);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, matrixcall,
                  "Takes part in Matrix room calls", plugin_init, PACKAGE_VERSION, "LGPL", PACKAGE,
                  "https://matrix.org")
