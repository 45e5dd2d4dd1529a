/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>

#include "gst/gst_ptr.h"

namespace media {

/* What differs in an RTP packet from peer to peer: as the negotiation with it has it. */
struct PacketAddress {
  unsigned payload = 0;
  std::uint32_t ssrc = 0;
  unsigned transport_cc_id = 0; /* of the header extension; 0: none */
  bool operator==(const PacketAddress&) const = default;
};

/* A packet with a header of its own and the payload of @packet, which is not copied. The
 * number of transport-cc is left for the RTP session to fill in. nullptr: @packet is not RTP.
 * Pure. */
glib::Ref<GstBuffer> readdress(GstBuffer* packet, const PacketAddress& address,
                               std::uint16_t sequence_number);

}  // namespace media
