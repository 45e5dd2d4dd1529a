/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sdp_translator.h"

#include <algorithm>
#include <set>
#include <utility>

#include "gst/codecs.h"
#include "gst/local_description.h"
#include "gst/sdp_validator.h"

namespace media {

namespace {

using Type = rtc::SessionDescription::Type;

/* Which answer is awaited. */
enum class Pending { None, RemoteAnswer, LocalAnswer };

struct Section {
  std::string shown_mid; /* webrtcbin's, for ever */
  std::string mid;       /* the peer's; ours in an offer that it has not answered */
  bool negotiated = false;
  SdpSection local;  /* of our last offer */
  SdpSection remote; /* as the peer said last */
  SdpSection shown;  /* what webrtcbin was given for it; no mid: nothing yet */
  std::string msid;  /* what we want to send: a=msid of it; "": nothing */
  std::string codec;
};

struct State {
  std::vector<Section> sections;
  unsigned remote_count = 0; /* sections of the last remote description */
  unsigned offer_count = 0;  /* of our last offer */
  Pending pending = Pending::None;
  std::optional<SdpTransport> transport; /* the peer's last */
  std::optional<Fingerprint> fingerprint;
  unsigned tag = 0;
  std::string role; /* a=setup of our answers, from the first negotiation on */
  unsigned streams = 0;
  unsigned version = 0; /* of our texts: RFC 3264 §8 */
  std::vector<rtc::RemoteTrack> tracks;
};

rtc::Error internal(const char* what) {
  return {rtc::Error::Kind::Media, "The connection could not be described.", what};
}

bool is_media(const SdpSection& section) {
  return section.kind == SdpKind::Audio || section.kind == SdpKind::Video;
}

std::vector<KnownSection> known_sections(const State& state, std::size_t count) {
  std::vector<KnownSection> known;
  for (std::size_t i = 0; i < count; ++i) {
    const Section& section = state.sections[i];
    const SdpKind kind = section.negotiated ? section.remote.kind : section.local.kind;
    known.push_back({section.mid, kind, section.negotiated});
  }
  return known;
}

unsigned free_payload(const std::vector<SdpSection>& sections) {
  std::set<unsigned> taken;
  for (const SdpSection& section : sections)
    for (const SdpFormat& format : section.formats) taken.insert(format.payload);
  unsigned payload = 127;
  while (payload > 96 && taken.contains(payload)) --payload;
  return payload;
}

/* What webrtcbin is shown in place of a section that was never usable: it must accept each,
 * since it can neither reject one nor take one back. */
SdpSection stand_in(const SdpSection& remote, const SdpSection& local, unsigned payload) {
  SdpSection section;
  section.kind = remote.kind == SdpKind::Other ? SdpKind::Video : remote.kind;
  if (!is_media(section)) return section;
  if (!local.formats.empty()) {
    section.formats = {local.formats.front()};
    return section;
  }
  SdpFormat format;
  const bool audio = section.kind == SdpKind::Audio;
  format.payload = payload;
  format.encoding_name = audio ? "OPUS" : "VP8";
  format.clock_rate = audio ? 48000 : 90000;
  format.channels = audio ? "2" : "";
  section.formats = {format};
  return section;
}

/* An answer picks from what was offered. */
void keep_offered(SdpSection& answered, const SdpSection& offered) {
  std::erase_if(answered.formats, [&](const SdpFormat& format) {
    return std::none_of(offered.formats.begin(), offered.formats.end(), [&](const SdpFormat& o) {
      return o.payload == format.payload && o.encoding_name == format.encoding_name;
    });
  });
  if (is_media(answered) &&
      (answered.formats.empty() || answered.formats.front().encoding_name == "RTX"))
    answered.usable = false;
}

std::vector<rtc::RemoteTrack> tracks_of(const State& state) {
  std::vector<rtc::RemoteTrack> tracks;
  for (unsigned i = 0; i < state.remote_count; ++i) {
    const SdpSection& remote = state.sections[i].remote;
    if (!is_media(remote)) continue;
    const bool audio = remote.kind == SdpKind::Audio;
    tracks.push_back({state.sections[i].mid, audio ? rtc::MediaKind::Audio : rtc::MediaKind::Video,
                      remote.stream_id, remote.usable && remote.direction.send});
  }
  return tracks;
}

void show_section(Section& section, unsigned payload) {
  if (section.remote.usable) {
    section.shown = section.remote;
  } else if (section.shown.mid.empty()) {
    section.shown = stand_in(section.remote, section.local, payload);
  } else {
    section.shown.sources.clear();
    section.shown.repairs.clear();
  }
  section.shown.mid = section.shown_mid;
}

/* Takes a checked description into @state. */
void apply_remote(State& state, Type type, SdpDescription description) {
  const unsigned payload = free_payload(description.sections);
  state.remote_count = static_cast<unsigned>(description.sections.size());
  if (state.sections.size() < state.remote_count) state.sections.resize(state.remote_count);
  for (unsigned i = 0; i < state.remote_count; ++i) {
    Section& section = state.sections[i];
    section.remote = std::move(description.sections[i]);
    // No mid of webrtcbin's own making looks like this.
    if (section.shown_mid.empty()) section.shown_mid = "line" + std::to_string(i);
    if (type == Type::Answer) {
      keep_offered(section.remote, section.local);
      section.negotiated = true;
    } else {
      section.mid = section.remote.mid;
      section.local = {};
    }
    show_section(section, payload);
    if (!section.remote.usable) section.msid.clear();
    if (type == Type::Answer)
      section.codec = section.remote.usable && is_media(section.remote)
                          ? section.remote.formats.front().encoding_name
                          : "";
  }
  if (description.tag) {
    state.tag = *description.tag;
    state.transport = std::move(description.transport);
    state.fingerprint = state.transport->fingerprint;
  } else {
    state.transport->candidates.clear();
  }
  state.tracks = tracks_of(state);
}

/* webrtcbin forgets which DTLS role it has, so the peer's texts never contradict it. */
void fix_setup(State& state, Type type) {
  std::string& setup = state.transport->setup;
  if (type == Type::Offer) {
    if (!state.role.empty()) setup = "actpass";
    return;
  }
  if (state.role.empty()) state.role = setup == "active" ? "passive" : "active";
  setup = state.role == "active" ? "passive" : "active";
}

}  // namespace

struct SdpTranslator::Impl {
  std::string stream_id;
  State state;

