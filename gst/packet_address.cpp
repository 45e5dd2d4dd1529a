/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/packet_address.h"

#include <array>
#include <cstring>

namespace media {

namespace {

constexpr std::size_t fixed_size = 12; /* RFC 3550 §5.1 */
constexpr std::size_t word = 4;

constexpr std::uint8_t padding_bit = 0x20;
constexpr std::uint8_t extension_bit = 0x10;
constexpr std::uint8_t source_count_bits = 0x0f;
constexpr std::uint8_t marker_bit = 0x80;

/* Of everything before the payload; 0: it is not RTP. */
std::size_t header_size(GstBuffer* packet, std::uint8_t first) {
  if (first >> 6 != 2) return 0;
  const std::size_t sources = fixed_size + word * (first & source_count_bits);
  if (!(first & extension_bit)) return sources;
  std::array<std::uint8_t, word> extension{};
  if (gst_buffer_extract(packet, sources, extension.data(), word) != word) return 0;
  return sources + word + word * (extension[2] << 8 | extension[3]);
}

}  // namespace

glib::Ref<GstBuffer> readdress(GstBuffer* packet, const PacketAddress& address,
                               std::uint16_t sequence_number) {
  std::array<std::uint8_t, fixed_size + 2 * word> header{};
  if (gst_buffer_extract(packet, 0, header.data(), fixed_size) != fixed_size) return {};
  const std::size_t skipped = header_size(packet, header[0]);
  if (skipped == 0 || skipped > gst_buffer_get_size(packet)) return {};

  header[0] = static_cast<std::uint8_t>(0x80 | (header[0] & padding_bit));
  header[1] = static_cast<std::uint8_t>((header[1] & marker_bit) | address.payload);
  GST_WRITE_UINT16_BE(&header[2], sequence_number);
  GST_WRITE_UINT32_BE(&header[8], address.ssrc);
  std::size_t size = fixed_size;
  if (address.transport_cc_id) {
    header[0] |= extension_bit;
    GST_WRITE_UINT16_BE(&header[12], 0xbede); /* RFC 8285 §4.2 */
    GST_WRITE_UINT16_BE(&header[14], 1);
    header[16] = static_cast<std::uint8_t>(address.transport_cc_id << 4 | 1);
    size = header.size();
  }
  auto copy = glib::Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, size, nullptr));
  gst_buffer_fill(copy.get(), 0, header.data(), size);
  gst_buffer_copy_into(copy.get(), packet,
                       GstBufferCopyFlags(GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_MEMORY), skipped,
                       gst_buffer_get_size(packet) - skipped);
  GST_BUFFER_PTS(copy.get()) = GST_BUFFER_PTS(packet);
  GST_BUFFER_DTS(copy.get()) = GST_BUFFER_DTS(packet);
  return copy;
}

}  // namespace media
