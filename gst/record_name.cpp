/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_name.h"

#include <glib.h>

#include <algorithm>

#include "signalling/base/glib_ptr.h"

GLIB_COUNTED(GDateTime, g_date_time_ref, g_date_time_unref);

namespace media {
namespace {

constexpr size_t longest_field = 64;
constexpr size_t longest_component = 200;

bool is_invisible(gunichar c) {
  switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
      return true;
    default:
      return g_unichar_iszerowidth(c) && !g_unichar_ismark(c);
  }
}

bool is_plain(gunichar c) {
  return g_unichar_isalnum(c) || g_unichar_ismark(c) ||
         (c < 128 &&
          std::string_view("@+=._-").find(static_cast<char>(c)) != std::string_view::npos);
}

/* Whole characters of @text that fit into @bytes. */
std::string shortened(const std::string& text, size_t bytes) {
  if (text.size() <= bytes) return text;
  size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) end--;
  return text.substr(0, end);
}

size_t file_start(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? 0 : slash + 1;
}

/* Of the last component; the end of @path if it has no extension. */
size_t extension_start(std::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == std::string_view::npos || dot <= file_start(path) ? path.size() : dot;
}

std::string shortened_components(const std::string& path) {
  std::string result;
  const size_t extension = extension_start(path);
  size_t from = 0;
  while (from <= extension) {
    const size_t to = std::min(path.find('/', from), extension);
    result += shortened(path.substr(from, to - from), longest_component);
    if (to < extension) result += '/';
    from = to + 1;
  }
  return result + shortened(path.substr(extension), 16);
}

}  // namespace

std::string safe_name(std::string_view text) {
  const glib::Unique<char> valid(g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())));
  std::string result;
  for (const char* at = valid.get(); *at && result.size() < longest_field;
       at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    if (is_invisible(c)) continue;
    if (is_plain(c) && !(c == '.' && result.empty()))
      result.append(at, static_cast<size_t>(g_utf8_next_char(at) - at));
    else
      result += '_';
  }
  result = shortened(result, longest_field);
  return result.empty() ? "_" : result;
}

std::string expand_name(std::string_view pattern, const NameFields& fields) {
  std::string result;
  size_t from = 0;
  while (from < pattern.size()) {
    const size_t open = std::min(pattern.find('{', from), pattern.size());
    const size_t close = pattern.find('}', open);
    result += pattern.substr(from, open - from);
    if (open == pattern.size()) break;
    const auto field = close == std::string_view::npos
                           ? fields.end()
                           : fields.find(pattern.substr(open + 1, close - open - 1));
    if (field == fields.end()) {
      result += '{';
      from = open + 1;
    } else {
      result += safe_name(field->second);
      from = close + 1;
    }
  }
  return shortened_components(result);
}

std::string suffixed_name(const std::string& path, std::string_view suffix) {
  const size_t extension = extension_start(path);
  return path.substr(0, extension) + std::string(suffix) + path.substr(extension);
}

std::string numbered_name(const std::string& path, unsigned number) {
  return number <= 1 ? path : suffixed_name(path, "-" + std::to_string(number));
}

bool has_field(std::string_view pattern, std::string_view field) {
  return pattern.find("{" + std::string(field) + "}") != std::string_view::npos;
}

std::string time_name(std::int64_t utc_us) {
  const auto time = glib::Ref<GDateTime>::adopt(g_date_time_new_from_unix_utc(utc_us / 1000000));
  const glib::Unique<char> text(time ? g_date_time_format(time.get(), "%Y%m%dT%H%M%SZ") : nullptr);
  return text ? text.get() : "_";
}

}  // namespace media
