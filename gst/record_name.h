/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

/* Names of files made of what participants call themselves. Pure. */
namespace media {

/* What the fields of a template stand for: {"room", "!id:example.org"}, ... */
using NameFields = std::map<std::string, std::string, std::less<>>;

/* @text as (part of) one path component: letters, digits and "@+=._-" of any script stay, what is
 * invisible or steers the direction of writing goes, everything else is "_". No "." at the start,
 * at most 64 bytes, never empty. */
std::string safe_name(std::string_view text);

/* @pattern with each "{field}" replaced by safe_name() of its value; unknown fields stay as they
 * are. Only @pattern itself can bring "/". No component is longer than 200 bytes; the extension
 * stays. */
std::string expand_name(std::string_view pattern, const NameFields& fields);

/* "dir/file.mkv" as "dir/file<suffix>.mkv". */
std::string suffixed_name(const std::string& path, std::string_view suffix);
/* "dir/file.mkv" as "dir/file-2.mkv"; 1 leaves it as it is. */
std::string numbered_name(const std::string& path, unsigned number);

/* Whether "{field}" occurs in @pattern. */
bool has_field(std::string_view pattern, std::string_view field);

/* @utc_us as "20261125T102518Z". */
std::string time_name(std::int64_t utc_us);

}  // namespace media
