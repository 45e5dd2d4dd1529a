/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/pad_names.h"

#include <algorithm>
#include <string_view>

#include "signalling/base/glib_ptr.h"

namespace matrixcall {
namespace {

/* Lower case; every byte but [a-z0-9._-] as "-" and its two hexadecimal digits. */
std::string mapped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const char lower = g_ascii_tolower(c);
    if (g_ascii_isalnum(lower) || lower == '.' || lower == '_' || lower == '-') {
      result += lower;
    } else {
      glib::Unique<char> hex(g_strdup_printf("-%02x", static_cast<unsigned char>(c)));
      result += hex.get();
    }
  }
  /* "screen_" + "audio_bob" is the name of another feed. */
  if (result.starts_with("audio_")) result.replace(5, 1, "-5f");
  return result;
}

/* "bob" of "@bob:example.org". */
std::string_view localpart(std::string_view user_id) {
  if (user_id.starts_with('@')) user_id.remove_prefix(1);
  return user_id.substr(0, user_id.find(':'));
}

}  // namespace

const char* kind_name(matrix::FeedKind kind) {
  switch (kind) {
    case matrix::FeedKind::Audio:
      return "audio";
    case matrix::FeedKind::Video:
      return "video";
    case matrix::FeedKind::Screen:
      return "screen";
    case matrix::FeedKind::ScreenAudio:
      return "screen_audio";
  }
  return "";
}

bool PadNames::is_taken(const std::string& suffix) const {
  return std::ranges::any_of(suffixes_, [&](const auto& entry) { return entry.second == suffix; });
}

std::string PadNames::new_suffix(unsigned number, const matrix::Participant& participant) const {
  std::string user = mapped(localpart(participant.user_id));
  if (naming_ == PadNaming::User && !user.empty()) {
    if (!is_taken(user)) return user;
    std::string device = user + "-" + mapped(participant.device_id);
    if (!is_taken(device)) return device;
    for (unsigned n = number;; ++n) {
      std::string numbered = device + "-" + std::to_string(n);
      if (!is_taken(numbered)) return numbered;
    }
  }
  std::string suffix = std::to_string(number);
  while (is_taken(suffix)) suffix += "-" + std::to_string(number);
  return suffix;
}

std::string PadNames::name(matrix::FeedId id, const matrix::Participant& participant) {
  auto known = suffixes_.find(id.number);
  if (known == suffixes_.end())
    known = suffixes_.emplace(id.number, new_suffix(id.number, participant)).first;
  return std::string(kind_name(id.kind)) + "_" + known->second;
}

}  // namespace matrixcall
