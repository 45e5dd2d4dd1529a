/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sdp_description.h"

#include <algorithm>
#include <map>
#include <set>

namespace media {

namespace {

constexpr unsigned max_sections = 32;
constexpr std::size_t max_candidates = 64;
constexpr std::size_t max_candidate = 512;

rtc::Error refused(const std::string& what) {
  return {rtc::Error::Kind::Protocol, "The peer's session description was refused.", what};
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return g_ascii_isgraph(c); });
}

/* RFC 8839 §5.4. */
bool are_credentials(const SdpTransport& transport) {
  const auto fits = [](const std::string& text, std::size_t minimum) {
    return text.size() >= minimum && text.size() <= 256 && is_printable(text);
  };
  return fits(transport.ufrag, 4) && fits(transport.password, 22);
}

bool has(const std::vector<std::string>& mids, const std::string& mid) {
  return std::find(mids.begin(), mids.end(), mid) != mids.end();
}

bool is_setup(const std::string& setup) {
  return setup == "actpass" || setup == "active" || setup == "passive";
}

/* The mids of the first a=group:BUNDLE; nothing if there is no group. */
std::optional<std::vector<std::string>> read_bundle(const GstSDPMessage& message) {
  for (guint i = 0; i < gst_sdp_message_attributes_len(&message); ++i) {
    const GstSDPAttribute* found = gst_sdp_message_get_attribute(&message, i);
    if (g_strcmp0(found->key, "group") != 0 || !found->value) continue;
    std::string_view rest = found->value;
    if (next_word(rest) != "BUNDLE") continue;
    std::vector<std::string> mids;
    while (!rest.empty() && mids.size() < max_sections)
      if (const auto mid = next_word(rest); !mid.empty()) mids.emplace_back(mid);
    return mids;
  }
  return {};
}

std::optional<std::string> find_repeated_mid(const std::vector<SdpSection>& sections) {
  std::set<std::string> mids;
  for (const SdpSection& section : sections)
    if (!section.mid.empty() && !mids.insert(section.mid).second) return section.mid;
  return {};
}

rtc::Result<void> check_sections(const std::vector<SdpSection>& sections) {
  unsigned applications = 0;
  for (const SdpSection& section : sections) {
    if (section.mid.empty() && !section.rejected) return refused("a section without a mid");
    if (section.mid.size() > 256 || !is_printable(section.mid)) return refused("a malformed mid");
    if (section.kind == SdpKind::Application) ++applications;
  }
  if (find_repeated_mid(sections)) return refused("two sections with the same mid");
  if (applications > 1) return refused("more than one application section");
  return {};
}

/* The section that carries the bundle, and in @sections which cannot be part of it. */
std::optional<unsigned> apply_bundle(const std::optional<std::vector<std::string>>& bundle,
                                     std::vector<SdpSection>& sections) {
  std::optional<unsigned> tag;
  const auto tag_at = [&](const std::string& mid) {
    for (unsigned i = 0; i < sections.size() && !tag; ++i)
      if (!sections[i].rejected && sections[i].mid == mid) tag = i;
  };
  if (bundle)
    for (const std::string& mid : *bundle) tag_at(mid);
  for (unsigned i = 0; i < sections.size() && !tag; ++i)
    if (!sections[i].rejected) tag = i;
  for (unsigned i = 0; i < sections.size(); ++i) {
    if (i != tag && !(bundle && has(*bundle, sections[i].mid))) sections[i].usable = false;
  }
  return tag;
}

/* One payload type means one codec in all of a bundle (RFC 9143 §9.1), and one SSRC is one
 * section's: what comes second goes. */
void drop_conflicts(std::vector<SdpSection>& sections) {
  std::map<unsigned, std::string> codecs;
  std::set<std::uint32_t> ssrcs;
  for (SdpSection& section : sections) {
    std::erase_if(section.formats, [&](const SdpFormat& format) {
      return codecs.emplace(format.payload, format.encoding_name).first->second !=
             format.encoding_name;
    });
    std::erase_if(section.sources,
                  [&](const SdpSource& source) { return !ssrcs.insert(source.ssrc).second; });
    const bool media = section.kind == SdpKind::Audio || section.kind == SdpKind::Video;
    if (media && (section.formats.empty() || section.formats[0].encoding_name == "RTX"))
      section.usable = false;
  }
}

