/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sdp_state.h"

#include <algorithm>
#include <set>
#include <utility>

namespace media {

namespace {

using Type = rtc::SessionDescription::Type;

rtc::Error internal(const char* what) {
  return {rtc::Error::Kind::Media, "The connection could not be described.", what};
}

unsigned take_free_payload(std::set<unsigned>& taken) {
  unsigned payload = 127;
  while (payload > 0 && taken.contains(payload)) --payload;
  taken.insert(payload);
  return payload;
}

std::set<unsigned> taken_payloads(const SdpDescription& description, const SdpState& state) {
  std::set<unsigned> taken;
  const auto take = [&](const SdpSection& section) {
    for (const SdpFormat& format : section.formats) taken.insert(format.payload);
  };
  for (const SdpSection& section : description.sections) take(section);
  for (const NegotiatedSection& section : state.sections) take(section.shown);
  return taken;
}

/* What webrtcbin is shown in place of a section that was never usable: it must accept each,
 * since it can neither reject one nor take one back. */
SdpSection stand_in(const SdpSection& remote, const SdpSection& local, std::set<unsigned>& taken) {
  SdpSection section;
  section.kind = remote.kind == SdpKind::Other ? SdpKind::Video : remote.kind;
  if (!is_media(section)) return section;
  if (!local.formats.empty()) {
    section.formats = {local.formats.front()};
    return section;
  }
  SdpFormat format;
  const bool audio = section.kind == SdpKind::Audio;
  format.payload = take_free_payload(taken);
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

std::vector<rtc::RemoteTrack> tracks_of(const SdpState& state) {
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

void show_section(NegotiatedSection& section, std::set<unsigned>& taken) {
  if (section.remote.usable) {
    section.shown = section.remote;
  } else if (section.shown.mid.empty()) {
    section.shown = stand_in(section.remote, section.local, taken);
  } else {
    section.shown.sources.clear();
    section.shown.repairs.clear();
  }
  section.shown.mid = section.shown_mid;
}

void apply_section(NegotiatedSection& section, Type type, SdpSection remote) {
  section.remote = std::move(remote);
  if (type == Type::Offer) {
    section.mid = section.remote.mid;
    section.local = {};
  } else {
    keep_offered(section.remote, section.local);
    section.negotiated = true;
    const bool named = section.remote.usable && is_media(section.remote);
    section.codec = named ? section.remote.formats.front().encoding_name : "";
  }
  if (!section.remote.usable) section.msid.clear();
}

void apply_transport(SdpState& state, const SdpDescription& description) {
  if (!description.tag) {
    state.transport->candidates.clear();
    return;
  }
  state.tag = *description.tag;
  state.bundled = description.bundled;
  state.transport = description.transport;
  state.fingerprint = description.transport.fingerprint;
}

/* webrtcbin forgets which DTLS role it has, so the peer's texts never contradict it. */
void fix_setup(SdpState& state, Type type) {
  std::string& setup = state.transport->setup;
  if (type == Type::Offer) {
    if (!state.role.empty()) setup = "actpass";
    return;
  }
  if (state.role.empty()) state.role = setup == "active" ? "passive" : "active";
  setup = state.role == "active" ? "passive" : "active";
}

/* What webrtcbin made is ours to name until the peer knows it, but no name may mean two. */
void name_section(SdpState& state, NegotiatedSection& section) {
  section.mid = section.shown_mid;
  const auto is_taken = [&](const NegotiatedSection& other) {
    return &other != &section && other.mid == section.mid;
  };
  while (std::any_of(state.sections.begin(), state.sections.end(), is_taken)) section.mid += "x";
}

}  // namespace

bool is_media(const SdpSection& section) {
  return section.kind == SdpKind::Audio || section.kind == SdpKind::Video;
}

std::vector<KnownSection> known_sections(const SdpState& state, std::size_t count) {
  std::vector<KnownSection> known;
  for (std::size_t i = 0; i < count; ++i) {
    const NegotiatedSection& section = state.sections[i];
    const SdpKind kind = section.negotiated ? section.remote.kind : section.local.kind;
    known.push_back({section.mid, kind, section.negotiated});
  }
  return known;
}

void apply_remote(SdpState& state, Type type, SdpDescription description) {
  std::set<unsigned> taken = taken_payloads(description, state);
  state.remote_count = static_cast<unsigned>(description.sections.size());
  if (state.sections.size() < state.remote_count) state.sections.resize(state.remote_count);
  for (unsigned i = 0; i < state.remote_count; ++i) {
    NegotiatedSection& section = state.sections[i];
    // No mid of webrtcbin's own making looks like this.
    if (section.shown_mid.empty()) section.shown_mid = "line" + std::to_string(i);
    apply_section(section, type, std::move(description.sections[i]));
    show_section(section, taken);
  }
  apply_transport(state, description);
  fix_setup(state, type);
  state.pending = type == Type::Answer ? SdpPending::None : SdpPending::LocalAnswer;
  state.tracks = tracks_of(state);
}

rtc::Result<void> adopt_local(SdpState& state, Type type, const GstSDPMessage& message) {
  const guint count = gst_sdp_message_medias_len(&message);
  if (type == Type::Answer && count != state.remote_count) return internal("sections are missing");
  if (type == Type::Offer)
    for (std::size_t i = count; i < state.sections.size(); ++i)
      if (state.sections[i].negotiated) return internal("sections are missing");
  if (count > state.sections.size()) state.sections.resize(count);
  for (guint i = 0; i < count; ++i) {
    NegotiatedSection& section = state.sections[i];
    const std::string mid = attribute(section_at(message, i), "mid").value_or("");
    if (section.shown_mid.empty()) section.shown_mid = mid;
    if (mid.empty() || section.shown_mid != mid) return internal("a mid has changed");
    if (type == Type::Answer) continue;
    section.local = read_section(section_at(message, i));
    if (!section.negotiated) name_section(state, section);
  }
  return {};
}

void finish_answer(SdpState& state, const std::vector<bool>& accepted,
                   const std::vector<std::string>& codecs) {
  for (std::size_t i = 0; i < accepted.size(); ++i) {
    NegotiatedSection& section = state.sections[i];
    section.negotiated = true;
    section.codec = accepted[i] ? codecs[i] : "";
    section.remote.usable = accepted[i];
  }
  state.tracks = tracks_of(state);
  state.pending = SdpPending::None;
}

}  // namespace media
