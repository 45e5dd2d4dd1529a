/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/connection.h"

#include <algorithm>
#include <utility>

#include "gst/media_log.h"

namespace media {

using rtc::PeerFailure;
using rtc::PeerState;

namespace {

Watchdog::Time now() {
  return Watchdog::Time(g_get_monotonic_time());
}

}  // namespace

std::shared_ptr<Connection> Connection::create(Owner owner, rtc::PeerId id,
                                               const rtc::PeerOptions& options,
                                               rtc::PeerConnection::Observer& observer) {
  auto connection =
      std::shared_ptr<Connection>(new Connection(std::move(owner), id, options, observer));
  connection->start();
  return connection;
}

Connection::Connection(Owner owner, rtc::PeerId id, const rtc::PeerOptions& options,
                       rtc::PeerConnection::Observer& observer)
    : owner_(std::move(owner)),
      id_(id),
      observer_(observer),
      webrtcbin_(make_webrtcbin(id, options, owner_.latency_ms)),
      operations_(*owner_.loop, webrtcbin_),
      translator_(std::make_shared<SharedTranslator>(options.stream_id, options.receives)),
      network_(std::make_shared<NetworkGate>()),
      watchdog_(owner_.dead_after) {
  watchdog_.suspend(owner_.suspended, now());
}

/* Nobody is inside a branch, so webrtcbin's threads end at once. */
Connection::~Connection() {
  if (!webrtcbin_) return;
  gst_element_set_locked_state(webrtcbin_.get(), TRUE);
  gst_element_set_state(webrtcbin_.get(), GST_STATE_NULL);
  gst_bin_remove(owner_.pipeline, webrtcbin_.get());
}

void Connection::start() {
  make_tracks();
  make_outgoing();
  make_negotiation();
  if (!webrtcbin_) {
    fail(PeerFailure::Internal, "webrtcbin is not installed (gst-plugins-bad and libnice).");
    return;
  }
  connect_signals();
  gst_bin_add(owner_.pipeline, webrtcbin_.get());
  if (!gst_element_sync_state_with_parent(webrtcbin_.get()))
    fail(PeerFailure::Internal, "webrtcbin does not start.");
}

/* @function(*this, arguments...), on the loop, as long as the connection is up; from any
 * thread. */
template <typename F>
auto Connection::posted(F function) {
  return [weak = weak_from_this(), loop = owner_.loop, function](auto... arguments) {
    loop->post([weak, function, arguments...] {
      const auto self = weak.lock();
      if (self && self->is_up()) function(*self, arguments...);
    });
  };
}

void Connection::make_tracks() {
  const auto weak = weak_from_this();
  tracks_ = std::make_shared<Tracks>(Tracks::Owner{
      .loop = owner_.loop,
      .pipeline = owner_.pipeline,
      .backlogs = std::make_shared<Backlogs>(),
      .mid_of = [translator =
                     translator_](const TrackOrigin& origin) { return translator->mid_of(origin); },
      .on_trouble =
          [weak](const std::string& mid, const std::string& message) {
            const auto self = weak.lock();
            if (self && self->is_up()) self->owner_.on_trouble(mid, message);
          },
      .on_idle =
          [weak] {
            if (const auto self = weak.lock()) self->settle();
          }});
}

void Connection::make_outgoing() {
  outgoing_ =
      std::make_unique<Outgoing>(Outgoing::Owner{.peer = id_,
                                                 .webrtcbin = webrtcbin_,
                                                 .translator = translator_,
                                                 .senders = owner_.senders,
                                                 .on_trouble = [this](const std::string& message) {
                                                   if (is_up()) owner_.on_trouble("", message);
                                                 }});
}

void Connection::make_negotiation() {
  negotiation_ = std::make_unique<Negotiation>(
      *owner_.loop, webrtcbin_, operations_, translator_,
      Negotiation::Owner{
          .on_local_description =
              [this](rtc::SessionDescription description) {
                if (!is_up()) return;
                watch();
                observer_.on_local_description(id_, std::move(description));
              },
          .on_local_candidate =
              [this](rtc::IceCandidate candidate) {
                if (is_up()) observer_.on_local_candidate(id_, std::move(candidate));
              },
          .on_remote_description = [this] { on_description_applied(); },
          .before_offer = [this] { outgoing_->prepare_offer(); },
          .before_answer = [this] { outgoing_->prepare_answer(); },
          .on_negotiated = [this] { outgoing_->negotiated(); },
          .on_failed = [this](PeerFailure failure,
                              std::string message) { fail(failure, std::move(message)); }});
}

void Connection::connect_signals() {
  GstElement* webrtcbin = webrtcbin_.get();
  auto on_candidate = posted([](Connection& self, unsigned mline, const std::string& candidate) {
    self.negotiation_->on_candidate(mline, candidate);
  });
  auto on_gathered = posted([](Connection& self) { self.negotiation_->on_gathered(); });
  auto on_state = posted([](Connection& self, GstWebRTCPeerConnectionState state) {
    self.on_connection_state(state);
  });
  glib::connect<void, guint, const char*>(
      webrtcbin, "on-ice-candidate", [on_candidate](guint mline, const char* candidate) {
        on_candidate(mline, std::string(candidate ? candidate : ""));
      });
  glib::connect<void, GParamSpec*>(
      webrtcbin, "notify::ice-gathering-state", [on_gathered, webrtcbin](GParamSpec*) {
        GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
        g_object_get(webrtcbin, "ice-gathering-state", &state, nullptr);
        if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) on_gathered();
      });
  glib::connect<void, GParamSpec*>(
      webrtcbin, "notify::connection-state", [on_state, webrtcbin](GParamSpec*) {
        GstWebRTCPeerConnectionState state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
        g_object_get(webrtcbin, "connection-state", &state, nullptr);
        on_state(state);
      });
  glib::connect<void, GstWebRTCRTPTransceiver*>(
      webrtcbin, "on-new-transceiver",
      [translator = translator_](GstWebRTCRTPTransceiver* transceiver) {
        translator->prefer(transceiver);
      });
  glib::connect<void, GstPad*>(webrtcbin, "pad-added", [tracks = tracks_](GstPad* pad) {
    if (GST_PAD_DIRECTION(pad) == GST_PAD_SRC) tracks->add(pad);
  });
  watch_network(webrtcbin, network_);
  watch_jitter_buffers(webrtcbin, tracks_->backlogs(), [translator = translator_](std::uint32_t s) {
    return translator->is_video(s);
  });
  watch_reception(webrtcbin, posted([](Connection& self, const Reception& reception) {
                    self.outgoing_->report(reception);
                  }));
  watch_timeouts(webrtcbin, posted([](Connection& self) {
                   self.watchdog_.doubt(Watchdog::Time(self.network_->last_packet));
                   self.check_liveness();
                 }));
}

