/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <set>
#include <string>
#include <vector>

#include "signalling/core/report.h"

namespace matrix {

/* Which of the others' feeds we want, by kind and by user: all, unless told otherwise. What we
 * do not want is not reported, and no peer is let send it. Pure. */
struct Selection {
  std::set<FeedKind> kinds{FeedKind::Audio, FeedKind::Video, FeedKind::Screen,
                           FeedKind::ScreenAudio};
  /* Globs ("*", "?") over user ids, "@bot-*:example.org". */
  std::vector<std::string> include{}; /* nobody else; empty: everybody */
  std::vector<std::string> exclude{}; /* nobody of these, even if included */

  /* Of @user_id. */
  std::set<FeedKind> wanted_of(const std::string& user_id) const;
};

/* What connections have to let through for @kinds. */
rtc::ReceivedKinds received_kinds(const std::set<FeedKind>& kinds);

}  // namespace matrix
