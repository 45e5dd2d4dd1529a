/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>

#include "signalling/core/counters.h"
#include "signalling/core/effects.h"
#include "signalling/core/ended_calls.h"
#include "signalling/core/feeds.h"
#include "signalling/core/local_media.h"
#include "signalling/core/random.h"
#include "signalling/core/selection.h"
#include "signalling/core/tokens.h"

namespace matrix {

/* What the legs of a mesh share: who we are, and what must be given out once only. */
struct MeshContext {
  Address own;
  std::string session_id;
  std::string conf_id;
  const LocalMedia& media;
  const Selection& selection;
  Random& random;
  Tokens& tokens;
  FeedNumbers& feed_numbers;
  rtc::PeerId& last_peer; /* of all connections so far */
  EndedCalls& ended_calls;
  Counters& dropped;
};

}  // namespace matrix
