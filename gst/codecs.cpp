/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/codecs.h"

#include <algorithm>
#include <array>

GLIB_COUNTED(GstElementFactory, gst_object_ref, gst_object_unref);

namespace media {

namespace {

/* A codec and how we offer it. */
struct Entry {
  Codec codec;
  unsigned payload;
  const char* offered; /* more fields of the caps, or "" */
};

/* In our order of preference. The payload types after the first video codec's stay free:
 * webrtcbin gives them to retransmission. */
constexpr std::array<Entry, 4> table = {{
    {{"VP8", rtc::MediaKind::Video, 90000, "video/x-vp8", "rtpvp8depay", nullptr, "rtpvp8pay",
      "video/x-vp8"},
     96,
     ""},
    {{"VP9", rtc::MediaKind::Video, 90000, "video/x-vp9", "rtpvp9depay", nullptr, "rtpvp9pay",
      "video/x-vp9"},
     100,
     ", profile-id=(string)0"},
    {{"H264", rtc::MediaKind::Video, 90000, "video/x-h264", "rtph264depay", "h264parse",
      "rtph264pay", "video/x-h264"},
     102,
     ", packetization-mode=(string)1, level-asymmetry-allowed=(string)1"
     ", profile-level-id=(string)42e01f"},
    {{"OPUS", rtc::MediaKind::Audio, 48000, "audio/x-opus", "rtpopusdepay", nullptr, "rtpopuspay",
      "audio/x-opus"},
     111,
     ", minptime=(string)10, useinbandfec=(string)1"},
}};

using Parameters = std::map<std::string, std::string>;

constexpr const char* video_feedback =
    ", rtcp-fb-nack=(boolean)true, rtcp-fb-nack-pli=(boolean)true"
    ", rtcp-fb-ccm-fir=(boolean)true";

bool is_installed(const char* element) {
  return !element || glib::Ref<GstElementFactory>::adopt(gst_element_factory_find(element));
}

bool is_available(const Codec& codec) {
  return is_installed(codec.depayloader) && is_installed(codec.parser);
}

std::string transport_cc_fields(unsigned id) {
  return ", extmap-" + std::to_string(id) + "=(string)\"" + std::string(transport_cc_uri) +
         "\", rtcp-fb-transport-cc=(boolean)true";
}

std::string rtp_caps(const Codec& codec, unsigned payload) {
  const char* kind = codec.kind == rtc::MediaKind::Audio ? "audio" : "video";
  /* Opus is always said to have two channels (RFC 7587 §7), and browsers know no other. */
  const char* channels =
      std::string_view(codec.encoding_name) == "OPUS" ? ", encoding-params=(string)2" : "";
  return std::string("application/x-rtp, media=(string)") + kind + ", encoding-name=(string)" +
         codec.encoding_name + ", payload=(int)" + std::to_string(payload) + ", clock-rate=(int)" +
         std::to_string(codec.clock_rate) + channels;
}

glib::Ref<GstCaps> caps_of(const std::string& text) {
  return glib::Ref<GstCaps>::adopt(gst_caps_from_string(text.empty() ? "EMPTY" : text.c_str()));
}

}  // namespace

std::vector<const Codec*> available_codecs(rtc::MediaKind kind) {
  std::vector<const Codec*> codecs;
  for (const Entry& entry : table)
    if (entry.codec.kind == kind && is_available(entry.codec)) codecs.push_back(&entry.codec);
  return codecs;
}

const Codec* find_codec(std::string_view encoding_name) {
  for (const Entry& entry : table)
    if (entry.codec.encoding_name == encoding_name && is_available(entry.codec))
      return &entry.codec;
  return nullptr;
}

unsigned preference_of(std::string_view encoding_name) {
  const auto* found = std::find_if(table.begin(), table.end(), [&](const Entry& entry) {
    return entry.codec.encoding_name == encoding_name;
  });
  return static_cast<unsigned>(found - table.data());
}

glib::Ref<GstCaps> offered_caps(rtc::MediaKind kind) {
  std::string text;
  for (const Entry& entry : table) {
    if (entry.codec.kind != kind || !is_available(entry.codec)) continue;
    if (!text.empty()) text += "; ";
    text += rtp_caps(entry.codec, entry.payload) + entry.offered;
    text += transport_cc_fields(own_transport_cc_id);
    if (kind == rtc::MediaKind::Video) text += video_feedback;
  }
  return caps_of(text);
}

unsigned own_payload(const Codec& codec) {
  return table[preference_of(codec.encoding_name)].payload;
}

glib::Ref<GstCaps> sent_caps(const Codec& codec, const PacketAddress& address,
                             const SdpFormat* format) {
  std::string text =
      rtp_caps(codec, address.payload) + ", ssrc=(uint)" + std::to_string(address.ssrc);
  if (!format) text += table[preference_of(codec.encoding_name)].offered;
  for (const auto& [name, value] : format ? format->parameters : Parameters{})
    text.append(", ").append(name).append("=(string)\"").append(value).append("\"");
  if (address.transport_cc_id) text += transport_cc_fields(address.transport_cc_id);
  if (codec.kind == rtc::MediaKind::Video) text += video_feedback;
  return caps_of(text);
}

glib::Ref<GstCaps> answered_caps(const SdpSection& section) {
  std::string text;
  for (const SdpFormat& format : section.formats) {
    const Codec* codec = find_codec(format.encoding_name);
    if (!codec) continue;
    if (!text.empty()) text += "; ";
    text += rtp_caps(*codec, format.payload);
    if (section.transport_cc_id && format.transport_cc)
      text += transport_cc_fields(section.transport_cc_id);
    if (format.nack) text += ", rtcp-fb-nack=(boolean)true";
    if (format.pli) text += ", rtcp-fb-nack-pli=(boolean)true";
    if (format.fir) text += ", rtcp-fb-ccm-fir=(boolean)true";
  }
  return caps_of(text);
}

}  // namespace media
