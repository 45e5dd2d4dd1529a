/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/connection.h"

#include <cstring>
#include <utility>

#include "gst/connection_shared.h"
#include "gst/ice_uri.h"
#include "gst/media_log.h"
#include "gst/sdp.h"

namespace media {

using glib::Ref;
using glib::Unique;
using rtc::PeerFailure;
using Type = rtc::SessionDescription::Type;
using namespace std::chrono_literals;

namespace {

constexpr auto gather_wait = 30ms;
constexpr auto connect_within = 30s;
constexpr auto hold_time = 10s;
constexpr size_t max_remote_candidates = 200;

Unique<GstWebRTCSessionDescription> parse(Type type, const std::string& text) {
  GstSDPMessage* message = nullptr;
  if (gst_sdp_message_new_from_text(text.c_str(), &message) != GST_SDP_OK) return nullptr;
  return Unique<GstWebRTCSessionDescription>(gst_webrtc_session_description_new(
      type == Type::Offer ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER, message));
}

std::string created_text(const GstStructure* reply, Type type) {
  if (!reply) return "";
  GstWebRTCSessionDescription* raw = nullptr;
  gst_structure_get(reply, type == Type::Offer ? "offer" : "answer",
                    GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
  const Unique<GstWebRTCSessionDescription> description(raw);
  return description ? sdp_text(*description->sdp) : "";
}

}  // namespace

std::shared_ptr<Connection> Connection::create(Context context, rtc::PeerId id,
                                               const rtc::PeerOptions& options,
                                               rtc::PeerConnection::Observer& observer) {
  auto connection =
      std::shared_ptr<Connection>(new Connection(std::move(context), id, options, observer));
  connection->start(options);
  return connection;
}

Connection::Connection(Context context, rtc::PeerId id, const rtc::PeerOptions& options,
                       rtc::PeerConnection::Observer& observer)
    : context_(std::move(context)),
      id_(id),
      observer_(observer),
      webrtc_(Ref<GstElement>::sink(gst_element_factory_make("webrtcbin", nullptr))),
      shared_(std::make_shared<Shared>(*context_.loop, options.stream_id)) {}

Connection::~Connection() {
  shared_->closed = true;
  pads_.clear();
  if (!webrtc_) return;
  gst_element_set_locked_state(webrtc_.get(), TRUE);
  gst_element_set_state(webrtc_.get(), GST_STATE_NULL);
  gst_bin_remove(context_.pipeline, webrtc_.get());
}

void Connection::start(const rtc::PeerOptions& options) {
  shared_->owner = weak_from_this();
  if (!webrtc_) {
    fail(PeerFailure::Internal, "webrtcbin is not installed (gst-plugins-bad and libnice)");
    return;
  }
  g_object_set(webrtc_.get(), "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency",
               context_.latency_ms, nullptr);
  set_up_ice(options);
  Shared::connect_signals(shared_, webrtc_.get(), context_.pipeline);
  gst_bin_add(context_.pipeline, webrtc_.get());
  gst_element_sync_state_with_parent(webrtc_.get());
}

void Connection::set_up_ice(const rtc::PeerOptions& options) {
  if (options.relay_only)
    g_object_set(webrtc_.get(), "ice-transport-policy", GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY,
                 nullptr);
  for (const auto& server : options.ice_servers) {
    const auto uri = webrtcbin_uri(server);
    if (!uri) continue;
    if (uri->kind == IceUri::Kind::Stun) {
      g_object_set(webrtc_.get(), "stun-server", uri->uri.c_str(), nullptr);
    } else {
      gboolean added = FALSE;
      g_signal_emit_by_name(webrtc_.get(), "add-turn-server", uri->uri.c_str(), &added);
    }
  }
  /* Without these: nine candidates instead of one per address, 18 descriptors, 200 ms of
   * gathering, and a peer whose machine is gone never noticed. */
  Ref<GObject> ice;
  g_object_get(webrtc_.get(), "ice-agent", ice.out(), nullptr);
  if (!ice || !g_object_class_find_property(G_OBJECT_GET_CLASS(ice.get()), "agent")) return;
  Ref<GObject> agent;
  g_object_get(ice.get(), "agent", agent.out(), nullptr);
  if (agent)
    g_object_set(agent.get(), "upnp", FALSE, "ice-tcp", FALSE, "keepalive-conncheck", TRUE,
                 nullptr);
}

/* Emits @action; @handler runs on the loop, also after close() so that operations count down. */
void Connection::run(const char* action, gpointer argument,
                     std::function<void(const Reply&)> handler) {
  outstanding_++;
  const auto promise = make_promise([weak = weak_from_this(), loop = context_.loop,
                                     handler = std::move(handler)](const Reply& reply) {
    const std::shared_ptr<GstStructure> copy(
        reply.structure ? gst_structure_copy(reply.structure) : nullptr,
        [](GstStructure* structure) {
          if (structure) gst_structure_free(structure);
        });
    loop->post([weak, handler, copy, error = reply.error] {
      const auto self = weak.lock();
      if (!self) return;
      self->outstanding_--;
      if (self->closed_ || self->failed_) {
        if (self->closed_ && self->idle()) self->context_.on_idle();
      } else if (!error.empty()) {
        self->fail(PeerFailure::Description, error);
      } else {
        handler({copy.get(), error});
      }
    });
  });
  g_signal_emit_by_name(webrtc_.get(), action, argument, promise.get());
}

void Connection::create_offer(const rtc::OfferOptions& options) {
  if (failed_) return;
  const auto add = [this](rtc::MediaKind kind, unsigned count) {
    const auto caps = offered_caps(kind);
    for (unsigned i = 0; i < count; i++) {
      Ref<GObject> transceiver;
      g_signal_emit_by_name(webrtc_.get(), "add-transceiver",
                            GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps.get(),
                            transceiver.out());
      if (transceiver && kind == rtc::MediaKind::Video)
        g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
    }
  };
  add(rtc::MediaKind::Audio, options.audio_sections);
  add(rtc::MediaKind::Video, options.video_sections);
  operations_.push_back([this] { create_local(Type::Offer); });
  next_operation();
}

void Connection::set_remote(const rtc::SessionDescription& description) {
  if (failed_) return;
  operations_.push_back([this, description] { set_remote_now(description); });
  next_operation();
}

void Connection::next_operation() {
  if (busy_ || failed_ || operations_.empty()) return;
  busy_ = true;
  const auto operation = std::move(operations_.front());
  operations_.pop_front();
  operation();
}

void Connection::create_local(Type type) {
  run(type == Type::Offer ? "create-offer" : "create-answer", nullptr,
      [this, type](const Reply& reply) { set_local(type, created_text(reply.structure, type)); });
}

void Connection::set_local(Type type, const std::string& text) {
  auto local = shared_->translate_local(type, text);
  if (!local) {
    fail(PeerFailure::Description, local.error().message + " " + local.error().detail);
    return;
  }
  const auto description = parse(type, local->for_webrtcbin);
  if (!description) {
    fail(PeerFailure::Internal, "our own description is unreadable");
    return;
  }
  run("set-local-description", description.get(),
      [this, type, sent = std::move(local->for_peer)](const Reply&) {
        apply_preferences();
        to_send_ = {type, sent};
        if (gathered_) {
          hand_out();
        } else {
          hand_out_timer_ = context_.loop->after(gather_wait, [this] { hand_out(); });
        }
        busy_ = false;
        next_operation();
      });
}

void Connection::hand_out() {
  hand_out_timer_ = {};
  if (!to_send_) return;
  auto description = std::move(*to_send_);
  to_send_.reset();
  description.sdp = SdpTranslator::with_candidates(description.sdp, local_candidates_, gathered_);
  const bool first = gathering_ == Gathering::Waiting;
  if (first) gathering_ = gathered_ ? Gathering::Complete : Gathering::HandedOut;
  if (first)
    liveness_timer_ = context_.loop->after(connect_within, [this] {
      if (!verified_) fail(PeerFailure::Ice, "no connection came about within 30 s");
    });
  observer_.on_local_description(id_, std::move(description));
}

void Connection::on_candidate(unsigned mline, const std::string& candidate) {
  if (candidate.empty()) {
    on_gathered();
    return;
  }
  rtc::IceCandidate local{candidate, shared_->mid_at(mline), static_cast<int>(mline)};
  local_candidates_.push_back(local);
  if (gathering_ == Gathering::HandedOut) observer_.on_local_candidate(id_, std::move(local));
}

void Connection::on_gathered() {
  if (std::exchange(gathered_, true)) return;
  if (to_send_) {
    hand_out();
  } else if (gathering_ == Gathering::HandedOut) {
    gathering_ = Gathering::Complete;
    observer_.on_local_candidate(id_, {"", shared_->mid_at(0), 0});
  }
}

void Connection::set_remote_now(const rtc::SessionDescription& description) {
  if (shared_->is_ice_restart(description)) {
    fail(PeerFailure::IceRestart, "the peer changed its ICE credentials");
    return;
  }
  const auto shown = shared_->translate_remote(description);
  if (!shown) {
    fail(PeerFailure::Description, shown.error().message + " " + shown.error().detail);
    return;
  }
  const auto parsed = parse(description.type, *shown);
  if (!parsed) {
    fail(PeerFailure::Description, "unreadable session description");
    return;
  }
  run("set-remote-description", parsed.get(),
      [this, type = description.type](const Reply&) { remote_is_set(type); });
}

void Connection::remote_is_set(Type type) {
  remote_set_ = true;
  assign_pads();
  for (const auto& candidate : std::exchange(remote_candidates_, {})) add_candidate(candidate);
  if (type == Type::Offer) {
    apply_preferences();
    create_local(Type::Answer);
  } else {
    busy_ = false;
    next_operation();
  }
  observer_.on_remote_tracks(id_, shared_->remote_tracks());
}

void Connection::apply_preferences() {
  GArray* transceivers = nullptr;
  g_signal_emit_by_name(webrtc_.get(), "get-transceivers", &transceivers);
  if (!transceivers) return;
  for (guint i = 0; i < transceivers->len; ++i)
    shared_->prefer(g_array_index(transceivers, GstWebRTCRTPTransceiver*, i));
  g_array_unref(transceivers);
}

void Connection::add_candidate(const rtc::IceCandidate& candidate) {
  if (failed_ || candidate.candidate.empty()) return;
  if (!remote_set_) {
    if (remote_candidates_.size() < max_remote_candidates) remote_candidates_.push_back(candidate);
    return;
  }
  if (!g_str_has_prefix(candidate.candidate.c_str(), "candidate:")) return;
  const auto mline = candidate.mline >= 0 ? std::optional(static_cast<unsigned>(candidate.mline))
                                          : shared_->mline_of(candidate.mid);
  if (!mline || shared_->mid_at(*mline).empty()) return;
  g_signal_emit_by_name(webrtc_.get(), "add-ice-candidate", *mline, candidate.candidate.c_str());
}

void Connection::on_pad(const std::shared_ptr<Branch>& branch, guint32 ssrc,
                        const std::string& fallback) {
  pads_.push_back({branch, ssrc, "", fallback});
  assign_pads();
  if (verified_) release_branches();
}

/* Which section a pad belongs to is in the description, which may come after the pad. */
void Connection::assign_pads() {
  for (auto& pad : pads_) {
    if (!pad.mid.empty()) continue;
    pad.mid = shared_->mid_of_ssrc(pad.ssrc).value_or(pad.fallback);
    const auto feed = feeds_.find(pad.mid);
    if (feed != feeds_.end()) pad.branch->bind(feed->second);
  }
  if (verified_) release_branches();
}

/* What is bound flows; what nobody wanted for so long is dropped from now on. */
void Connection::release_branches() {
  bool held = false;
  for (auto& pad : pads_) {
    if (feeds_.count(pad.mid))
      pad.branch->release();
    else
      held = true;
  }
  if (!held) return;
  hold_timer_ = context_.loop->after(hold_time, [this] {
    for (auto& pad : pads_) pad.branch->release();
  });
}

void Connection::bind(const std::string& mid, std::shared_ptr<FeedInput> feed) {
  feeds_[mid] = feed;
  for (auto& pad : pads_)
    if (pad.mid == mid) pad.branch->bind(feed);
  if (verified_) release_branches();
}

void Connection::unbind(const std::string& mid) {
  feeds_.erase(mid);
  for (auto& pad : pads_)
    if (pad.mid == mid) pad.branch->unbind();
}

void Connection::set_latency(unsigned latency_ms) {
  if (webrtc_) g_object_set(webrtc_.get(), "latency", latency_ms, nullptr);
}

void Connection::set_watchdog_suspended(bool suspended) {
  suspended_ = suspended;
  shared_->last_packet = g_get_monotonic_time();
}

void Connection::on_connection_state(GstWebRTCPeerConnectionState state) {
  switch (state) {
    case GST_WEBRTC_PEER_CONNECTION_STATE_NEW:
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTING:
      return observer_.on_peer_state(id_, rtc::PeerState::Connecting);
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
      return verify();
    case GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED:
    case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED:
    case GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED:
      /* A connection that was up can come back: the watchdog decides. */
      if (verified_) return observer_.on_peer_state(id_, rtc::PeerState::Disconnected);
      if (state != GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED)
        fail(PeerFailure::Ice, "no connection came about");
      return;
  }
}

/* webrtcbin never compares the certificate with the description. */
void Connection::verify() {
  if (verified_) return observer_.on_peer_state(id_, rtc::PeerState::Connected);
  const auto promised = shared_->remote_fingerprint();
  const std::string pem = remote_certificate(webrtc_.get());
  const auto actual = promised ? fingerprint_of_pem(pem, promised->algorithm) : std::nullopt;
  if (!actual || actual != promised) {
    fail(PeerFailure::Fingerprint, "the certificate is not the one that was announced");
    return;
  }
  verified_ = true;
  shared_->last_packet = g_get_monotonic_time();
  check_liveness();
  observer_.on_peer_state(id_, rtc::PeerState::Connected);
  release_branches();
}

/* Sleeps until the peer would be dead if nothing came meanwhile. */
void Connection::check_liveness() {
  const auto silence =
      std::chrono::milliseconds((g_get_monotonic_time() - shared_->last_packet) / 1000);
  if (silence >= context_.dead_after && !suspended_) {
    fail(PeerFailure::Dead,
         "nothing came from the peer for " + std::to_string(silence.count() / 1000) + " s");
    return;
  }
  const auto wait = suspended_ ? context_.dead_after : context_.dead_after - silence;
  liveness_timer_ = context_.loop->after(wait, [this] { check_liveness(); });
}

void Connection::fail(PeerFailure failure, std::string message) {
  if (std::exchange(failed_, true) || closed_) return;
  shared_->closed = true; /* no packet passes any more */
  for (auto& pad : pads_) pad.branch->unbind();
  liveness_timer_ = {};
  hand_out_timer_ = {};
  context_.loop->post([weak = weak_from_this(), failure, message = std::move(message)] {
    const auto self = weak.lock();
    if (self && !self->closed_) self->observer_.on_peer_failed(self->id_, failure, message);
  });
}

void Connection::close() {
  closed_ = true;
  shared_->closed = true;
  liveness_timer_ = {};
  hand_out_timer_ = {};
  hold_timer_ = {};
  operations_.clear();
  for (auto& pad : pads_) pad.branch->close();
}

bool Connection::idle() const {
  if (outstanding_ > 0) return false;
  for (const auto& pad : pads_)
    if (!pad.branch->idle()) return false;
  return true;
}

}  // namespace media
