/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/reception.h"

#include <gst/rtp/rtp.h>

#include <algorithm>
#include <cstring>

namespace media {

namespace {

constexpr unsigned whole = 256; /* of "fraction lost" */

void read_blocks(GstRTCPPacket& packet, Reception& reception) {
  for (guint i = 0; i < gst_rtcp_packet_get_rb_count(&packet); i++) {
    guint32 ssrc = 0;
    guint8 lost = 0;
    gint32 total = 0;
    guint32 highest = 0;
    guint32 jitter = 0;
    guint32 last = 0;
    guint32 since = 0;
    gst_rtcp_packet_get_rb(&packet, i, &ssrc, &lost, &total, &highest, &jitter, &last, &since);
    reception.losses[ssrc] = static_cast<double>(lost) / whole;
  }
}

/* "REMB", the number of SSRCs, an exponent of 6 bits, a mantissa of 18. */
void read_maximum(GstRTCPPacket& packet, Reception& reception) {
  constexpr guint16 least_words = 2;
  if (gst_rtcp_packet_fb_get_type(&packet) != GST_RTCP_PSFB_TYPE_AFB ||
      gst_rtcp_packet_fb_get_fci_length(&packet) < least_words)
    return;
  const guint8* fci = gst_rtcp_packet_fb_get_fci(&packet);
  if (std::memcmp(fci, "REMB", 4) != 0) return;
  const unsigned exponent = fci[5] >> 2;
  const std::uint64_t mantissa = (fci[5] & 3U) << 16 | fci[6] << 8 | fci[7];
  constexpr unsigned most_shift = 46; /* 18 bits and these fit */
  const std::uint64_t bits = exponent > most_shift ? G_MAXUINT : mantissa << exponent;
  reception.maximum = static_cast<unsigned>(std::min<std::uint64_t>(bits, G_MAXUINT));
}

}  // namespace

Reception read_reception(GstBuffer* rtcp) {
  Reception reception;
  if (!gst_rtcp_buffer_validate_reduced(rtcp)) return reception;
  GstRTCPBuffer buffer = GST_RTCP_BUFFER_INIT;
  if (!gst_rtcp_buffer_map(rtcp, GST_MAP_READ, &buffer)) return reception;
  GstRTCPPacket packet;
  for (gboolean more = gst_rtcp_buffer_get_first_packet(&buffer, &packet); more;
       more = gst_rtcp_packet_move_to_next(&packet)) {
    switch (gst_rtcp_packet_get_type(&packet)) {
      case GST_RTCP_TYPE_SR:
      case GST_RTCP_TYPE_RR:
        read_blocks(packet, reception);
        break;
      case GST_RTCP_TYPE_PSFB:
        read_maximum(packet, reception);
        break;
      default:
        break;
    }
  }
  gst_rtcp_buffer_unmap(&buffer);
  return reception;
}

}  // namespace media
