/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sdp_section.h"

#include <algorithm>
#include <array>
#include <optional>

#include "gst/codecs.h"

namespace media {

namespace {

constexpr std::size_t max_formats = 64;
constexpr std::size_t max_sources = 64;
constexpr std::size_t max_value = 512;

/* The parameters that webrtcbin may see: it makes each a field of its caps, where another's
 * name ("payload") would take the place of the real one. */
constexpr std::array<std::string_view, 20> known_parameters = {"apt",
                                                               "rtx-time",
                                                               "minptime",
                                                               "maxptime",
                                                               "useinbandfec",
                                                               "stereo",
                                                               "sprop-stereo",
                                                               "usedtx",
                                                               "cbr",
                                                               "maxplaybackrate",
                                                               "maxaveragebitrate",
                                                               "sprop-maxcapturerate",
                                                               "max-fr",
                                                               "max-fs",
                                                               "profile-id",
                                                               "profile-level-id",
                                                               "max-mbps",
                                                               "packetization-mode",
                                                               "level-asymmetry-allowed",
                                                               "sprop-parameter-sets"};

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = g_ascii_toupper(c);
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && g_ascii_isspace(text.front())) text.remove_prefix(1);
  while (!text.empty() && g_ascii_isspace(text.back())) text.remove_suffix(1);
  return text;
}

bool is_value(std::string_view text) {
  return !text.empty() && text.size() <= max_value &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return g_ascii_isalnum(c) ||
                  std::string_view("+/=,.-_").find(c) != std::string_view::npos;
         });
}

SdpKind kind_of(const std::string& media) {
  if (media == "audio") return SdpKind::Audio;
  if (media == "video") return SdpKind::Video;
  if (media == "application") return SdpKind::Application;
  return SdpKind::Other;
}

/* Reads the attributes of one section into an SdpSection. */
class Reader {
 public:
  explicit Reader(const GstSDPMedia& section) : media_(section) {}

  SdpSection read() {
    read_line();
    for (guint i = 0; i < gst_sdp_media_attributes_len(&media_); ++i) {
      const GstSDPAttribute* found = gst_sdp_media_get_attribute(&media_, i);
      if (found->key) read_attribute(found->key, found->value ? found->value : "");
    }
    // Formats are known only now: a=rtpmap may follow what refers to it.
    for (guint i = 0; i < gst_sdp_media_attributes_len(&media_); ++i) {
      const GstSDPAttribute* found = gst_sdp_media_get_attribute(&media_, i);
      if (found->key) read_format_attribute(found->key, found->value ? found->value : "");
    }
    if (section_.stream_id.empty() && !names_stream_) section_.stream_id = source_stream_id_;
    order_formats();
    section_.usable = is_usable();
    return std::move(section_);
  }

 private:
  void read_line() {
    section_.media = gst_sdp_media_get_media(&media_) ? gst_sdp_media_get_media(&media_) : "";
    section_.kind = kind_of(section_.media);
    section_.protocol = gst_sdp_media_get_proto(&media_) ? gst_sdp_media_get_proto(&media_) : "";
    section_.rejected = is_rejected(media_);
    section_.direction = direction_of(media_);
    section_.mid = attribute(media_, "mid").value_or("");
    const guint formats = gst_sdp_media_formats_len(&media_);
    if (formats > 0) section_.first_format = gst_sdp_media_get_format(&media_, 0);
  }

  void read_attribute(std::string_view key, std::string_view value) {
    if (key == "rtpmap") read_rtpmap(value);
    if (key == "msid") read_msid(value);
    if (key == "ssrc") read_ssrc(value);
    if (key == "ssrc-group") read_ssrc_group(value);
    if (key == "extmap") read_extmap(value);
    if (key == "rtcp-mux") rtcp_mux_ = true;
    if (key == "sctp-port")
      if (const auto port = parse_number(value, 65535)) section_.sctp_port = *port;
  }

  void read_format_attribute(std::string_view key, std::string_view value) {
    if (key == "fmtp") read_fmtp(value);
    if (key == "rtcp-fb") read_feedback(value);
  }

  /* "96 VP8/90000", "111 opus/48000/2" */
  void read_rtpmap(std::string_view value) {
    const auto payload = parse_number(next_word(value), 127);
    std::string_view encoding = trimmed(value);
    if (!payload || !is_listed(*payload) || find_format(*payload)) return;
    if (section_.formats.size() == max_formats) return;
    SdpFormat format;
    format.payload = *payload;
    format.encoding_name = upper(next_word(encoding, '/'));
    format.clock_rate = parse_number(next_word(encoding, '/'), 1000000).value_or(0);
    if (parse_number(encoding, 255)) format.channels = encoding;
    if (is_ours(format)) section_.formats.push_back(std::move(format));
  }

  bool is_ours(const SdpFormat& format) const {
    if (format.encoding_name == "RTX") return section_.kind == SdpKind::Video;
    const Codec* codec = find_codec(format.encoding_name);
    if (!codec || codec->clock_rate != format.clock_rate) return false;
    const bool audio = codec->kind == rtc::MediaKind::Audio;
    return section_.kind == (audio ? SdpKind::Audio : SdpKind::Video);
  }

