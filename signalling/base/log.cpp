/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/base/log.h"

#include <atomic>
#include <cstdarg>

#include "signalling/base/glib_ptr.h"

namespace rtc::log {
namespace {

std::atomic<const Sink*> current_sink = nullptr;

}  // namespace

void set_sink(const Sink* sink) {
  current_sink = sink;
}

bool enabled(Category category, Level level) {
  const Sink* sink = current_sink;
  return sink && sink->enabled(category, level);
}

void write(Category category, Level level, const char* file, const char* function, int line,
           const char* format, ...) {
  const Sink* sink = current_sink;
  if (!sink) return;
  va_list args;
  va_start(args, format);
  glib::Unique<char> text(g_strdup_vprintf(format, args));
  va_end(args);
  sink->write({category, level, file, function, line, text.get()});
}

}  // namespace rtc::log
