/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "gst/feed_input.h"
#include "gst/sender.h"
#include "gst/warm_up.h"
#include "signalling/base/loop.h"
#include "signalling/base/peer_connection.h"

namespace media {

/* The connections of one call: a pipeline of its own, with one webrtcbin per peer, on the
 * system clock, playing from construction to destruction whatever the user's pipeline does.
 * Its errors, states, clock and messages never meet the user's pipeline; media crosses at
 * FeedInput. Loop only, but for the constructor and destructor. */
class Transport final : public rtc::PeerConnectionFactory {
 public:
  struct Settings {
    unsigned latency_ms = 200;                   /* of the jitter buffers */
    std::chrono::milliseconds dead_after{15000}; /* without a packet */
  };

  Transport(rtc::Loop& loop, Settings settings);
  /* Waits for branches that are still inside the user's pipeline, so that must have
   * stopped before. Not on the loop; the loop must run. All peers are destroyed. */
  ~Transport() override;

  std::unique_ptr<rtc::PeerConnection> create_peer(
      rtc::PeerId id, rtc::PeerOptions options, rtc::PeerConnection::Observer& observer) override;

  /* Delivers the track @mid of @peer to @feed from now on, beginning with what was held
   * back (nothing is lost between connecting and binding). Unknown peer: no effect. */
  void bind(rtc::PeerId peer, const std::string& mid, std::shared_ptr<FeedInput> feed);
  void unbind(rtc::PeerId peer, const std::string& mid);
  /* As what the track comes encoded, by what was negotiated last; empty if that is not known. */
  glib::Ref<GstCaps> expected_caps(rtc::PeerId peer, const std::string& mid) const;

  /* Media of @source for every peer. It must not be pushed into any more when the transport is
   * destroyed. @owner's pipeline is ignored. */
  std::shared_ptr<Sender> add_sender(rtc::TrackSource source, Sender::Settings settings,
                                     Sender::Owner owner);

  void set_latency(unsigned latency_ms);
  /* While suspended (the user's pipeline is paused) silence of a peer is not death. */
  void set_watchdog_suspended(bool suspended);

  /* Tells of a track that cannot be passed on (a codec that nothing installed takes). */
  using TroubleHandler =
      std::function<void(rtc::PeerId peer, const std::string& mid, const std::string& message)>;
  void set_trouble_handler(TroubleHandler handler);

  /* Tells of one more verified connection. */
  void set_verified_handler(std::function<void()> handler);
  std::size_t verified_count() const;

  /* The clock time at running time 0 of the private pipeline, and that clock. Any thread. */
  GstClockTime base_time() const;
  GstClock* clock() const;

  /* get-stats of every peer, as one structure per peer. Reply on the loop. */
  void get_stats(std::function<void(glib::Unique<GstStructure>)> reply);

 private:
  class Impl;
  WarmUp warm_up_;
  std::shared_ptr<Impl> impl_;
};

}  // namespace media
