/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/log_bridge.h"

#include <gst/gst.h>

#include "signalling/base/log.h"

GST_DEBUG_CATEGORY_STATIC(core_debug);
GST_DEBUG_CATEGORY_STATIC(client_debug);

namespace matrixcall {
namespace {

GstDebugCategory* category_of(rtc::log::Category category) {
  switch (category) {
    case rtc::log::Category::Core:
      return core_debug;
    case rtc::log::Category::Client:
      return client_debug;
  }
  return core_debug;
}

GstDebugLevel level_of(rtc::log::Level level) {
  switch (level) {
    case rtc::log::Level::Error:
      return GST_LEVEL_ERROR;
    case rtc::log::Level::Warning:
      return GST_LEVEL_WARNING;
    case rtc::log::Level::Info:
      return GST_LEVEL_INFO;
    case rtc::log::Level::Debug:
      return GST_LEVEL_DEBUG;
    case rtc::log::Level::Trace:
      return GST_LEVEL_TRACE;
  }
  return GST_LEVEL_TRACE;
}

bool enabled(rtc::log::Category category, rtc::log::Level level) {
  return level_of(level) <= _gst_debug_min &&
         level_of(level) <= gst_debug_category_get_threshold(category_of(category));
}

void write(const rtc::log::Line& line) {
  gst_debug_log_literal(category_of(line.category), level_of(line.level), line.file, line.function,
                        line.line, nullptr, line.text);
}

constexpr rtc::log::Sink sink{enabled, write};

}  // namespace

void install_log_bridge() {
  GST_DEBUG_CATEGORY_INIT(core_debug, "matrix-call", 0, "Matrix call signalling");
  GST_DEBUG_CATEGORY_INIT(client_debug, "matrix-client", 0, "Matrix HTTP and sync");
  rtc::log::set_sink(&sink);
}

}  // namespace matrixcall
