/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "gst/backlog.h"
#include "gst/gst_ptr.h"
#include "gst/reception.h"
#include "signalling/base/peer_connection.h"

/* Where a peer's transport and jitter buffers come from: webrtcbin with the parts that it
 * makes by itself. Other ones would be put under it here. */
namespace media {

/* nullptr if webrtcbin or libnice is missing. Not in a bin yet. */
glib::Ref<GstElement> make_webrtcbin(rtc::PeerId id, const rtc::PeerOptions& options,
                                     unsigned latency_ms);

/* Sees each packet between the network and webrtcbin. Any thread. */
struct NetworkGate {
  std::atomic<bool> shut = false;      /* no packet passes any more, but STUN */
  std::atomic<bool> verified = false;  /* the peer has proved who it is */
  std::atomic<gint64> last_packet = 0; /* that came, STUN aside; monotonic, us */
};
/* Before webrtcbin leaves NULL. */
void watch_network(GstElement* webrtcbin, const std::shared_ptr<NetworkGate>& gate);
/* The peer hears nothing more, STUN included. For good. Not on a streaming thread. */
void leave_network(GstElement* webrtcbin);

/* @is_video: of an SSRC that a remote description declares. Before webrtcbin leaves NULL. */
void watch_jitter_buffers(GstElement* webrtcbin, const std::shared_ptr<Backlogs>& backlogs,
                          const std::function<std::optional<bool>(std::uint32_t ssrc)>& is_video);
/* @on_timeout: RTCP says that a source is gone. On a streaming thread. */
void watch_timeouts(GstElement* webrtcbin, const std::function<void()>& on_timeout);

/* @on_reception: the peer reports how it gets what we send. On a streaming thread. Before
 * webrtcbin leaves NULL. */
void watch_reception(GstElement* webrtcbin,
                     const std::function<void(const Reception&)>& on_reception);

/* The peer's certificate that DTLS brought, as PEM; "" if there is none, or more than one.
 * Not on a thread of webrtcbin's. */
std::string remote_certificate(GstElement* webrtcbin);

}  // namespace media