/* The strongest hash that is given; they must be equal wherever one is. */
rtc::Result<Fingerprint> read_fingerprint(const GstSDPMessage& message,
                                          const std::vector<SdpSection>& sections) {
  std::vector<Fingerprint> found;
  const auto collect = [&](const GstSDPAttribute* attribute) {
    if (g_strcmp0(attribute->key, "fingerprint") != 0) return true;
    auto parsed = parse_fingerprint(attribute->value ? attribute->value : "");
    if (parsed) found.push_back(std::move(*parsed));
    return parsed.has_value();
  };
  bool good = true;
  for (guint i = 0; i < gst_sdp_message_attributes_len(&message); ++i)
    good = collect(gst_sdp_message_get_attribute(&message, i)) && good;
  const bool everywhere = !found.empty();
  for (unsigned i = 0; i < sections.size(); ++i) {
    if (sections[i].rejected) continue;
    const GstSDPMedia& section = section_at(message, i);
    const std::size_t before = found.size();
    for (guint j = 0; j < gst_sdp_media_attributes_len(&section); ++j)
      good = collect(gst_sdp_media_get_attribute(&section, j)) && good;
    if (!everywhere && found.size() == before) return refused("a section without a fingerprint");
  }
  if (!good) return refused("a malformed fingerprint");
  if (found.empty()) return refused("no fingerprint");
  const auto best =
      *std::max_element(found.begin(), found.end(), [](const Fingerprint& a, const Fingerprint& b) {
        return strength_of(a.algorithm) < strength_of(b.algorithm);
      });
  for (const Fingerprint& each : found)
    if (each.algorithm == best.algorithm && each.value != best.value)
      return refused("fingerprints that differ");
  return best;
}

void read_candidates(const GstSDPMedia& section, SdpTransport& transport) {
  for (guint i = 0; i < gst_sdp_media_attributes_len(&section); ++i) {
    const GstSDPAttribute* found = gst_sdp_media_get_attribute(&section, i);
    if (g_strcmp0(found->key, "end-of-candidates") == 0) transport.complete = true;
    if (g_strcmp0(found->key, "candidate") != 0 || !found->value) continue;
    const std::string candidate = found->value;
    if (candidate.size() > max_candidate || transport.candidates.size() == max_candidates) continue;
    transport.candidates.push_back(candidate);
  }
}

rtc::Result<SdpTransport> read_transport(const GstSDPMessage& message, unsigned tag,
                                         const std::vector<SdpSection>& sections) {
  const GstSDPMedia& section = section_at(message, tag);
  const auto either = [&](const char* key) {
    const auto own = attribute(section, key);
    return own ? *own : attribute(message, key).value_or("");
  };
  SdpTransport transport;
  transport.ufrag = either("ice-ufrag");
  transport.password = either("ice-pwd");
  transport.setup = either("setup");
  if (!are_credentials(transport)) return refused("ICE credentials missing or malformed");
  if (!is_setup(transport.setup)) return refused("no DTLS role");
  auto fingerprint = read_fingerprint(message, sections);
  if (!fingerprint) return fingerprint.error();
  transport.fingerprint = std::move(*fingerprint);
  transport.lite = attribute(message, "ice-lite").has_value();
  read_candidates(section, transport);
  return transport;
}

void write_line(std::string& text, const std::string& line) {
  text += line + "\r\n";
}

void write_format(std::string& text, const SdpFormat& format) {
  const std::string payload = std::to_string(format.payload);
  const std::string channels = format.channels.empty() ? "" : "/" + format.channels;
  write_line(text, "a=rtpmap:" + payload + " " + format.encoding_name + "/" +
                       std::to_string(format.clock_rate) + channels);
  if (format.nack) write_line(text, "a=rtcp-fb:" + payload + " nack");
  if (format.pli) write_line(text, "a=rtcp-fb:" + payload + " nack pli");
  if (format.fir) write_line(text, "a=rtcp-fb:" + payload + " ccm fir");
  if (format.transport_cc) write_line(text, "a=rtcp-fb:" + payload + " transport-cc");
  std::string parameters;
  for (const auto& [name, value] : format.parameters) {
    if (!parameters.empty()) parameters += ";";
    parameters.append(name).append("=").append(value);
  }
  if (!parameters.empty()) write_line(text, "a=fmtp:" + payload + " " + parameters);
}

