/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/sdp_candidates.h"

#include <string_view>

namespace matrix {

namespace {

constexpr size_t max_candidates = 256;

}  // namespace

DetachedCandidates detach_candidates(const rtc::SessionDescription& description) {
  DetachedCandidates result{{description.type, ""}, {}};
  std::string_view rest = description.sdp;
  std::string mid;
  int mline = -1;
  size_t section_start = 0; /* in candidates: their mid follows them or precedes them */
  while (!rest.empty()) {
    /* GStreamer ends a line at a lone carriage return too. */
    const std::string_view line = rest.substr(0, rest.find_first_of("\r\n"));
    const size_t next = rest.find_first_not_of("\r\n", line.size());
    const std::string_view whole = rest.substr(0, next);
    rest.remove_prefix(whole.size());
    if (line.starts_with("a=candidate:")) {
      if (mline >= 0 && result.candidates.size() < max_candidates)
        result.candidates.push_back({std::string(line.substr(2)), mid, mline});
      continue;
    }
    if (line == "a=end-of-candidates") continue;
    if (line.starts_with("m=")) {
      mline++;
      mid.clear();
      section_start = result.candidates.size();
    } else if (line.starts_with("a=mid:")) {
      mid = line.substr(6);
      for (size_t i = section_start; i < result.candidates.size(); i++)
        result.candidates[i].mid = mid;
    }
    result.description.sdp += whole;
  }
  return result;
}

}  // namespace matrix
