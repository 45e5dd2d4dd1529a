/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/connection_shared.h"

#include <cstdio>
#include <cstring>

#include "gst/codecs.h"
#include "gst/media_log.h"

GLIB_OBJECT(GstElementFactory);

namespace media {

using glib::Ref;
using glib::Unique;

namespace {

/* SSRC of a source pad of webrtcbin: of its caps, else of the name that rtpbin gave. */
guint32 ssrc_of(GstPad* pad) {
  guint ssrc = 0;
  if (const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad)))
    if (gst_structure_get_uint(gst_caps_get_structure(caps.get(), 0), "ssrc", &ssrc)) return ssrc;
  const auto target = Ref<GstPad>::adopt(gst_ghost_pad_get_target(GST_GHOST_PAD(pad)));
  if (!target) return 0;
  guint session = 0;
  const Unique<char> name(gst_pad_get_name(target.get()));
  if (std::sscanf(name.get(), "recv_rtp_src_%u_%u_", &session, &ssrc) == 2) return ssrc;
  return 0;
}

guint mline_of_pad(GstPad* pad) {
  Ref<GObject> transceiver;
  g_object_get(pad, "transceiver", transceiver.out(), nullptr);
  guint mline = G_MAXUINT;
  if (transceiver) g_object_get(transceiver.get(), "mlineindex", &mline, nullptr);
  return mline;
}

void set_retransmission(GstElement* jitterbuffer, bool on) {
  g_object_set(jitterbuffer, "do-retransmission", on ? TRUE : FALSE, nullptr);
}

}  // namespace

rtc::Result<std::string> Connection::Shared::translate_remote(
    const rtc::SessionDescription& description) {
  const std::lock_guard lock(lock_);
  return translator_.set_remote(description);
}

rtc::Result<SdpTranslator::Local> Connection::Shared::translate_local(
    rtc::SessionDescription::Type type, const std::string& text) {
  const std::lock_guard lock(lock_);
  return translator_.set_local(type, text);
}

bool Connection::Shared::is_ice_restart(const rtc::SessionDescription& description) const {
  const std::lock_guard lock(lock_);
  return translator_.is_ice_restart(description);
}

std::vector<rtc::RemoteTrack> Connection::Shared::remote_tracks() const {
  const std::lock_guard lock(lock_);
  return translator_.remote_tracks();
}

std::optional<Fingerprint> Connection::Shared::remote_fingerprint() const {
  const std::lock_guard lock(lock_);
  return translator_.remote_fingerprint();
}

std::string Connection::Shared::mid_at(unsigned mline) const {
  const std::lock_guard lock(lock_);
  return translator_.mid_at(mline);
}

std::optional<unsigned> Connection::Shared::mline_of(const std::string& mid) const {
  const std::lock_guard lock(lock_);
  return translator_.mline_of(mid);
}

std::optional<std::string> Connection::Shared::mid_of_ssrc(std::uint32_t ssrc) const {
  const std::lock_guard lock(lock_);
  return translator_.mid_of_ssrc(ssrc);
}

std::optional<bool> Connection::Shared::is_video(std::uint32_t ssrc) const {
  const std::lock_guard lock(lock_);
  const auto mid = translator_.mid_of_ssrc(ssrc);
  if (!mid) return std::nullopt;
  for (const auto& track : translator_.remote_tracks())
    if (track.mid == *mid) return track.kind == rtc::MediaKind::Video;
  return std::nullopt;
}

void Connection::Shared::prefer(GstWebRTCRTPTransceiver* transceiver) const {
  guint mline = 0;
  GstWebRTCKind kind = GST_WEBRTC_KIND_UNKNOWN;
  g_object_get(transceiver, "mlineindex", &mline, "kind", &kind, nullptr);
  if (kind == GST_WEBRTC_KIND_VIDEO) g_object_set(transceiver, "do-nack", TRUE, nullptr);
  const std::lock_guard lock(lock_);
  for (const auto& section : translator_.offered_sections())
    if (section.mline == mline)
      g_object_set(transceiver, "codec-preferences", section.caps.get(), nullptr);
}

Branch::Owner Connection::Shared::branch_owner(GstBin* pipeline, guint32 ssrc) const {
  return {.loop = &loop,
          .pipeline = pipeline,
          .on_idle =
              [weak = owner] {
                const auto connection = weak.lock();
                if (connection && connection->closed_ && connection->idle())
                  connection->context_.on_idle();
              },
          .on_trouble =
              [weak = owner, ssrc](std::string message) {
                const auto connection = weak.lock();
                if (!connection || connection->closed_) return;
                connection->context_.on_trouble(connection->shared_->mid_of_ssrc(ssrc).value_or(""),
                                                std::move(message));
              }};
}

