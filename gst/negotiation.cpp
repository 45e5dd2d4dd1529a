/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/negotiation.h"

#include <utility>

#include "gst/codecs.h"
#include "gst/media_log.h"
#include "gst/sdp.h"

GLIB_FREE(GArray, g_array_unref);

namespace media {

using glib::Ref;
using glib::Unique;
using rtc::PeerFailure;

namespace {

Unique<GstWebRTCSessionDescription> parse(rtc::SessionDescription::Type type,
                                          const std::string& text) {
  GstSDPMessage* message = nullptr;
  if (gst_sdp_message_new_from_text(text.c_str(), &message) != GST_SDP_OK) return nullptr;
  return Unique<GstWebRTCSessionDescription>(gst_webrtc_session_description_new(
      type == rtc::SessionDescription::Type::Offer ? GST_WEBRTC_SDP_TYPE_OFFER
                                                   : GST_WEBRTC_SDP_TYPE_ANSWER,
      message));
}

std::string created_text(const GstStructure* reply, const char* field) {
  GstWebRTCSessionDescription* raw = nullptr;
  if (reply) gst_structure_get(reply, field, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
  const Unique<GstWebRTCSessionDescription> description(raw);
  return description ? sdp_text(*description->sdp) : "";
}

/* webrtcbin takes everything else for the end of the candidates. */
bool is_candidate(const std::string& text) {
  constexpr size_t max_length = 1024;
  return g_str_has_prefix(text.c_str(), "candidate:") && text.size() <= max_length &&
         text.find_first_of("\r\n") == std::string::npos;
}

unsigned count_transceivers(GstElement* webrtcbin, GstWebRTCKind wanted) {
  GArray* raw = nullptr;
  g_signal_emit_by_name(webrtcbin, "get-transceivers", &raw);
  const Unique<GArray> transceivers(raw);
  unsigned count = 0;
  for (guint i = 0; raw && i < raw->len; ++i) {
    GstWebRTCKind kind = GST_WEBRTC_KIND_UNKNOWN;
    g_object_get(g_array_index(raw, GObject*, i), "kind", &kind, nullptr);
    if (kind == wanted) count++;
  }
  return count;
}

/* So that there are @count of @kind. */
void add_transceivers(GstElement* webrtcbin, rtc::MediaKind kind, unsigned count) {
  const auto caps = offered_caps(kind);
  const bool audio = kind == rtc::MediaKind::Audio;
  for (unsigned i =
           count_transceivers(webrtcbin, audio ? GST_WEBRTC_KIND_AUDIO : GST_WEBRTC_KIND_VIDEO);
       i < count; i++) {
    Ref<GObject> transceiver;
    g_signal_emit_by_name(webrtcbin, "add-transceiver",
                          GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps.get(),
                          transceiver.out());
    if (transceiver && kind == rtc::MediaKind::Video)
      g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
  }
}

/* webrtcbin's offers leave the section of data channels out while it has no channel, so it has one
 * before the peer's is open. An id above 0 is taken only before there is such a section, and this
 * one no peer comes to; nothing is ever sent. */
void make_data_channel(GstElement* webrtcbin) {
  const Unique<GstStructure> options(gst_structure_new("options", "negotiated", G_TYPE_BOOLEAN,
                                                       TRUE, "id", G_TYPE_INT, 254, nullptr));
  Ref<GObject> channel;
  g_signal_emit_by_name(webrtcbin, "create-data-channel", "unused", options.get(), channel.out());
}

}  // namespace

Negotiation::Negotiation(rtc::Loop& loop, Ref<GstElement> webrtcbin, Operations& operations,
                         std::shared_ptr<SharedTranslator> translator, Owner owner)
    : loop_(loop),
      webrtcbin_(std::move(webrtcbin)),
      operations_(operations),
      translator_(std::move(translator)),
      owner_(std::move(owner)) {}

void Negotiation::run(const char* action, gpointer argument, PeerFailure failure,
                      std::function<void(const Reply&)> handler) {
  operations_.run(action, argument,
                  [this, failure, handler = std::move(handler)](const Reply& reply) {
                    if (reply.error.empty())
                      handler(reply);
                    else
                      owner_.on_failed(failure, reply.error);
                  });
}

void Negotiation::create_offer(const rtc::OfferOptions& options) {
  offer_pending_ = options;
  next();
}

void Negotiation::set_remote_description(const rtc::SessionDescription& description) {
  GST_TRACE_OBJECT(webrtcbin_.get(), "the peer says:\n%s", description.sdp.c_str());
  remote_pending_ = description;
  next();
}

void Negotiation::next() {
  if (busy_) return;
  if (const auto options = std::exchange(offer_pending_, std::nullopt)) {
    busy_ = true;
    owner_.before_offer();
    add_transceivers(webrtcbin_.get(), rtc::MediaKind::Audio, options->audio_sections);
    add_transceivers(webrtcbin_.get(), rtc::MediaKind::Video, options->video_sections);
    create_local(Type::Offer);
  } else if (const auto description = std::exchange(remote_pending_, std::nullopt)) {
    busy_ = true;
    apply_remote(*description);
  }
}

void Negotiation::keep_data_section() {
  const bool has_data = translator_->with([](const SdpTranslator& t) { return t.has_data(); });
  if (has_data && !std::exchange(has_data_channel_, true)) make_data_channel(webrtcbin_.get());
}

void Negotiation::done() {
  busy_ = false;
  next();
}

void Negotiation::create_local(Type type) {
  const bool offer = type == Type::Offer;
  run(offer ? "create-offer" : "create-answer", nullptr,
      offer ? PeerFailure::Internal : PeerFailure::Description,
      [this, type, field = offer ? "offer" : "answer"](const Reply& reply) {
        describe(type, created_text(reply.structure, field));
      });
}

void Negotiation::describe(Type type, const std::string& text) {
  GST_TRACE_OBJECT(webrtcbin_.get(), "says:\n%s", text.c_str());
  auto local = translator_->with([&](SdpTranslator& t) { return t.set_local(type, text); });
  if (!local) {
    owner_.on_failed(PeerFailure::Description, local.error().message + " " + local.error().detail);
    return;
  }
  if (type == Type::Offer && std::exchange(described_, true)) {
    delayed_offer_ = local->for_webrtcbin;
    return send(type, local->for_peer);
  }
  described_ = true;
  set_local(type, local->for_webrtcbin, [this, type, text = local->for_peer] {
    if (type == Type::Answer) owner_.on_negotiated();
    send(type, text);
  });
}

void Negotiation::set_local(Type type, const std::string& text, std::function<void()> on_set) {
  const auto description = parse(type, text);
  if (!description) {
    owner_.on_failed(PeerFailure::Internal, "Our own description is unreadable.");
    return;
  }
  run("set-local-description", description.get(), PeerFailure::Internal,
      [this, on_set = std::move(on_set)](const Reply&) {
        prefer_offered_codecs();
        on_set();
      });
}

void Negotiation::send(Type type, const std::string& text) {
  GST_TRACE_OBJECT(webrtcbin_.get(), "the peer is told:\n%s", text.c_str());
  to_send_ = {type, text};
  done();
  if (gathered_)
    hand_out();
  else
    hand_out_timer_ = loop_.after(gather_wait, [this] { hand_out(); });
}

void Negotiation::hand_out() {
  hand_out_timer_ = {};
  auto description = std::exchange(to_send_, std::nullopt);
  if (!description) return;
  description->sdp = SdpTranslator::with_candidates(description->sdp, local_candidates_, gathered_);
  handed_out_ = true;
  owner_.on_local_description(std::move(*description));
}

void Negotiation::on_candidate(unsigned mline, const std::string& candidate) {
  if (candidate.empty()) return on_gathered();
  const auto mid = translator_->with([=](const SdpTranslator& t) { return t.mid_at(mline); });
  local_candidates_.push_back({candidate, mid, static_cast<int>(mline)});
  if (handed_out_ && !to_send_) owner_.on_local_candidate(local_candidates_.back());
}

void Negotiation::on_gathered() {
  if (std::exchange(gathered_, true)) return;
  if (to_send_) return hand_out();
  if (!handed_out_) return;
  const auto mid = translator_->with([](const SdpTranslator& t) { return t.mid_at(0); });
  owner_.on_local_candidate({"", mid, 0});
}

void Negotiation::apply_remote(const rtc::SessionDescription& description) {
  const bool restart =
      translator_->with([&](const SdpTranslator& t) { return t.is_ice_restart(description); });
  if (restart) {
    owner_.on_failed(PeerFailure::IceRestart, "The peer changed its ICE credentials.");
    return;
  }
  const auto shown = translator_->with([&](SdpTranslator& t) { return t.set_remote(description); });
  if (!shown) {
    owner_.on_failed(PeerFailure::Description, shown.error().message + " " + shown.error().detail);
    return;
  }
  const auto offered = std::exchange(delayed_offer_, std::nullopt);
  if (offered && description.type == Type::Offer) to_send_.reset();
  if (description.type == Type::Offer) {
    keep_data_section();
    owner_.before_answer();
  }
  if (description.type == Type::Offer || !offered) return set_remote(description.type, *shown);
  set_local(Type::Offer, *offered, [this, text = *shown] { set_remote(Type::Answer, text); });
}

void Negotiation::set_remote(Type type, const std::string& text) {
  const auto parsed = parse(type, text);
  if (!parsed) {
    owner_.on_failed(PeerFailure::Description, "The session description is unreadable.");
    return;
  }
  run("set-remote-description", parsed.get(), PeerFailure::Description,
      [this, type](const Reply&) { remote_is_set(type); });
}

void Negotiation::remote_is_set(Type type) {
  remote_is_set_ = true;
  for (const auto& candidate : std::exchange(remote_candidates_, {})) give_candidate(candidate);
  if (type == Type::Answer) {
    owner_.on_negotiated();
    done();
  } else {
    prefer_offered_codecs();
    create_local(Type::Answer);
  }
  owner_.on_remote_description();
}

/* On 1.26 the transceivers are there once the offer is set, on 1.22 not before the answer; a
 * later offer of ours needs the codecs as well. */
void Negotiation::prefer_offered_codecs() {
  GArray* raw = nullptr;
  g_signal_emit_by_name(webrtcbin_.get(), "get-transceivers", &raw);
  const Unique<GArray> transceivers(raw);
  for (guint i = 0; raw && i < raw->len; ++i)
    translator_->prefer(g_array_index(raw, GstWebRTCRTPTransceiver*, i));
}

void Negotiation::add_remote_candidate(const rtc::IceCandidate& candidate) {
  if (candidate.candidate.empty()) return;
  if (!is_candidate(candidate.candidate) || remote_candidate_count_ >= max_remote_candidates) {
    GST_WARNING_OBJECT(webrtcbin_.get(), "a candidate of the peer is dropped: %s",
                       remote_candidate_count_ >= max_remote_candidates ? "too many" : "malformed");
    return;
  }
  remote_candidate_count_++;
  if (remote_is_set_)
    give_candidate(candidate);
  else
    remote_candidates_.push_back(candidate);
}

void Negotiation::give_candidate(const rtc::IceCandidate& candidate) {
  const auto mline = translator_->with([&](const SdpTranslator& t) -> std::optional<unsigned> {
    if (!candidate.mid.empty()) return t.mline_of(candidate.mid);
    if (candidate.mline < 0) return std::nullopt;
    const auto at = static_cast<unsigned>(candidate.mline);
    return t.mid_at(at).empty() ? std::nullopt : std::optional(at);
  });
  if (mline)
    g_signal_emit_by_name(webrtcbin_.get(), "add-ice-candidate", *mline,
                          candidate.candidate.c_str());
}

}  // namespace media