void Connection::set_local_tracks(const std::vector<rtc::LocalTrack>& tracks) {
  if (is_up()) outgoing_->set_tracks(tracks);
}

void Connection::create_offer(const rtc::OfferOptions& options) {
  if (is_up()) negotiation_->create_offer(options);
}

void Connection::set_remote_description(const rtc::SessionDescription& description) {
  if (is_up()) negotiation_->set_remote_description(description);
}

void Connection::add_remote_candidate(const rtc::IceCandidate& candidate) {
  if (is_up()) negotiation_->add_remote_candidate(candidate);
}

void Connection::bind(const std::string& mid, std::shared_ptr<FeedInput> feed) {
  if (is_up()) tracks_->bind(mid, std::move(feed));
}

void Connection::unbind(const std::string& mid) {
  tracks_->unbind(mid);
}

std::string Connection::codec_of(const std::string& mid) const {
  return translator_->with([&mid](const SdpTranslator& t) { return t.codec_of(mid); });
}

void Connection::set_latency(unsigned latency_ms) {
  if (webrtcbin_) g_object_set(webrtcbin_.get(), "latency", latency_ms, nullptr);
}

void Connection::set_watchdog_suspended(bool suspended) {
  watchdog_.suspend(suspended, now());
  check_liveness();
}

void Connection::get_stats(std::function<void(const GstStructure*)> reply) {
  if (!is_up()) return reply(nullptr);
  operations_.run("get-stats", nullptr,
                  [reply = std::move(reply)](const Reply& answer) { reply(answer.structure); });
}

