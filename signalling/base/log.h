/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Logging without GStreamer. Whoever embeds the signalling installs a sink; the
 * plugin's hands each line to GST_DEBUG.
 *
 * Levels: Error the call is over; Warning a participant or a request failed;
 * Info a state changed; Debug each message's type and size; Trace its content.
 * A line starts with whom it is about: "@user:server/DEVICE: ...". Tokens,
 * passwords and keys are written at no level, ICE passwords (SDP) at Trace only. */
namespace rtc::log {

enum class Level { Error, Warning, Info, Debug, Trace };

/* Core: machines. Client: HTTP and sync. */
enum class Category { Core, Client };

struct Line {
  Category category;
  Level level;
  const char* file;
  const char* function;
  int line;
  const char* text;
};

/* Both functions are called on any thread. @enabled is asked before a line is formatted. */
struct Sink {
  bool (*enabled)(Category, Level);
  void (*write)(const Line&);
};

/* @sink is borrowed for the life of the process. Any thread. */
void set_sink(const Sink* sink);
bool enabled(Category category, Level level);
void write(Category category, Level level, const char* file, const char* function, int line,
           const char* format, ...) G_GNUC_PRINTF(6, 7);

}  // namespace rtc::log

#define LOG_AT(category, level, ...)                                                            \
  do {                                                                                          \
    if (rtc::log::enabled(rtc::log::Category::category, rtc::log::Level::level))                \
      rtc::log::write(rtc::log::Category::category, rtc::log::Level::level, __FILE__, __func__, \
                      __LINE__, __VA_ARGS__);                                                   \
  } while (0)
#define LOG_ERROR(category, ...) LOG_AT(category, Error, __VA_ARGS__)
#define LOG_WARNING(category, ...) LOG_AT(category, Warning, __VA_ARGS__)
#define LOG_INFO(category, ...) LOG_AT(category, Info, __VA_ARGS__)
#define LOG_DEBUG(category, ...) LOG_AT(category, Debug, __VA_ARGS__)
#define LOG_TRACE(category, ...) LOG_AT(category, Trace, __VA_ARGS__)
