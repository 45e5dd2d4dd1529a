/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/webrtcbin_setup.h"

#include <utility>

#include "gst/elements.h"
#include "gst/ice_uri.h"
#include "gst/media_log.h"
#include "gst/probe.h"
#include "gst/shortcuts.h"

GLIB_OBJECT(GstElementFactory);
GLIB_FREE(GArray, g_array_unref);
GLIB_FREE(GstIterator, gst_iterator_free);

namespace media {

using glib::Ref;
using glib::Unique;

namespace {

/* Tracks of one peer; each costs two threads. */
constexpr guint max_streams = 64;

/* As browsers do. By default one feedback a picture is sent, which costs as much as all of the
 * jitter buffers. */
constexpr guint64 transport_cc_interval = 100 * GST_MSECOND;

/* Packets with which a stream starts. By default it waits for a second one, since anybody may have
 * sent the first (here SRTP says who did), and then for the whole latency in case that earlier ones
 * still come. With pictures of one packet that is two pictures, some 100 ms; if the order is wrong
 * for once, a key frame is asked for. */
constexpr guint start_after_packets = 1;

/* Milliseconds between two connectivity checks, the least that RFC 8445 (14.2) allows. By default
 * it is 20, and the pair that works is seldom the first. */
constexpr guint ice_pacing = 5;

void tune_session(GstElement* rtp_session) {
  Ref<GObject> session;
  g_object_get(rtp_session, "internal-session", session.out(), nullptr);
  g_object_set(session.get(), "twcc-feedback-interval", transport_cc_interval, "probation", 0,
               nullptr);
}

void set_servers(GstElement* webrtcbin, const std::vector<rtc::IceServer>& servers) {
  for (const auto& server : servers) {
    const auto uri = webrtcbin_uri(server);
    if (!uri) continue;
    if (uri->kind == IceUri::Kind::Stun) {
      g_object_set(webrtcbin, "stun-server", uri->uri.c_str(), nullptr);
      continue;
    }
    gboolean added = FALSE;
    g_signal_emit_by_name(webrtcbin, "add-turn-server", uri->uri.c_str(), &added);
    if (!added) GST_WARNING_OBJECT(webrtcbin, "a TURN server was not accepted");
  }
}

/* By libnice's defaults there are nine candidates instead of one per address, 18 descriptors
 * and 200 ms of gathering, and a peer whose machine is gone is never noticed. */
void tune_ice(GstElement* webrtcbin) {
  Ref<GObject> ice;
  g_object_get(webrtcbin, "ice-agent", ice.out(), nullptr);
  if (!ice || !g_object_class_find_property(G_OBJECT_GET_CLASS(ice.get()), "agent")) return;
  Ref<GObject> agent;
  g_object_get(ice.get(), "agent", agent.out(), nullptr);
  if (agent)
    g_object_set(agent.get(), "upnp", FALSE, "ice-tcp", FALSE, "keepalive-conncheck", TRUE,
                 "stun-pacing-timer", ice_pacing, nullptr);
}

Ref<GstElement> rtpbin_of(GstElement* webrtcbin) {
  return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(webrtcbin), "rtpbin"));
}

/* What we send has waited for its time already, and the thread is shared by all peers. */
void never_wait(GstElement* webrtcbin) {
  glib::connect<void, GstElement*>(webrtcbin, "element-added", [](GstElement* element) {
    if (is_made_by(element, "clocksync")) g_object_set(element, "sync", FALSE, nullptr);
  });
}

}  // namespace

Ref<GstElement> make_webrtcbin(rtc::PeerId id, const rtc::PeerOptions& options,
                               unsigned latency_ms) {
  auto webrtcbin = Ref<GstElement>::sink(
      gst_element_factory_make("webrtcbin", ("peer-" + std::to_string(id)).c_str()));
  if (!webrtcbin) return webrtcbin;
  g_object_set(webrtcbin.get(), "bundle-policy", GST_WEBRTC_BUNDLE_POLICY_MAX_BUNDLE, "latency",
               latency_ms, nullptr);
  if (options.relay_only)
    g_object_set(webrtcbin.get(), "ice-transport-policy", GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY,
                 nullptr);
  set_servers(webrtcbin.get(), options.ice_servers);
  tune_ice(webrtcbin.get());
  never_wait(webrtcbin.get());
  if (const auto rtpbin = rtpbin_of(webrtcbin.get()))
    g_object_set(rtpbin.get(), "max-streams", max_streams, nullptr);
  return webrtcbin;
}

