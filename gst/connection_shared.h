/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gst/connection.h"

namespace media {

/* What webrtcbin's threads use of a connection. Outlives it in callbacks that are under way. */
struct Connection::Shared {
  Shared(rtc::Loop& l, std::string stream_id) : loop(l), translator_(std::move(stream_id)) {}

  /* Signals of @webrtcbin, which is not in @pipeline yet. */
  static void connect_signals(const std::shared_ptr<Shared>& shared, GstElement* webrtcbin,
                              GstBin* pipeline);

  /* The translator, from any thread. */
  rtc::Result<std::string> translate_remote(const rtc::SessionDescription& description);
  rtc::Result<SdpTranslator::Local> translate_local(rtc::SessionDescription::Type type,
                                                    const std::string& text);
  bool is_ice_restart(const rtc::SessionDescription& description) const;
  std::vector<rtc::RemoteTrack> remote_tracks() const;
  std::optional<Fingerprint> remote_fingerprint() const;
  std::string mid_at(unsigned mline) const;
  std::optional<unsigned> mline_of(const std::string& mid) const;
  std::optional<std::string> mid_of_ssrc(std::uint32_t ssrc) const;
  /* Whether the track of @ssrc is a video, if the remote description knows it. */
  std::optional<bool> is_video(std::uint32_t ssrc) const;
  /* The codecs that the peer offered for the transceiver's section; NACK for video only: with
   * it Chromium refuses audio. */
  void prefer(GstWebRTCRTPTransceiver* transceiver) const;

  Branch::Owner branch_owner(GstBin* pipeline, guint32 ssrc) const;

  rtc::Loop& loop;
  std::weak_ptr<Connection> owner; /* locked on the loop only */
  std::atomic<bool> closed = false;
  std::atomic<gint64> last_packet = 0; /* monotonic, us */

 private:
  mutable std::mutex lock_;
  SdpTranslator translator_;
};

/* PEM of the certificate that DTLS brought, "" if there is none. Loop only. */
std::string remote_certificate(GstElement* webrtcbin);

}  // namespace media