  bool is_listed(unsigned payload) const {
    for (guint i = 0; i < gst_sdp_media_formats_len(&media_); ++i)
      if (parse_number(gst_sdp_media_get_format(&media_, i), 127) == payload) return true;
    return false;
  }

  SdpFormat* find_format(unsigned payload) {
    for (SdpFormat& format : section_.formats)
      if (format.payload == payload) return &format;
    return nullptr;
  }

  void read_fmtp(std::string_view value) {
    const auto payload = parse_number(next_word(value), 127);
    SdpFormat* format = payload ? find_format(*payload) : nullptr;
    if (!format) return;
    while (!value.empty()) {
      std::string_view parameter = trimmed(next_word(value, ';'));
      const std::string_view name = trimmed(next_word(parameter, '='));
      const auto* known = std::find(known_parameters.begin(), known_parameters.end(), name);
      if (known == known_parameters.end() || !is_value(trimmed(parameter))) continue;
      format->parameters.emplace(name, trimmed(parameter));
    }
  }

  /* "96 nack pli", "* transport-cc" */
  void read_feedback(std::string_view value) {
    const std::string_view payload = next_word(value);
    const std::string_view feedback = trimmed(value);
    const auto number = parse_number(payload, 127);
    for (SdpFormat& format : section_.formats) {
      if (payload != "*" && number != format.payload) continue;
      if (feedback == "nack") format.nack = true;
      if (feedback == "nack pli") format.pli = true;
      if (feedback == "ccm fir") format.fir = true;
      if (feedback == "transport-cc") format.transport_cc = true;
    }
  }

  /* "3 URI", "3/recvonly URI" */
  void read_extmap(std::string_view value) {
    std::string_view id = next_word(value);
    const auto number = parse_number(next_word(id, '/'), 14);
    if (number && trimmed(value) == transport_cc_uri) section_.transport_cc_id = *number;
  }

  /* "stream track"; a stream "-" says that there is none (RFC 8830 §2). */
  void read_msid(std::string_view value) {
    if (names_stream_) return;
    names_stream_ = true;
    const std::string_view stream = next_word(value);
    if (stream != "-" && stream.size() <= max_value) section_.stream_id = stream;
  }

  /* "1234 cname:x", "1234 msid:stream track" */
  void read_ssrc(std::string_view value) {
    const auto ssrc = parse_number(next_word(value), G_MAXUINT32);
    if (!ssrc || *ssrc == 0) return;
    auto source = std::find_if(section_.sources.begin(), section_.sources.end(),
                               [&](const SdpSource& s) { return s.ssrc == *ssrc; });
    if (source == section_.sources.end()) {
      if (section_.sources.size() == max_sources) return;
      source = section_.sources.insert(source, SdpSource{*ssrc, ""});
    }
    const std::string_view name = next_word(value, ':');
    if (name == "cname" && is_value(value)) source->cname = value;
    const std::string_view stream = next_word(value);
    if (name == "msid" && source_stream_id_.empty() && stream != "-" && stream.size() <= max_value)
      source_stream_id_ = stream;
  }

  /* "FID 1234 5678" */
  void read_ssrc_group(std::string_view value) {
    if (next_word(value) != "FID" || section_.repairs.size() == max_sources) return;
    const auto source = parse_number(next_word(value), G_MAXUINT32);
    const auto repair = parse_number(trimmed(value), G_MAXUINT32);
    if (source && repair && *source != 0 && *repair != 0 && *source != *repair)
      section_.repairs.emplace_back(*source, *repair);
  }

  /* Retransmissions only of what is left, behind everything else. */
  void order_formats() {
    const auto is_orphan = [&](const SdpFormat& format) {
      if (format.encoding_name != "RTX") return false;
      const auto apt = format.parameters.find("apt");
      const auto payload =
          apt == format.parameters.end() ? std::nullopt : parse_number(apt->second, 127);
      const SdpFormat* original = payload ? find_format(*payload) : nullptr;
      return !original || original->encoding_name == "RTX" || format.clock_rate != 90000;
    };
    std::vector<SdpFormat> kept;
    for (const SdpFormat& format : section_.formats)
      if (!is_orphan(format)) kept.push_back(format);
    std::stable_sort(kept.begin(), kept.end(), [](const SdpFormat& a, const SdpFormat& b) {
      return preference_of(a.encoding_name) < preference_of(b.encoding_name);
    });
    section_.formats = std::move(kept);
  }

  bool is_usable() const {
    const std::string_view protocol = section_.protocol;
    if (section_.rejected) return false;
    switch (section_.kind) {
      case SdpKind::Audio:
      case SdpKind::Video:
        return rtcp_mux_ && protocol.ends_with("RTP/SAVPF") && !section_.formats.empty();
      case SdpKind::Application:
        return protocol.ends_with("DTLS/SCTP") && section_.first_format == "webrtc-datachannel";
      case SdpKind::Other:
        return false;
    }
    return false;
  }

  const GstSDPMedia& media_;
  SdpSection section_;
  bool rtcp_mux_ = false;
  bool names_stream_ = false;
  std::string source_stream_id_;
};

}  // namespace

SdpSection read_section(const GstSDPMedia& section) {
  return Reader(section).read();
}

}  // namespace media