void Connection::Shared::connect_signals(const std::shared_ptr<Shared>& shared,
                                         GstElement* webrtcbin, GstBin* pipeline) {
  const auto post = [shared](auto function) {
    shared->loop.post([shared, function] {
      const auto owner = shared->owner.lock();
      if (owner && !owner->closed_ && !owner->failed_) function(*owner);
    });
  };
  glib::connect<void, guint, const char*>(
      webrtcbin, "on-ice-candidate", [post](guint mline, const char* candidate) {
        post([mline, text = std::string(candidate ? candidate : "")](Connection& owner) {
          owner.on_candidate(mline, text);
        });
      });
  glib::connect<void, GParamSpec*>(
      webrtcbin, "notify::ice-gathering-state", [post, webrtcbin](GParamSpec*) {
        GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
        g_object_get(webrtcbin, "ice-gathering-state", &state, nullptr);
        if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE)
          post([](Connection& owner) { owner.on_gathered(); });
      });
  glib::connect<void, GParamSpec*>(
      webrtcbin, "notify::connection-state", [post, webrtcbin](GParamSpec*) {
        GstWebRTCPeerConnectionState state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
        g_object_get(webrtcbin, "connection-state", &state, nullptr);
        post([state](Connection& owner) { owner.on_connection_state(state); });
      });
  glib::connect<void, GstWebRTCRTPTransceiver*>(
      webrtcbin, "on-new-transceiver",
      [shared](GstWebRTCRTPTransceiver* transceiver) { shared->prefer(transceiver); });
  glib::connect<void, GstPad*>(webrtcbin, "pad-added", [shared, post, pipeline](GstPad* pad) {
    if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
    const guint32 ssrc = ssrc_of(pad);
    const guint mline = mline_of_pad(pad);
    const auto branch = Branch::create(pad, shared->branch_owner(pipeline, ssrc));
    post([branch, ssrc, mline](Connection& owner) {
      owner.on_pad(branch, ssrc, owner.shared_->mid_at(mline));
    });
  });
  glib::connect<void, GstBin*, GstElement*>(
      webrtcbin, "deep-element-added", [shared](GstBin*, GstElement* element) {
        GstElementFactory* factory = gst_element_get_factory(element);
        const char* name = factory ? GST_OBJECT_NAME(factory) : "";
        const bool source = std::strcmp(name, "nicesrc") == 0;
        if (!source && std::strcmp(name, "nicesink") != 0) return;
        const auto pad =
            Ref<GstPad>::adopt(gst_element_get_static_pad(element, source ? "src" : "sink"));
        gst_pad_add_probe(
            pad.get(), GstPadProbeType(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
            [](GstPad* probed, GstPadProbeInfo*, gpointer data) {
              auto& self = **static_cast<std::shared_ptr<Connection::Shared>*>(data);
              if (GST_PAD_DIRECTION(probed) == GST_PAD_SRC)
                self.last_packet = g_get_monotonic_time();
              return self.closed ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
            },
            std::make_unique<std::shared_ptr<Connection::Shared>>(shared).release(),
            [](gpointer data) {
              std::unique_ptr<std::shared_ptr<Connection::Shared>>(
                  static_cast<std::shared_ptr<Connection::Shared>*>(data));
            });
      });
  /* 1.22 sets every jitter buffer by the last m-line's do-nack. */
  if (const auto rtpbin =
          Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(webrtcbin), "rtpbin"))) {
    glib::connect<void, GstElement*, guint, guint>(rtpbin.get(), "new-jitterbuffer",
                                                   [shared](GstElement* buffer, guint, guint ssrc) {
                                                     if (const auto video = shared->is_video(ssrc))
                                                       set_retransmission(buffer, *video);
                                                   });
  }
}

std::string remote_certificate(GstElement* webrtcbin) {
  std::string pem;
  GArray* transceivers = nullptr;
  g_signal_emit_by_name(webrtcbin, "get-transceivers", &transceivers);
  if (!transceivers) return pem;
  for (guint i = 0; i < transceivers->len && pem.empty(); ++i) {
    Ref<GObject> receiver;
    Ref<GObject> transport;
    g_object_get(g_array_index(transceivers, GObject*, i), "receiver", receiver.out(), nullptr);
    if (receiver) g_object_get(receiver.get(), "transport", transport.out(), nullptr);
    char* certificate = nullptr;
    if (transport) g_object_get(transport.get(), "remote-certificate", &certificate, nullptr);
    const Unique<char> owned(certificate);
    if (owned) pem = owned.get();
  }
  g_array_unref(transceivers);
  return pem;
}

}  // namespace media
