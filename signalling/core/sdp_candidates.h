/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <vector>

#include "signalling/base/peer_connection.h"

namespace matrix {

/* A description that names no address: its candidates beside it, the ends of candidates
 * left out. */
struct DetachedCandidates {
  rtc::SessionDescription description;
  std::vector<rtc::IceCandidate> candidates;
};

/* So that a connection can be prepared without a packet being sent to the peer. At most
 * 256 candidates are kept. Pure. */
DetachedCandidates detach_candidates(const rtc::SessionDescription& description);

}  // namespace matrix
