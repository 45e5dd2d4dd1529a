/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <string>

#include "plugin/enums.h"
#include "signalling/core/report.h"

namespace matrixcall {

/* Names of source pads, "<kind>_<suffix>": all pads of one number have one suffix, no two
 * numbers have the same one at the same time. Pure. */
class PadNames {
 public:
  explicit PadNames(PadNaming naming) : naming_(naming) {}

  /* The name of @participant's pad; with a participant without user id the number counts. */
  std::string name(matrix::FeedId id, const matrix::Participant& participant);
  /* No pad of @number is left. */
  void release(unsigned number) { suffixes_.erase(number); }

 private:
  std::string new_suffix(unsigned number, const matrix::Participant& participant) const;
  bool is_taken(const std::string& suffix) const;

  PadNaming naming_;
  std::map<unsigned, std::string> suffixes_;
};

/* "audio", "video", "screen", "screen_audio": the name's part before "_%s". */
const char* kind_name(matrix::FeedKind kind);

}  // namespace matrixcall
