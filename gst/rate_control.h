/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "signalling/base/peer_connection.h"

namespace media {

/* What a peer reports of what we send to it. */
struct ReceptionReport {
  std::optional<double> loss;      /* 0 to 1, since its last report */
  std::optional<unsigned> maximum; /* of all that we send to it, bit/s (REMB) */
};

/* The bitrate of an encoder that several peers share.
 *
 * Each peer has an estimate: a report of more than 10 % loss lowers it by half of the loss, one of
 * less than 2 % raises it by 8 %, and it never exceeds what the peer names itself. The encoder runs
 * at the highest bitrate that at least two thirds of the peers can take: of one or two the lower,
 * of three to five the second lowest. So a bad connection costs itself frames, and the others
 * nothing.
 *
 * Pure. Bit/s. */
class RateControl {
 public:
  RateControl(unsigned minimum, unsigned maximum) { set_range(minimum, maximum); }

  void set_range(unsigned minimum, unsigned maximum);
  void add(rtc::PeerId peer) { estimates_.try_emplace(peer, maximum_); }
  void remove(rtc::PeerId peer) { estimates_.erase(peer); }
  void report(rtc::PeerId peer, const ReceptionReport& report);
  unsigned bitrate() const;

 private:
  unsigned minimum_ = 0;
  unsigned maximum_ = 0;
  std::map<rtc::PeerId, double> estimates_;
};

}  // namespace media
