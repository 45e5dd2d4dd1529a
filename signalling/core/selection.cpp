/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/selection.h"

#include <glib.h>

#include <algorithm>

namespace matrix {

namespace {

bool matches_any(const std::vector<std::string>& globs, const std::string& user_id) {
  return std::ranges::any_of(globs, [&](const std::string& glob) {
    return g_pattern_match_simple(glob.c_str(), user_id.c_str()) != FALSE;
  });
}

}  // namespace

std::set<FeedKind> Selection::wanted_of(const std::string& user_id) const {
  const bool included = include.empty() || matches_any(include, user_id);
  return included && !matches_any(exclude, user_id) ? kinds : std::set<FeedKind>{};
}

/* A camera and a screen cannot be told apart before they are described. */
rtc::ReceivedKinds received_kinds(const std::set<FeedKind>& kinds) {
  return {.audio = kinds.contains(FeedKind::Audio) || kinds.contains(FeedKind::ScreenAudio),
          .video = kinds.contains(FeedKind::Video) || kinds.contains(FeedKind::Screen)};
}

}  // namespace matrix
