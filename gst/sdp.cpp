/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sdp.h"

#include <algorithm>
#include <array>

namespace media {

namespace {

constexpr std::size_t max_text = std::size_t{256} * 1024;
/* The parser cuts words at 8 KiB without saying so. */
constexpr std::size_t max_line = 8000;

struct NamedDirection {
  const char* name;
  SdpDirection direction;
};

constexpr std::array<NamedDirection, 4> directions = {{{"sendrecv", {true, true}},
                                                       {"sendonly", {true, false}},
                                                       {"recvonly", {false, true}},
                                                       {"inactive", {false, false}}}};

rtc::Error malformed(const char* what) {
  return {rtc::Error::Kind::Protocol, "The session description is malformed.", what};
}

bool has_long_line(std::string_view text) {
  while (!text.empty())
    if (next_word(text, '\n').size() > max_line) return true;
  return false;
}

std::string value_of(const GstSDPAttribute* attribute) {
  return attribute->value ? attribute->value : "";
}

}  // namespace

rtc::Result<glib::Unique<GstSDPMessage>> parse_sdp(const std::string& text) {
  if (text.size() > max_text) return malformed("more than 256 KiB");
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr))
    return malformed("not UTF-8");
  if (has_long_line(text)) return malformed("a line of more than 8,000 bytes");
  if (!text.starts_with("v=0")) return malformed("no version");
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new(&message);
  glib::Unique<GstSDPMessage> owned(message);
  const auto* bytes = reinterpret_cast<const guint8*>(text.c_str());
  if (gst_sdp_message_parse_buffer(bytes, static_cast<guint>(text.size()), message) != GST_SDP_OK)
    return malformed("unreadable");
  return owned;
}

std::string sdp_text(const GstSDPMessage& message) {
  return glib::Unique<char>(gst_sdp_message_as_text(&message)).get();
}

GstSDPMedia& section_at(GstSDPMessage& message, unsigned index) {
  return const_cast<GstSDPMedia&>(*gst_sdp_message_get_media(&message, index));
}

const GstSDPMedia& section_at(const GstSDPMessage& message, unsigned index) {
  return *gst_sdp_message_get_media(&message, index);
}

std::optional<std::string> attribute(const GstSDPMedia& section, const char* key) {
  for (guint i = 0; i < gst_sdp_media_attributes_len(&section); ++i) {
    const GstSDPAttribute* found = gst_sdp_media_get_attribute(&section, i);
    if (g_strcmp0(found->key, key) == 0) return value_of(found);
  }
  return {};
}

std::optional<std::string> attribute(const GstSDPMessage& message, const char* key) {
  for (guint i = 0; i < gst_sdp_message_attributes_len(&message); ++i) {
    const GstSDPAttribute* found = gst_sdp_message_get_attribute(&message, i);
    if (g_strcmp0(found->key, key) == 0) return value_of(found);
  }
  return {};
}

void set_attribute(GstSDPMedia& section, const char* key, const std::string& value) {
  remove_attribute(section, key);
  gst_sdp_media_add_attribute(&section, key, value.c_str());
}

void remove_attribute(GstSDPMedia& section, const char* key) {
  for (guint i = gst_sdp_media_attributes_len(&section); i-- > 0;) {
    const GstSDPAttribute* found = gst_sdp_media_get_attribute(&section, i);
    if (g_strcmp0(found->key, key) == 0) gst_sdp_media_remove_attribute(&section, i);
  }
}

SdpDirection direction_of(const GstSDPMedia& section) {
  for (guint i = 0; i < gst_sdp_media_attributes_len(&section); ++i) {
    const GstSDPAttribute* found = gst_sdp_media_get_attribute(&section, i);
    for (const NamedDirection& named : directions)
      if (g_strcmp0(found->key, named.name) == 0) return named.direction;
  }
  return {};
}

void set_direction(GstSDPMedia& section, SdpDirection direction) {
  for (const NamedDirection& named : directions) remove_attribute(section, named.name);
  for (const NamedDirection& named : directions)
    if (named.direction == direction) gst_sdp_media_add_attribute(&section, named.name, nullptr);
}

bool is_rejected(const GstSDPMedia& section) {
  return gst_sdp_media_get_port(&section) == 0 && !attribute(section, "bundle-only");
}

std::optional<unsigned> parse_number(std::string_view text, unsigned maximum) {
  if (text.empty() || text.size() > 10) return {};
  guint64 number = 0;
  for (const char c : text) {
    if (!g_ascii_isdigit(c)) return {};
    number = number * 10 + static_cast<unsigned>(g_ascii_digit_value(c));
  }
  if (number > maximum) return {};
  return static_cast<unsigned>(number);
}

std::string_view next_word(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return word;
}

}  // namespace media
