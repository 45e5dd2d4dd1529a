/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/outgoing.h"

#include <algorithm>
#include <string_view>

#include "gst/media_log.h"

namespace media {

using glib::Ref;

namespace {

/* H.264 frames do not fit into single packets, so the mode of such (RFC 6184 §6.2) is of no use. */
bool is_sendable(const SdpFormat& format) {
  if (format.encoding_name != "H264") return true;
  const auto mode = format.parameters.find("packetization-mode");
  return mode != format.parameters.end() && mode->second == "1";
}

const SdpFormat* format_of(const std::vector<SdpFormat>& formats, const Codec& codec) {
  const auto found = std::ranges::find_if(formats, [&](const SdpFormat& format) {
    return format.encoding_name == codec.encoding_name && is_sendable(format);
  });
  return found == formats.end() ? nullptr : &*found;
}

const char* name_of(rtc::TrackSource source) {
  switch (source) {
    case rtc::TrackSource::Microphone:
      return "microphone";
    case rtc::TrackSource::Camera:
      return "camera";
    case rtc::TrackSource::Screen:
      return "screen";
    case rtc::TrackSource::ScreenAudio:
      return "screen's sound";
  }
  return "";
}

}  // namespace

Outgoing::Track* Outgoing::find(rtc::TrackSource source) {
  const auto found =
      std::ranges::find_if(tracks_, [&](const auto& track) { return track->source == source; });
  return found == tracks_.end() ? nullptr : found->get();
}

void Outgoing::set_tracks(const std::vector<rtc::LocalTrack>& tracks) {
  for (const auto& track : tracks_) track->wanted = false;
  for (const auto& wanted : tracks) {
    const auto sender = owner_.senders->find(wanted.source);
    if (sender == owner_.senders->end()) continue;
    Track* track = find(wanted.source);
    if (!track)
      track = tracks_
                  .emplace_back(std::make_unique<Track>(
                      Track{wanted.source, wanted.stream_id, sender->second}))
                  .get();
    track->stream_id = wanted.stream_id;
    track->wanted = true;
  }
  for (const auto& track : tracks_) update(*track);
}

/* Whether webrtcbin has given it a section that the peer knows. */
bool Outgoing::is_bound(const Track& track) const {
  if (!track.outlet) return false;
  const auto sections =
      owner_.translator->with([](const SdpTranslator& t) { return t.sent_sections(); });
  return std::ranges::any_of(
      sections, [&](const SentSection& each) { return each.ssrc == track.outlet->ssrc(); });
}

/* Those that are to be sent and have no section yet. webrtcbin takes pads in this order. */
std::vector<Outgoing::Track*> Outgoing::unbound(rtc::MediaKind kind) {
  std::vector<Track*> found;
  for (const auto& track : tracks_)
    if (track->wanted && track->sender->kind() == kind && !is_bound(*track))
      found.push_back(track.get());
  std::stable_partition(found.begin(), found.end(),
                        [](const Track* track) { return track->outlet != nullptr; });
  return found;
}

void Outgoing::refuse(Track& track) {
  if (track.refused) return;
  track.refused = true;
  const Codec* codec = track.sender->choose_codec([](const Codec&) { return true; });
  owner_.on_trouble(std::string("Our ") + name_of(track.source) + " is not sent to them: " +
                    (codec ? std::string("their program does not take ") + codec->encoding_name
                           : "nothing that their program takes can be encoded") +
                    ".");
}

bool Outgoing::request_pad(Track& track, const Codec& codec, const OfferedSection* section) {
  const SdpFormat* format = section ? format_of(section->formats, codec) : nullptr;
  const unsigned payload = format ? format->payload : own_payload(codec);
  const unsigned transport_cc_id = section ? section->transport_cc_id : own_transport_cc_id;
  if (!track.outlet) {
    GstElement* webrtcbin = owner_.webrtcbin.get();
    const auto caps = sent_caps(codec, {payload, 0, transport_cc_id}, format);
    auto pad = Ref<GstPad>::adopt(gst_element_request_pad(
        webrtcbin, gst_element_get_pad_template(webrtcbin, "sink_%u"), nullptr, caps.get()));
    if (!pad) return false;
    if (codec.kind == rtc::MediaKind::Video) {
      Ref<GObject> transceiver;
      g_object_get(pad.get(), "transceiver", transceiver.out(), nullptr);
      if (transceiver) g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
    }
    track.outlet = track.sender->add_outlet(owner_.peer, std::move(pad), codec);
    if (!track.outlet) return false;
  }
  track.outlet->set_format(payload, transport_cc_id, format);
  return true;
}

void Outgoing::prepare_offer() {
  for (const auto& track : tracks_) {
    if (!track->wanted || track->outlet) continue;
    const Codec* codec = track->sender->choose_codec([](const Codec&) { return true; });
    if (!codec || !request_pad(*track, *codec, nullptr)) refuse(*track);
  }
  tell_translator();
}

/* Gives each section that is new, and that the peer receives in, the next track of its kind. */
Outgoing::Assignments Outgoing::assign(const std::vector<OfferedSection>& sections) {
  Assignments assignments;
  for (const auto kind : {rtc::MediaKind::Audio, rtc::MediaKind::Video}) {
    auto tracks = unbound(kind);
    for (const OfferedSection& section : sections) {
      if (section.kind != kind || !section.is_new || !section.accepted || !section.receives)
        continue;
      const auto fits = [&](Track* track) {
        return track->sender->choose_codec([&](const Codec& codec) {
          return format_of(section.formats, codec);
        }) != nullptr;
      };
      while (!tracks.empty() && !fits(tracks.front())) {
        refuse(*tracks.front());
        tracks.erase(tracks.begin());
      }
      if (tracks.empty()) break;
      assignments[section.mline] = tracks.front();
      tracks.erase(tracks.begin());
    }
  }
  return assignments;
}

/* A transceiver for a section that no track is for, lest a pad takes it. */
void Outgoing::hold_place(const OfferedSection& section) {
  Ref<GObject> transceiver;
  g_signal_emit_by_name(owner_.webrtcbin.get(), "add-transceiver",
                        GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, section.caps.get(),
                        transceiver.out());
  if (transceiver && section.kind == rtc::MediaKind::Video)
    g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
}

/* A peer may give the codec of a section another payload type. */
void Outgoing::follow(const std::vector<OfferedSection>& sections) {
  for (const OfferedSection& section : sections) {
    if (section.is_new) continue;
    for (const auto& track : tracks_) {
      if (!track->outlet || section.ssrc != track->outlet->ssrc()) continue;
      const SdpFormat* format = format_of(section.formats, track->outlet->codec());
      if (format) track->outlet->set_format(format->payload, section.transport_cc_id, format);
    }
  }
}

void Outgoing::prepare_answer() {
  const auto sections =
      owner_.translator->with([](const SdpTranslator& t) { return t.offered_sections(); });
  follow(sections);
  const Assignments assignments = assign(sections);
  for (const OfferedSection& section : sections) {
    const auto assigned = assignments.find(section.mline);
    if (assigned != assignments.end()) {
      Track& track = *assigned->second;
      const Codec* codec = track.sender->choose_codec([](const Codec&) { return true; });
      if (request_pad(track, *codec, &section)) continue;
    }
    const bool later = std::ranges::any_of(assignments, [&](const auto& each) {
      return each.first > section.mline && each.second->sender->kind() == section.kind;
    });
    if (section.is_new && later) hold_place(section);
  }
  tell_translator();
}

void Outgoing::tell_translator() {
  std::map<std::uint32_t, std::string> streams;
  for (const auto& track : tracks_)
    if (track->outlet) streams[track->outlet->ssrc()] = track->wanted ? track->stream_id : "";
  owner_.translator->with([&](SdpTranslator& t) { t.set_sources(std::move(streams)); });
}

void Outgoing::negotiated() {
  const auto sections =
      owner_.translator->with([](const SdpTranslator& t) { return t.sent_sections(); });
  for (const auto& track : tracks_) {
    if (!track->outlet) continue;
    const auto section = std::ranges::find_if(
        sections, [&](const SentSection& each) { return each.ssrc == track->outlet->ssrc(); });
    const bool known = section != sections.end();
    const SdpFormat* format = known ? format_of(section->formats, track->outlet->codec()) : nullptr;
    track->active = format && section->active;
    if (known && !format && track->wanted) refuse(*track);
    if (format) track->outlet->set_format(format->payload, section->transport_cc_id, format);
    update(*track);
  }
}

void Outgoing::release() {
  released_ = true;
  for (const auto& track : tracks_) update(*track);
}

void Outgoing::update(Track& track) {
  if (!track.outlet) return;
  if (released_ && track.wanted && track.active)
    track.outlet->open();
  else
    track.outlet->close();
}

void Outgoing::close() {
  for (const auto& track : tracks_)
    if (track->outlet) track->sender->remove_outlet(owner_.peer, track->outlet);
  released_ = false;
}

void Outgoing::report(const Reception& reception) {
  const auto is_video = [](const auto& track) {
    return track->outlet && track->outlet->is_open() &&
           track->sender->kind() == rtc::MediaKind::Video;
  };
  const auto videos = static_cast<unsigned>(std::ranges::count_if(tracks_, is_video));
  for (const auto& track : tracks_) {
    if (!is_video(track)) continue;
    ReceptionReport report;
    const auto loss = reception.losses.find(track->outlet->ssrc());
    if (loss != reception.losses.end()) report.loss = loss->second;
    if (reception.maximum) report.maximum = *reception.maximum / videos;
    track->sender->report(owner_.peer, report);
  }
}

}  // namespace media
