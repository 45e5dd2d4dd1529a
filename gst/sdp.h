/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gst/gst_ptr.h"
#include "signalling/base/result.h"

/* GstSDPMessage with values that can be trusted as far as their form goes. Pure. */
namespace media {

/* What a section's direction lets its writer do. */
struct SdpDirection {
  bool send = true;
  bool receive = true;
  bool operator==(const SdpDirection&) const = default;
};

/* Errors: more than 256 KiB, a line of more than 8,000 bytes, not UTF-8, no session
 * description. */
rtc::Result<glib::Unique<GstSDPMessage>> parse_sdp(const std::string& text);
std::string sdp_text(const GstSDPMessage& message);

/* @index < the number of sections. */
GstSDPMedia& section_at(GstSDPMessage& message, unsigned index);
const GstSDPMedia& section_at(const GstSDPMessage& message, unsigned index);

/* The first value of @key, "" if it has none; nothing if there is no such attribute. */
std::optional<std::string> attribute(const GstSDPMedia& section, const char* key);
std::optional<std::string> attribute(const GstSDPMessage& message, const char* key);
/* In place of all attributes of that name. */
void set_attribute(GstSDPMedia& section, const char* key, const std::string& value);
void remove_attribute(GstSDPMedia& section, const char* key);

SdpDirection direction_of(const GstSDPMedia& section);
void set_direction(GstSDPMedia& section, SdpDirection direction);

/* Whether the section is refused or stopped: port 0, and not only for being bundled. */
bool is_rejected(const GstSDPMedia& section);

/* A decimal number of digits only, at most @maximum. */
std::optional<unsigned> parse_number(std::string_view text, unsigned maximum);
/* What is before the first @separator; @text is left with what is behind it. */
std::string_view next_word(std::string_view& text, char separator = ' ');

}  // namespace media