void write_media(std::string& text, const SdpSection& section) {
  write_line(text, "a=sendrecv");
  write_line(text, "a=rtcp-mux");
  write_line(text, "a=rtcp-rsize");
  for (const SdpFormat& format : section.formats) write_format(text, format);
  if (section.transport_cc_id)
    write_line(text, "a=extmap:" + std::to_string(section.transport_cc_id) + " " +
                         std::string(transport_cc_uri));
  for (const auto& [source, repair] : section.repairs)
    write_line(text, "a=ssrc-group:FID " + std::to_string(source) + " " + std::to_string(repair));
  for (const SdpSource& source : section.sources)
    write_line(text, "a=ssrc:" + std::to_string(source.ssrc) +
                         " cname:" + (source.cname.empty() ? "-" : source.cname));
}

void write_section(std::string& text, const SdpSection& section, const SdpTransport& transport) {
  if (section.kind == SdpKind::Application) {
    write_line(text, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel");
  } else {
    text += section.kind == SdpKind::Audio ? "m=audio" : "m=video";
    text += " 9 UDP/TLS/RTP/SAVPF";
    for (const SdpFormat& format : section.formats) text += " " + std::to_string(format.payload);
    write_line(text, "");
  }
  write_line(text, "c=IN IP4 0.0.0.0");
  write_line(text, "a=mid:" + section.mid);
  write_line(text, "a=ice-ufrag:" + transport.ufrag);
  write_line(text, "a=ice-pwd:" + transport.password);
  write_line(text, "a=ice-options:trickle");
  write_line(
      text, "a=fingerprint:" + transport.fingerprint.algorithm + " " + transport.fingerprint.value);
  write_line(text, "a=setup:" + transport.setup);
  if (section.kind == SdpKind::Application)
    write_line(text, "a=sctp-port:" + std::to_string(section.sctp_port));
  else
    write_media(text, section);
}

}  // namespace

rtc::Result<SdpDescription> read_description(const std::string& text) {
  auto message = parse_sdp(text);
  if (!message) return message.error();
  const guint count = gst_sdp_message_medias_len(message->get());
  if (count == 0) return refused("no section");
  if (count > max_sections) return refused("more than 32 sections");
  SdpDescription description;
  for (guint i = 0; i < count; ++i)
    description.sections.push_back(read_section(section_at(**message, i)));
  if (const auto checked = check_sections(description.sections); !checked) return checked.error();
  const auto bundle = read_bundle(**message);
  description.tag = apply_bundle(bundle, description.sections);
  drop_conflicts(description.sections);
  if (!description.tag) return description;
  description.bundled = bundle && has(*bundle, description.sections[*description.tag].mid);
  auto transport = read_transport(**message, *description.tag, description.sections);
  if (!transport) return transport.error();
  description.transport = std::move(*transport);
  return description;
}

std::string write_description(const std::vector<SdpSection>& sections,
                              const SdpTransport& transport) {
  std::string text;
  write_line(text, "v=0");
  write_line(text, "o=- 1 1 IN IP4 0.0.0.0");
  write_line(text, "s=-");
  write_line(text, "t=0 0");
  if (transport.lite) write_line(text, "a=ice-lite");
  std::string bundle = "a=group:BUNDLE";
  for (const SdpSection& section : sections) bundle += " " + section.mid;
  write_line(text, bundle);
  for (unsigned i = 0; i < sections.size(); ++i) {
    write_section(text, sections[i], transport);
    if (i > 0) continue;
    for (const std::string& candidate : transport.candidates)
      write_line(text, "a=candidate:" + candidate);
    if (transport.complete) write_line(text, "a=end-of-candidates");
  }
  return text;
}

}  // namespace media
