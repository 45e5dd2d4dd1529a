/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <span>
#include <string>

namespace test {

/* One kind of what may be downstream of a call's feeds, with the codec that it takes natively. */
struct Consumer {
  const char* name; /* as people know it */
  /* What the feeds that are linked to its elements "audio" and "video" arrive as; nullptr: none. */
  const char* audio;
  const char* video;
  /* Elements, of which "audio" and "video" are where feeds are linked, and "out" (if there is one)
   * shows what comes out. FOLDER stands for a place for files. */
  const char* row;
  bool writes_files; /* or what comes out is looked at */
};

std::span<const Consumer> consumers();
/* Text with FOLDER replaced. */
std::string in_folder(const char* row, const std::string& folder);

}  // namespace test
