/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/roster.h"
#include "signalling/core/report.h"

namespace matrixcall {

/* Who else is in the call, and since when. Loop only. */
class CallRoster {
 public:
  /* @now: us since 1970. */
  void joined(const matrix::Participant& participant, gint64 now);
  void changed(const matrix::Participant& participant);
  void left(const matrix::Participant& participant);
  const media::Roster& entries() const { return entries_; }

 private:
  media::Roster entries_;
};

}  // namespace matrixcall