void watch_network(GstElement* webrtcbin, const std::shared_ptr<NetworkGate>& gate) {
  glib::connect<void, GstBin*, GstElement*>(
      webrtcbin, "deep-element-added", [gate](GstBin*, GstElement* element) {
        if (is_made_by(element, "rtpsession")) return tune_session(element);
        if (is_made_by(element, "rtpfunnel")) return spare_segments(element);
        const bool source = is_made_by(element, "nicesrc");
        if (source)
          spare_queue(element, std::shared_ptr<const std::atomic<bool>>(gate, &gate->verified));
        if (!source && !is_made_by(element, "nicesink")) return;
        const auto pad =
            Ref<GstPad>::adopt(gst_element_get_static_pad(element, source ? "src" : "sink"));
        add_probe(pad.get(), buffer_probe, [gate, source](GstPadProbeInfo&) {
          if (source) gate->last_packet = g_get_monotonic_time();
          return gate->shut ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
        });
      });
}

/* Without nicesrc nobody reads the socket, so ICE is not answered either. */
void leave_network(GstElement* webrtcbin) {
  const Unique<GstIterator> elements(gst_bin_iterate_recurse(GST_BIN(webrtcbin)));
  gst_iterator_foreach(
      elements.get(),
      [](const GValue* item, gpointer) {
        auto* element = static_cast<GstElement*>(g_value_get_object(item));
        if (!is_made_by(element, "nicesrc")) return;
        gst_element_set_locked_state(element, TRUE);
        gst_element_set_state(element, GST_STATE_NULL);
      },
      nullptr);
}

void watch_jitter_buffers(GstElement* webrtcbin, const std::shared_ptr<Backlogs>& backlogs,
                          const std::function<std::optional<bool>(std::uint32_t ssrc)>& is_video) {
  const auto rtpbin = rtpbin_of(webrtcbin);
  if (!rtpbin) return;
  glib::connect<void, GstElement*, guint, guint>(
      rtpbin.get(), "new-jitterbuffer",
      [backlogs, is_video](GstElement* jitter_buffer, guint, guint ssrc) {
        g_object_set(jitter_buffer, "faststart-min-packets", start_after_packets, nullptr);
        /* webrtcbin 1.22 sets every one by the do-nack of the last section. */
        if (const auto video = is_video(ssrc))
          g_object_set(jitter_buffer, "do-retransmission", *video ? TRUE : FALSE, nullptr);
        const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(jitter_buffer, "sink"));
        add_probe(pad.get(), buffer_probe, [backlog = backlogs->of(ssrc)](GstPadProbeInfo&) {
          return backlog->admits(g_get_monotonic_time()) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
        });
      });
}

void watch_timeouts(GstElement* webrtcbin, const std::function<void()>& on_timeout) {
  if (const auto rtpbin = rtpbin_of(webrtcbin))
    glib::connect<void, guint, guint>(rtpbin.get(), "on-timeout",
                                      [on_timeout](guint, guint) { on_timeout(); });
}

void watch_reception(GstElement* webrtcbin,
                     const std::function<void(const Reception&)>& on_reception) {
  glib::connect<void, GstBin*, GstElement*>(
      webrtcbin, "deep-element-added", [on_reception](GstBin*, GstElement* element) {
        if (!is_made_by(element, "rtpsession")) return;
        Ref<GObject> session;
        g_object_get(element, "internal-session", session.out(), nullptr);
        if (!session) return;
        glib::connect<void, GstBuffer*>(session.get(), "on-receiving-rtcp",
                                        [on_reception](GstBuffer* rtcp) {
                                          const Reception reception = read_reception(rtcp);
                                          if (!reception.empty()) on_reception(reception);
                                        });
      });
}

std::string remote_certificate(GstElement* webrtcbin) {
  std::string pem;
  GArray* raw = nullptr;
  g_signal_emit_by_name(webrtcbin, "get-transceivers", &raw);
  const Unique<GArray> transceivers(raw);
  for (guint i = 0; raw && i < raw->len; ++i) {
    Ref<GObject> receiver;
    Ref<GObject> transport;
    g_object_get(g_array_index(raw, GObject*, i), "receiver", receiver.out(), nullptr);
    if (receiver) g_object_get(receiver.get(), "transport", transport.out(), nullptr);
    char* certificate = nullptr;
    if (transport) g_object_get(transport.get(), "remote-certificate", &certificate, nullptr);
    const Unique<char> owned(certificate);
    if (!owned) continue;
    if (!pem.empty() && pem != owned.get()) return "";
    pem = owned.get();
  }
  return pem;
}

}  // namespace media
