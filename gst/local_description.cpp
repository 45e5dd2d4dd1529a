/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/local_description.h"

#include <string_view>

namespace media {

namespace {

void remove_all_attributes(GstSDPMedia& section) {
  for (guint i = gst_sdp_media_attributes_len(&section); i-- > 0;)
    gst_sdp_media_remove_attribute(&section, i);
}

void set_format(GstSDPMedia& section, const std::string& format) {
  for (guint i = gst_sdp_media_formats_len(&section); i-- > 0;)
    gst_sdp_media_remove_format(&section, i);
  gst_sdp_media_add_format(&section, format.c_str());
}

void write_rejected(GstSDPMedia& section, const SectionForPeer& meant) {
  remove_all_attributes(section);
  gst_sdp_media_set_port_info(&section, 0, 1);
  if (!meant.media.empty()) gst_sdp_media_set_media(&section, meant.media.c_str());
  if (!meant.protocol.empty()) gst_sdp_media_set_proto(&section, meant.protocol.c_str());
  if (!meant.format.empty()) set_format(section, meant.format);
  set_attribute(section, "mid", meant.mid);
  set_direction(section, {false, false});
}

/* webrtcbin names its own streams. */
void name_stream_of_sources(GstSDPMedia& section, const std::string& msid) {
  for (guint i = 0; i < gst_sdp_media_attributes_len(&section); ++i) {
    const GstSDPAttribute* old = gst_sdp_media_get_attribute(&section, i);
    std::string_view value = old->value ? old->value : "";
    if (std::string_view(old->key) != "ssrc") continue;
    std::string text(next_word(value));
    if (!value.starts_with("msid:")) continue;
    GstSDPAttribute named{};
    text.append(" msid:").append(msid);
    gst_sdp_attribute_set(&named, "ssrc", text.c_str());
    gst_sdp_media_replace_attribute(&section, i, &named);
  }
}

/* All but the name of the source @ssrc. */
void remove_sources(GstSDPMedia& section, std::uint32_t ssrc) {
  const std::string kept = std::to_string(ssrc) + " cname:";
  for (guint i = gst_sdp_media_attributes_len(&section); i-- > 0;) {
    const GstSDPAttribute* each = gst_sdp_media_get_attribute(&section, i);
    const std::string_view value = each->value ? each->value : "";
    if (std::string_view(each->key) == "ssrc" && !value.starts_with(kept))
      gst_sdp_media_remove_attribute(&section, i);
  }
}

void write_accepted(GstSDPMedia& section, const SectionForPeer& meant) {
  set_attribute(section, "mid", meant.mid);
  if (!meant.protocol.empty()) gst_sdp_media_set_proto(&section, meant.protocol.c_str());
  if (std::string_view(gst_sdp_media_get_media(&section)) == "application") return;
  set_direction(section, meant.direction);
  if (!meant.direction.send) {
    remove_sources(section, meant.ssrc);
    remove_attribute(section, "ssrc-group");
    remove_attribute(section, "msid");
  } else {
    set_attribute(section, "msid", meant.msid);
    name_stream_of_sources(section, meant.msid);
  }
}

bool is_bundle(const GstSDPAttribute& attribute) {
  return g_strcmp0(attribute.key, "group") == 0 && attribute.value &&
         std::string_view(attribute.value).starts_with("BUNDLE");
}

void set_bundle(GstSDPMessage& message, const std::string& mids) {
  for (guint i = gst_sdp_message_attributes_len(&message); i-- > 0;)
    if (is_bundle(*gst_sdp_message_get_attribute(&message, i)))
      gst_sdp_message_remove_attribute(&message, i);
  if (!mids.empty()) gst_sdp_message_add_attribute(&message, "group", ("BUNDLE" + mids).c_str());
}

bool is_format(const GstSDPMedia& section, std::string_view format) {
  for (guint i = 0; i < gst_sdp_media_formats_len(&section); ++i)
    if (format == gst_sdp_media_get_format(&section, i)) return true;
  return false;
}

/* webrtcbin writes our credentials before what it takes from caps, and our fingerprint after. */
bool is_echo(const GstSDPMedia& section, guint index) {
  const GstSDPAttribute& own = *gst_sdp_media_get_attribute(&section, index);
  const std::string_view key = own.key;
  const std::string_view value = own.value ? own.value : "";
  if (key == "fingerprint") {
    for (guint i = index + 1; i < gst_sdp_media_attributes_len(&section); ++i)
      if (key == gst_sdp_media_get_attribute(&section, i)->key) return true;
    return false;
  }
  if (key == "rtcp-fb" || key == "fmtp") {
    const std::string_view format = value.substr(0, value.find(' '));
    if (format != "*" && !is_format(section, format)) return true;
  }
  const bool single = key == "ice-ufrag" || key == "ice-pwd";
  for (guint i = 0; i < index; ++i) {
    const GstSDPAttribute& other = *gst_sdp_media_get_attribute(&section, i);
    if (key == other.key && (single || value == (other.value ? other.value : ""))) return true;
  }
  return false;
}

}  // namespace

std::string setup_of(const GstSDPMessage& message) {
  for (guint i = 0; i < gst_sdp_message_medias_len(&message); ++i) {
    const GstSDPMedia& section = section_at(message, i);
    if (const auto setup = attribute(section, "setup"); setup && !is_rejected(section))
      return *setup;
  }
  return "";
}

void set_setup(GstSDPMessage& message, const std::string& setup) {
  for (guint i = 0; i < gst_sdp_message_medias_len(&message); ++i)
    set_attribute(section_at(message, i), "setup", setup);
}

void set_origin(GstSDPMessage& message, unsigned id, unsigned version) {
  gst_sdp_message_set_origin(&message, "-", std::to_string(id).c_str(),
                             std::to_string(version).c_str(), "IN", "IP4", "0.0.0.0");
}

void clean_rejected(GstSDPMessage& message) {
  for (guint i = 0; i < gst_sdp_message_medias_len(&message); ++i) {
    GstSDPMedia& section = section_at(message, i);
    if (is_rejected(section)) remove_attribute(section, "fingerprint");
  }
}

void remove_echoes(GstSDPMessage& message) {
  for (guint i = 0; i < gst_sdp_message_medias_len(&message); ++i) {
    GstSDPMedia& section = section_at(message, i);
    for (guint j = gst_sdp_media_attributes_len(&section); j-- > 0;)
      if (is_echo(section, j)) gst_sdp_media_remove_attribute(&section, j);
  }
}

void write_for_peer(GstSDPMessage& message, const std::vector<SectionForPeer>& sections,
                    std::optional<unsigned> first) {
  std::string mids;
  const auto add = [&](unsigned i) {
    if (sections[i].accepted) mids += " " + sections[i].mid;
  };
  if (first && *first < sections.size()) add(*first);
  for (unsigned i = 0; i < sections.size(); ++i) {
    if (first && i != *first) add(i);
    GstSDPMedia& section = section_at(message, i);
    if (sections[i].accepted)
      write_accepted(section, sections[i]);
    else
      write_rejected(section, sections[i]);
  }
  set_bundle(message, mids);
}

}  // namespace media
