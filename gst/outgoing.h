/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gst/reception.h"
#include "gst/sender.h"
#include "gst/shared_translator.h"
#include "signalling/base/peer_connection.h"

namespace media {

/* Our tracks, each encoded once for all peers. */
using Senders = std::map<rtc::TrackSource, std::shared_ptr<Sender>>;

/* What is sent to one peer: which track has which sink pad of its webrtcbin, and which outlets
 * are open.
 *
 * A track has its pad, and with it its section and SSRC, for as long as the connection lives; one
 * that is not sent any more rests there. Which section webrtcbin gave to a pad shows in the text
 * that it makes, by the SSRC. Loop only. */
class Outgoing {
 public:
  struct Owner {
    rtc::PeerId peer = 0;
    glib::Ref<GstElement> webrtcbin;
    std::shared_ptr<SharedTranslator> translator;
    std::shared_ptr<const Senders> senders;
    /* A track that this peer cannot be sent. */
    std::function<void(const std::string& message)> on_trouble;
  };

  explicit Outgoing(Owner owner) : owner_(std::move(owner)) {}
  ~Outgoing() { close(); }
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  void set_tracks(const std::vector<rtc::LocalTrack>& tracks);
  /* Before webrtcbin makes an offer. */
  void prepare_offer();
  /* Between the translator and webrtcbin getting the peer's offer: both versions of webrtcbin
   * give a section to the first pad that fits it, 1.26 as soon as it has the offer. */
  void prepare_answer();
  /* Both sides agree again. */
  void negotiated();
  /* The peer has proved who it is; media may flow. */
  void release();
  void close();

  /* What the peer says of what it got. */
  void report(const Reception& reception);

 private:
  struct Track {
    rtc::TrackSource source;
    std::string stream_id;
    std::shared_ptr<Sender> sender;
    std::shared_ptr<SendOutlet> outlet{};
    bool wanted = true;
    bool refused = false; /* the peer has no codec for it */
    bool active = false;  /* as negotiated */
  };
  using Assignments = std::map<unsigned, Track*>; /* by m-line */

  Track* find(rtc::TrackSource source);
  bool is_bound(const Track& track) const;
  std::vector<Track*> unbound(rtc::MediaKind kind);
  Assignments assign(const std::vector<OfferedSection>& sections);
  void refuse(Track& track);
  /* @section: nullptr for one of ours, as we offer it. */
  bool request_pad(Track& track, const Codec& codec, const OfferedSection* section);
  void hold_place(const OfferedSection& section);
  void follow(const std::vector<OfferedSection>& sections);
  void tell_translator();
  void update(Track& track);

  const Owner owner_;
  std::vector<std::unique_ptr<Track>> tracks_; /* in the order of their pads */
  bool released_ = false;
};

}  // namespace media
