/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gst/gst_ptr.h"
#include "tests/plugin/sending_peer.h"

namespace party {

/* Writes down the packets that a party's webrtcbin received. Any thread. */
class Witness {
 public:
  struct Track {
    std::uint64_t packets = 0;
    std::uint64_t missing = 0;           /* by the sequence numbers */
    std::vector<std::uint32_t> frames{}; /* their RTP timestamps, as they came */
    std::uint16_t last_number = 0;
  };

  explicit Witness(GstElement* webrtcbin);
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  Track video() const { return read(video_); }
  Track audio() const { return read(audio_); }

 private:
  static GstFlowReturn take(GstPad* pad, GstObject* parent, GstBuffer* buffer);
  void add(GstPad* source);
  void note(GstBuffer* packet, Track& track);
  Track read(const Track& track) const;

  mutable std::mutex lock_;
  Track video_;
  Track audio_;
  std::vector<glib::Ref<GstPad>> pads_;
};

/* One for each party with these media, in the order in which they came. */
class Witnesses {
 public:
  /* @media with a witness each. This is borrowed. */
  Media watch(Media media);
  std::vector<std::shared_ptr<Witness>> all() const;

 private:
  mutable std::mutex lock_;
  std::vector<std::shared_ptr<Witness>> all_;
};

}  // namespace party
