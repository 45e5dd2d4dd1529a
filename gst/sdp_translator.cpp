/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sdp_translator.h"

#include <algorithm>
#include <utility>

#include "gst/codecs.h"
#include "gst/local_description.h"
#include "gst/sdp_state.h"

namespace media {

namespace {

using Type = rtc::SessionDescription::Type;

rtc::Error internal(const char* what) {
  return {rtc::Error::Kind::Media, "The connection could not be described.", what};
}

using Sources = std::map<std::uint32_t, std::string>;

/* What we want of a connection. */
struct Wishes {
  std::string stream_id;
  rtc::ReceivedKinds receives{};
  Sources sources{};
};

bool takes(const rtc::ReceivedKinds& receives, SdpKind kind) {
  if (kind == SdpKind::Audio) return receives.audio;
  return kind != SdpKind::Video || receives.video;
}

/* What the peer is told of the section, but for what we send. */
SectionForPeer meant_for_peer(const NegotiatedSection& section, const GstSDPMedia& text, Type type,
                              const rtc::ReceivedKinds& receives) {
  SectionForPeer meant;
  const bool stopped = section.negotiated && section.remote.rejected;
  const bool refused = type == Type::Answer ? !section.remote.usable : stopped;
  meant.mid = section.mid;
  meant.accepted = !refused && !is_rejected(text);
  const SdpKind kind = read_section(text).kind;
  meant.direction.receive = direction_of(text).receive && takes(receives, kind);
  meant.direction.send = false;
  if (type == Type::Offer) return meant;
  meant.direction.receive = meant.direction.receive && section.remote.direction.send;
  meant.media = section.remote.media;
  meant.protocol = section.remote.protocol;
  meant.format = section.remote.first_format;
  return meant;
}

/* RFC 8830: the stream, and a track of it. */
std::string msid_of(const std::string& stream, const std::string& track) {
  std::string msid = stream;
  return msid.append(" ").append(stream).append("-").append(track);
}

/* Which of our SSRCs webrtcbin put into which section, and what that sends at present. */
void place_sources(SdpState& next, const GstSDPMessage& message, const Sources& sources) {
  for (guint i = 0; i < gst_sdp_message_medias_len(&message); ++i) {
    NegotiatedSection& section = next.sections[i];
    section.msid.clear();
    for (const SdpSource& source : read_section(section_at(message, i)).sources) {
      const auto found = sources.find(source.ssrc);
      if (found == sources.end()) continue;
      section.ssrc = source.ssrc;
      const std::string& stream = found->second;
      if (!stream.empty()) section.msid = msid_of(stream, std::to_string(i));
    }
  }
}

/* While nothing of our stream is sent, the first audio section that may send names it. */
void claim_stream(SdpState& next, const std::vector<SectionForPeer>& meant, Type type,
                  const std::string& stream_id) {
  const auto is_claimed = [&](const NegotiatedSection& section) {
    return section.msid.starts_with(stream_id + " ");
  };
  if (std::any_of(next.sections.begin(), next.sections.end(), is_claimed)) return;
  for (std::size_t i = 0; i < meant.size(); ++i) {
    NegotiatedSection& section = next.sections[i];
    const SdpSection& said = type == Type::Answer ? section.remote : section.local;
    if (said.kind != SdpKind::Audio || !meant[i].accepted || !section.msid.empty()) continue;
    if (type == Type::Answer && !section.remote.direction.receive) continue;
    section.msid = msid_of(stream_id, "a0");
    return;
  }
}

/* What the peer is told of all sections of @message. */
std::vector<SectionForPeer> meant_for_peer(SdpState& next, const GstSDPMessage& message, Type type,
                                           const Wishes& wishes) {
  std::vector<SectionForPeer> meant;
  place_sources(next, message, wishes.sources);
  for (guint i = 0; i < gst_sdp_message_medias_len(&message); ++i)
    meant.push_back(
        meant_for_peer(next.sections[i], section_at(message, i), type, wishes.receives));
  claim_stream(next, meant, type, wishes.stream_id);
  for (std::size_t i = 0; i < meant.size(); ++i) {
    const NegotiatedSection& section = next.sections[i];
    meant[i].msid = section.msid;
    meant[i].ssrc = section.ssrc;
    meant[i].direction.send =
        !section.msid.empty() && (type == Type::Offer || section.remote.direction.receive);
  }
  return meant;
}

std::string codec_in(const GstSDPMedia& text) {
  const SdpSection section = read_section(text);
  return section.formats.empty() ? "" : section.formats.front().encoding_name;
}

void set_answered_role(SdpState& next, GstSDPMessage& message) {
  if (next.role.empty()) next.role = setup_of(message) == "passive" ? "passive" : "active";
  set_setup(message, next.role);
}

void finish_local_answer(SdpState& next, const std::vector<SectionForPeer>& meant,
                         const GstSDPMessage& message) {
  std::vector<bool> accepted;
  std::vector<std::string> codecs;
  for (unsigned i = 0; i < meant.size(); ++i) {
    accepted.push_back(meant[i].accepted);
    codecs.push_back(codec_in(section_at(message, i)));
  }
  finish_answer(next, accepted, codecs);
}

}  // namespace

struct SdpTranslator::Impl {
  Wishes wishes;
  SdpState state;
};

SdpTranslator::SdpTranslator(std::string stream_id, rtc::ReceivedKinds receives)
    : impl_(std::make_unique<Impl>()) {
  impl_->wishes = {.stream_id = std::move(stream_id), .receives = receives};
}

SdpTranslator::~SdpTranslator() = default;

rtc::Result<std::string> SdpTranslator::set_remote(const rtc::SessionDescription& description) {
  SdpState next = impl_->state;
  auto read = read_description(description.sdp);
  if (!read) return read.error();
  const bool is_answer = description.type == Type::Answer;
  if (is_answer && next.pending != SdpPending::RemoteAnswer)
    return rtc::Error{rtc::Error::Kind::Protocol, "The peer answered what was not offered.", ""};
  const std::size_t count = is_answer ? next.offer_count : next.sections.size();
  const auto known = known_sections(next, count);
  const auto checked = is_answer ? check_answer(*read, known, next.transport)
                                 : check_offer(*read, known, next.transport);
  if (!checked) return checked.error();
  apply_remote(next, description.type, std::move(*read));
  std::vector<SdpSection> shown;
  for (unsigned i = 0; i < next.remote_count; ++i) shown.push_back(next.sections[i].shown);
  std::string text = write_description(shown, *next.transport);
  impl_->state = std::move(next);
  return text;
}

bool SdpTranslator::is_ice_restart(const rtc::SessionDescription& description) const {
  const auto read = read_description(description.sdp);
  return read && has_new_credentials(*read, impl_->state.transport);
}

rtc::Result<SdpTranslator::Local> SdpTranslator::set_local(Type type, const std::string& text) {
  SdpState next = impl_->state;
  if (type == Type::Answer && next.pending != SdpPending::LocalAnswer)
    return internal("an answer to no offer");
  auto message = parse_sdp(text);
  if (!message) return message.error();
  remove_echoes(**message);
  if (const auto adopted = adopt_local(next, type, **message); !adopted) return adopted.error();
  const auto meant = meant_for_peer(next, **message, type, impl_->wishes);
  if (type == Type::Offer) {
    set_setup(**message, "actpass");
    next.pending = SdpPending::RemoteAnswer;
    next.offer_count = static_cast<unsigned>(meant.size());
  } else {
    set_answered_role(next, **message);
    finish_local_answer(next, meant, **message);
  }
  clean_rejected(**message);
  set_origin(**message, g_str_hash(impl_->wishes.stream_id.c_str()), ++next.version);
  Local local;
  local.for_webrtcbin = sdp_text(**message);
  std::optional<unsigned> bundle = 0;
  if (type == Type::Answer) bundle = next.bundled ? std::optional(next.tag) : std::nullopt;
  write_for_peer(**message, meant, bundle);
  local.for_peer = sdp_text(**message);
  impl_->state = std::move(next);
  return local;
}

void SdpTranslator::set_sources(std::map<std::uint32_t, std::string> streams) {
  impl_->wishes.sources = std::move(streams);
}

std::vector<SentSection> SdpTranslator::sent_sections() const {
  std::vector<SentSection> sent;
  for (const NegotiatedSection& section : impl_->state.sections) {
    if (!section.ssrc || !section.negotiated) continue;
    const SdpSection& remote = section.remote;
    sent.push_back({.ssrc = section.ssrc,
                    .active = remote.usable && remote.direction.receive && !section.msid.empty(),
                    .formats = remote.formats,
                    .transport_cc_id = remote.transport_cc_id});
  }
  return sent;
}

const std::vector<rtc::RemoteTrack>& SdpTranslator::remote_tracks() const {
  return impl_->state.tracks;
}

std::vector<OfferedSection> SdpTranslator::offered_sections() const {
  std::vector<OfferedSection> offered;
  for (unsigned i = 0; i < impl_->state.remote_count; ++i) {
    const NegotiatedSection& section = impl_->state.sections[i];
    if (!is_media(section.shown)) continue;
    const bool audio = section.shown.kind == SdpKind::Audio;
    const auto kind = audio ? rtc::MediaKind::Audio : rtc::MediaKind::Video;
    offered.push_back({.mline = i,
                       .mid = section.mid,
                       .kind = kind,
                       .accepted = section.remote.usable,
                       .caps = answered_caps(section.shown),
                       .is_new = !section.negotiated,
                       .receives = section.remote.direction.receive,
                       .formats = section.shown.formats,
                       .transport_cc_id = section.shown.transport_cc_id,
                       .ssrc = section.ssrc});
  }
  return offered;
}

const std::optional<Fingerprint>& SdpTranslator::remote_fingerprint() const {
  return impl_->state.fingerprint;
}

bool SdpTranslator::has_data() const {
  const auto& sections = impl_->state.sections;
  return std::any_of(sections.begin(), sections.end(), [](const NegotiatedSection& section) {
    return section.shown.kind == SdpKind::Application;
  });
}

std::string SdpTranslator::mid_at(unsigned mline) const {
  const auto& sections = impl_->state.sections;
  return mline < sections.size() ? sections[mline].mid : "";
}

std::optional<unsigned> SdpTranslator::mline_of(const std::string& mid) const {
  const auto& sections = impl_->state.sections;
  for (unsigned i = 0; i < sections.size(); ++i)
    if (!mid.empty() && sections[i].mid == mid) return i;
  return {};
}

std::optional<std::string> SdpTranslator::mid_of_ssrc(std::uint32_t ssrc) const {
  for (unsigned i = 0; i < impl_->state.remote_count; ++i) {
    const NegotiatedSection& section = impl_->state.sections[i];
    if (section.remote.rejected) continue;
    for (const SdpSource& source : section.remote.sources)
      if (source.ssrc == ssrc) return section.mid;
    for (const auto& [source, repair] : section.remote.repairs)
      if (source == ssrc || repair == ssrc) return section.mid;
  }
  return {};
}

std::optional<std::string> SdpTranslator::mid_of_payload(unsigned payload, unsigned mline) const {
  const auto& sections = impl_->state.sections;
  const unsigned count = impl_->state.remote_count;
  const auto takes = [&](unsigned i) {
    const auto& remote = sections[i].remote;
    return !remote.rejected &&
           std::any_of(remote.formats.begin(), remote.formats.end(),
                       [&](const SdpFormat& format) { return format.payload == payload; });
  };
  if (mline < count && takes(mline)) return sections[mline].mid;
  for (unsigned i = 0; i < count; ++i)
    if (takes(i)) return sections[i].mid;
  return {};
}

std::string SdpTranslator::codec_of(const std::string& mid) const {
  const auto mline = mline_of(mid);
  return mline ? impl_->state.sections[*mline].codec : "";
}

std::string SdpTranslator::with_candidates(const std::string& sdp,
                                           const std::vector<rtc::IceCandidate>& candidates,
                                           bool complete) {
  const auto message = parse_sdp(sdp);
  if (!message) return sdp;
  const guint count = gst_sdp_message_medias_len(message->get());
  const auto section_for = [&](const rtc::IceCandidate& candidate) {
    for (guint i = 0; i < count; ++i)
      if (attribute(section_at(**message, i), "mid") == candidate.mid) return i;
    return candidate.mline < 0 ? count : static_cast<guint>(candidate.mline);
  };
  static constexpr std::string_view prefix = "candidate:";
  for (const rtc::IceCandidate& each : candidates) {
    const guint mline = section_for(each);
    if (mline >= count || !each.candidate.starts_with(prefix)) continue;
    gst_sdp_media_add_attribute(&section_at(**message, mline), "candidate",
                                each.candidate.c_str() + prefix.size());
  }
  for (guint i = 0; complete && i < count; ++i) {
    GstSDPMedia& section = section_at(**message, i);
    if (is_rejected(section)) continue;
    gst_sdp_media_add_attribute(&section, "end-of-candidates", nullptr);
    break;
  }
  return sdp_text(**message);
}

}  // namespace media
