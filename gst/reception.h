/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "gst/gst_ptr.h"

namespace media {

/* What one RTCP packet says of how the peer receives us. */
struct Reception {
  std::map<std::uint32_t, double> losses; /* by SSRC, 0 to 1, since the last report */
  std::optional<unsigned> maximum;        /* REMB, bit/s, of all together */
  bool empty() const { return losses.empty() && !maximum; }
};

/* Reads a compound packet (RFC 3550 §6; REMB: draft-alvestrand-rmcat-remb); what is malformed or
 * of another kind is left out. Pure. */
Reception read_reception(GstBuffer* rtcp);

}  // namespace media
