/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/* WebVTT that says who speaks when. Pure. */
namespace media {

std::string captions_header();
/* @name, a stranger's, is escaped. @from_ms, @to_ms: not negative. */
std::string caption(std::string_view name, std::int64_t from_ms, std::int64_t to_ms);

}  // namespace media