void Connection::on_description_applied() {
  tracks_->assign();
  watch();
  auto tracks = translator_->with([](const SdpTranslator& t) { return t.remote_tracks(); });
  if (is_up()) observer_.on_remote_tracks(id_, std::move(tracks));
}

void Connection::on_connection_state(GstWebRTCPeerConnectionState state) {
  switch (state) {
    case GST_WEBRTC_PEER_CONNECTION_STATE_NEW:
      return;
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTING:
      if (state_ == State::Open) report(PeerState::Connecting);
      return;
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
      watchdog_.ice_recovered();
      return state_ == State::Verified ? report(PeerState::Connected) : verify();
    case GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED:
    case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED:
    case GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED:
      /* It can come back, by itself or by candidates that are still on their way. */
      if (state != GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED) watchdog_.ice_failed(now());
      if (state_ == State::Verified) report(PeerState::Disconnected);
      return check_liveness();
  }
}

/* webrtcbin never compares the certificate with the description. */
void Connection::verify() {
  const auto promised =
      translator_->with([](const SdpTranslator& t) { return t.remote_fingerprint(); });
  const std::string certificate = remote_certificate(webrtcbin_.get());
  const auto actual =
      promised ? fingerprint_of_pem(certificate, promised->algorithm) : std::nullopt;
  if (!actual || actual != promised) {
    fail(PeerFailure::Fingerprint, "The peer's certificate is not the one that it announced.");
    return;
  }
  state_ = State::Verified;
  network_->verified = true;
  watchdog_.connected(now());
  check_liveness();
  report(PeerState::Connected);
  if (state_ != State::Verified) return;
  tracks_->release();
  outgoing_->release();
  owner_.on_verified();
}

void Connection::report(PeerState state) {
  if (std::exchange(reported_, state) == state) return;
  GST_INFO_OBJECT(webrtcbin_.get(), "state %d", static_cast<int>(state));
  observer_.on_peer_state(id_, state);
}

void Connection::watch() {
  if (!negotiation_->complete()) return;
  watchdog_.start(now());
  check_liveness();
}

void Connection::check_liveness() {
  if (!is_up()) return;
  const Watchdog::Time last_packet(network_->last_packet);
  switch (watchdog_.check(now(), last_packet)) {
    case Watchdog::Verdict::Alive:
      break;
    case Watchdog::Verdict::Unreached:
      return fail(PeerFailure::Ice, "No connection came about.");
    case Watchdog::Verdict::Lost:
      return fail(PeerFailure::Ice, "The connection was lost.");
    case Watchdog::Verdict::Silent:
      return fail(PeerFailure::Dead, "Nothing came from the peer for too long.");
  }
  watchdog_timer_ = {};
  if (const auto due = watchdog_.deadline(last_packet)) {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*due - now());
    watchdog_timer_ = owner_.loop->after(wait, [this] { check_liveness(); });
  }
}

void Connection::fail(PeerFailure failure, std::string message) {
  if (!is_up()) return;
  GST_INFO_OBJECT(owner_.pipeline, "peer %" G_GUINT64_FORMAT " failed: %s", id_, message.c_str());
  state_ = State::Failed;
  network_->shut = true;
  watchdog_timer_ = {};
  outgoing_->close();
  owner_.loop->post([weak = weak_from_this(), failure, message = std::move(message)] {
    const auto self = weak.lock();
    if (self && self->state_ == State::Failed)
      self->observer_.on_peer_failed(self->id_, failure, message);
  });
}

void Connection::close() {
  state_ = State::Closed;
  network_->shut = true;
  watchdog_timer_ = {};
  tracks_->close();
  outgoing_->close();
  operations_.cancel([this] { settle(); });
  /* Otherwise webrtcbin goes at once. */
  if (webrtcbin_ && !idle()) leave_network(webrtcbin_.get());
}

bool Connection::idle() const {
  return state_ == State::Closed && operations_.settled() && tracks_->idle();
}

void Connection::settle() {
  if (idle()) owner_.on_idle();
}

}  // namespace media
