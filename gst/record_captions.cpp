/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_captions.h"

#include <glib.h>

#include <algorithm>

#include "signalling/base/glib_ptr.h"

namespace media {
namespace {

std::string timestamp(std::int64_t ms) {
  const auto part = [](std::int64_t value) { return static_cast<int>(value); };
  const glib::Unique<char> text(g_strdup_printf("%02d:%02d:%02d.%03d", part(ms / 3600000),
                                                part(ms / 60000 % 60), part(ms / 1000 % 60),
                                                part(ms % 1000)));
  return text.get();
}

/* For a voice span's annotation: one line, no markup. */
std::string escaped(std::string_view name) {
  const glib::Unique<char> valid(g_utf8_make_valid(name.data(), static_cast<gssize>(name.size())));
  std::string result;
  for (const char* at = valid.get(); *at; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029)
      result += ' ';
    else
      result.append(at, static_cast<size_t>(g_utf8_next_char(at) - at));
  }
  return result;
}

}  // namespace

std::string captions_header() {
  return "WEBVTT\n";
}

std::string caption(std::string_view name, std::int64_t from_ms, std::int64_t to_ms) {
  const std::string who = escaped(name);
  return "\n" + timestamp(from_ms) + " --> " + timestamp(std::max(to_ms, from_ms + 1)) + "\n<v " +
         who + ">" + who + "\n";
}

}  // namespace media
