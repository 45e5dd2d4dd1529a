/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/packet_address.h"

#include <gst/check/gstcheck.h>
#include <gst/rtp/rtp.h>

#include <cstring>

namespace {

using glib::Ref;
using media::PacketAddress;
using media::readdress;

constexpr const char* payload = "what is carried";

Ref<GstBuffer> packet() {
  auto buffer = Ref<GstBuffer>::adopt(gst_rtp_buffer_new_allocate(strlen(payload), 0, 0));
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map(buffer.get(), GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_ssrc(&rtp, 1);
  gst_rtp_buffer_set_payload_type(&rtp, 96);
  gst_rtp_buffer_set_seq(&rtp, 5);
  gst_rtp_buffer_set_timestamp(&rtp, 90000);
  gst_rtp_buffer_set_marker(&rtp, TRUE);
  memcpy(gst_rtp_buffer_get_payload(&rtp), payload, strlen(payload));
  gst_rtp_buffer_unmap(&rtp);
  GST_BUFFER_PTS(buffer.get()) = GST_SECOND;
  return buffer;
}

void check(const PacketAddress& address, guint8 extension_id) {
  const auto from = packet();
  const auto to = readdress(from.get(), address, 77);
  fail_unless(to.get() != nullptr);
  fail_unless_equals_uint64(GST_BUFFER_PTS(to.get()), GST_SECOND);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  fail_unless(gst_rtp_buffer_map(to.get(), GST_MAP_READWRITE, &rtp));
  fail_unless_equals_int(gst_rtp_buffer_get_ssrc(&rtp), address.ssrc);
  fail_unless_equals_int(gst_rtp_buffer_get_payload_type(&rtp), address.payload);
  fail_unless_equals_int(gst_rtp_buffer_get_seq(&rtp), 77);
  fail_unless_equals_int(gst_rtp_buffer_get_timestamp(&rtp), 90000);
  fail_unless(gst_rtp_buffer_get_marker(&rtp));
  fail_unless_equals_int(gst_rtp_buffer_get_payload_len(&rtp), strlen(payload));
  fail_if(memcmp(gst_rtp_buffer_get_payload(&rtp), payload, strlen(payload)));
  gpointer data = nullptr;
  guint size = 0;
  const bool has = extension_id &&
                   gst_rtp_buffer_get_extension_onebyte_header(&rtp, extension_id, 0, &data, &size);
  fail_unless(has == (extension_id != 0));
  if (has) fail_unless_equals_int(size, 2);
  gst_rtp_buffer_unmap(&rtp);
}

}  // namespace

GST_START_TEST(gives_a_packet_the_header_that_a_peer_wants) {
  check({120, 0xfedcba98, 0}, 0);
}
GST_END_TEST

GST_START_TEST(leaves_room_for_the_number_of_transport_cc) {
  check({97, 12345, 5}, 5);
}
GST_END_TEST

GST_START_TEST(leaves_the_packet_as_it_was_and_its_payload_uncopied) {
  const auto from = packet();
  const auto to = readdress(from.get(), {100, 9, 3}, 1);
  const auto last_memory = [](GstBuffer* buffer) {
    return gst_buffer_peek_memory(buffer, gst_buffer_n_memory(buffer) - 1);
  };
  GstMapInfo before;
  GstMapInfo after;
  fail_unless(gst_memory_map(last_memory(from.get()), &before, GST_MAP_READ));
  fail_unless(gst_memory_map(last_memory(to.get()), &after, GST_MAP_READ));
  fail_unless(after.data == before.data);
  gst_memory_unmap(last_memory(to.get()), &after);
  gst_memory_unmap(last_memory(from.get()), &before);
  guint8 ssrc[4];
  gst_buffer_extract(from.get(), 8, ssrc, sizeof(ssrc));
  fail_unless_equals_int(GST_READ_UINT32_BE(ssrc), 1);
}
GST_END_TEST

GST_START_TEST(takes_nothing_that_is_not_rtp) {
  const auto empty = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 11, nullptr));
  fail_if(readdress(empty.get(), {96, 1, 3}, 1));
  const auto zeros = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 40, nullptr));
  gst_buffer_memset(zeros.get(), 0, 0, 40);
  fail_if(readdress(zeros.get(), {96, 1, 3}, 1));
  gst_buffer_memset(zeros.get(), 0, 0xbf, 1); /* an extension and sources beyond the end */
  fail_if(readdress(zeros.get(), {96, 1, 3}, 1));
}
GST_END_TEST

static Suite* packet_address_suite() {
  Suite* suite = suite_create("packet_address");
  TCase* tests = tcase_create("packet_address");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, gives_a_packet_the_header_that_a_peer_wants);
  tcase_add_test(tests, leaves_room_for_the_number_of_transport_cc);
  tcase_add_test(tests, leaves_the_packet_as_it_was_and_its_payload_uncopied);
  tcase_add_test(tests, takes_nothing_that_is_not_rtp);
  return suite;
}

GST_CHECK_MAIN(packet_address)