  /* Our text's sections get a place in @next. Answers have the offer's. */
  rtc::Result<void> adopt(State& next, Type type, const GstSDPMessage& message) const;
  /* While nothing is sent, the first audio section that may send names our stream. */
  void claim_stream(State& next, const std::vector<SectionForPeer>& meant, Type type) const;
};

rtc::Result<void> SdpTranslator::Impl::adopt(State& next, Type type,
                                             const GstSDPMessage& message) const {
  const guint count = gst_sdp_message_medias_len(&message);
  if (type == Type::Answer && count != next.remote_count) return internal("sections are missing");
  if (type == Type::Offer)
    for (std::size_t i = count; i < next.sections.size(); ++i)
      if (next.sections[i].negotiated) return internal("sections are missing");
  if (count > next.sections.size()) next.sections.resize(count);
  for (guint i = 0; i < count; ++i) {
    Section& section = next.sections[i];
    const std::string mid = attribute(section_at(message, i), "mid").value_or("");
    if (section.shown_mid.empty()) section.shown_mid = mid;
    if (mid.empty() || section.shown_mid != mid) return internal("a mid has changed");
    if (type == Type::Offer) section.local = read_section(section_at(message, i));
    if (section.negotiated || type == Type::Answer) continue;
    section.mid = mid;
    const auto is_taken = [&](const Section& other) {
      return &other != &section && other.mid == section.mid;
    };
    while (std::any_of(next.sections.begin(), next.sections.end(), is_taken)) section.mid += "x";
  }
  return {};
}

void SdpTranslator::Impl::claim_stream(State& next, const std::vector<SectionForPeer>& meant,
                                       Type type) const {
  const auto is_claimed = [](const Section& section) { return !section.msid.empty(); };
  if (std::any_of(next.sections.begin(), next.sections.end(), is_claimed)) return;
  for (std::size_t i = 0; i < meant.size(); ++i) {
    Section& section = next.sections[i];
    const SdpSection& said = type == Type::Answer ? section.remote : section.local;
    if (said.kind != SdpKind::Audio || !meant[i].accepted) continue;
    if (type == Type::Answer && !section.remote.direction.receive) continue;
    section.msid = stream_id + " " + stream_id + "-a" + std::to_string(next.streams++);
    return;
  }
}

namespace {

/* What the peer is told of the section, but for what we send. */
SectionForPeer meant_for_peer(const Section& section, const GstSDPMedia& text, Type type) {
  SectionForPeer meant;
  const bool stopped = section.negotiated && section.remote.rejected;
  const bool refused = type == Type::Answer ? !section.remote.usable : stopped;
  meant.mid = section.mid;
  meant.accepted = !refused && !is_rejected(text);
  meant.direction.receive = direction_of(text).receive;
  meant.direction.send = false;
  if (type == Type::Offer) return meant;
  meant.direction.receive = meant.direction.receive && section.remote.direction.send;
  meant.media = section.remote.media;
  meant.protocol = section.remote.protocol;
  meant.format = section.remote.first_format;
  return meant;
}

std::string codec_in(const GstSDPMedia& text) {
  const SdpSection section = read_section(text);
  return section.formats.empty() ? "" : section.formats.front().encoding_name;
}

void finish_answer(State& next, const std::vector<SectionForPeer>& meant,
                   const GstSDPMessage& message) {
  for (unsigned i = 0; i < meant.size(); ++i) {
    Section& section = next.sections[i];
    section.negotiated = true;
    section.codec = meant[i].accepted ? codec_in(section_at(message, i)) : "";
    section.remote.usable = meant[i].accepted;
  }
  next.tracks = tracks_of(next);
  next.pending = Pending::None;
}

void set_answered_role(State& next, GstSDPMessage& message) {
  if (next.role.empty()) next.role = setup_of(message) == "passive" ? "passive" : "active";
  set_setup(message, next.role);
}

}  // namespace

SdpTranslator::SdpTranslator(std::string stream_id) : impl_(std::make_unique<Impl>()) {
  impl_->stream_id = std::move(stream_id);
}

SdpTranslator::~SdpTranslator() = default;

rtc::Result<std::string> SdpTranslator::set_remote(const rtc::SessionDescription& description) {
  State next = impl_->state;
  auto read = read_description(description.sdp);
  if (!read) return read.error();
  const bool is_answer = description.type == Type::Answer;
  if (is_answer && next.pending != Pending::RemoteAnswer)
    return rtc::Error{rtc::Error::Kind::Protocol, "The peer answered what was not offered.", ""};
  const std::size_t count = is_answer ? next.offer_count : next.sections.size();
  const auto known = known_sections(next, count);
  const auto checked = is_answer ? check_answer(*read, known, next.transport)
                                 : check_offer(*read, known, next.transport);
  if (!checked) return checked.error();
  apply_remote(next, description.type, std::move(*read));
  fix_setup(next, description.type);
  next.pending = is_answer ? Pending::None : Pending::LocalAnswer;
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
  State next = impl_->state;
  if (type == Type::Answer && next.pending != Pending::LocalAnswer)
    return internal("an answer to no offer");
  auto message = parse_sdp(text);
  if (!message) return message.error();
  if (const auto adopted = impl_->adopt(next, type, **message); !adopted) return adopted.error();
  std::vector<SectionForPeer> meant;
  for (guint i = 0; i < gst_sdp_message_medias_len(message->get()); ++i)
    meant.push_back(meant_for_peer(next.sections[i], section_at(**message, i), type));
  impl_->claim_stream(next, meant, type);
  for (std::size_t i = 0; i < meant.size(); ++i) {
    const Section& section = next.sections[i];
    meant[i].msid = section.msid;
    meant[i].direction.send =
        !section.msid.empty() && (type == Type::Offer || section.remote.direction.receive);
  }
  if (type == Type::Offer) {
    set_setup(**message, "actpass");
    next.pending = Pending::RemoteAnswer;
    next.offer_count = static_cast<unsigned>(meant.size());
  } else {
    set_answered_role(next, **message);
    finish_answer(next, meant, **message);
  }
  clean_rejected(**message);
  set_origin(**message, g_str_hash(impl_->stream_id.c_str()), ++next.version);
  Local local;
  local.for_webrtcbin = sdp_text(**message);
  write_for_peer(**message, meant, type == Type::Answer ? next.tag : 0);
  local.for_peer = sdp_text(**message);
  impl_->state = std::move(next);
  return local;
}

const std::vector<rtc::RemoteTrack>& SdpTranslator::remote_tracks() const {
  return impl_->state.tracks;
}

std::vector<OfferedSection> SdpTranslator::offered_sections() const {
  std::vector<OfferedSection> offered;
  for (unsigned i = 0; i < impl_->state.remote_count; ++i) {
    const Section& section = impl_->state.sections[i];
    if (!is_media(section.shown)) continue;
    const bool audio = section.shown.kind == SdpKind::Audio;
    offered.push_back({i, section.mid, audio ? rtc::MediaKind::Audio : rtc::MediaKind::Video,
                       section.remote.usable, answered_caps(section.shown)});
  }
  return offered;
}

const std::optional<Fingerprint>& SdpTranslator::remote_fingerprint() const {
  return impl_->state.fingerprint;
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
    const Section& section = impl_->state.sections[i];
    if (section.remote.rejected) continue;
    for (const SdpSource& source : section.remote.sources)
      if (source.ssrc == ssrc) return section.mid;
    for (const auto& [source, repair] : section.remote.repairs)
      if (source == ssrc || repair == ssrc) return section.mid;
  }
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
