/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/reception.h"

#include <gst/check/gstcheck.h>
#include <gst/rtp/rtp.h>

#include <cstring>
#include <functional>

namespace {

using glib::Ref;
using media::read_reception;

Ref<GstBuffer> rtcp(const std::function<void(GstRTCPBuffer&)>& fill) {
  auto buffer = Ref<GstBuffer>::adopt(gst_rtcp_buffer_new(1400));
  GstRTCPBuffer map = GST_RTCP_BUFFER_INIT;
  gst_rtcp_buffer_map(buffer.get(), GST_MAP_READWRITE, &map);
  fill(map);
  gst_rtcp_buffer_unmap(&map);
  return buffer;
}

void add_report(GstRTCPBuffer& buffer) {
  GstRTCPPacket packet;
  fail_unless(gst_rtcp_buffer_add_packet(&buffer, GST_RTCP_TYPE_RR, &packet));
  gst_rtcp_packet_rr_set_ssrc(&packet, 7);
  gst_rtcp_packet_add_rb(&packet, 1001, 64, 10, 0, 0, 0, 0);
  gst_rtcp_packet_add_rb(&packet, 1002, 0, 0, 0, 0, 0, 0);
}

void add_remb(GstRTCPBuffer& buffer, guint8 exponent_and_mantissa) {
  GstRTCPPacket packet;
  fail_unless(gst_rtcp_buffer_add_packet(&buffer, GST_RTCP_TYPE_PSFB, &packet));
  gst_rtcp_packet_fb_set_type(&packet, GST_RTCP_PSFB_TYPE_AFB);
  fail_unless(gst_rtcp_packet_fb_set_fci_length(&packet, 2));
  const guint8 fci[] = {'R', 'E', 'M', 'B', 1, exponent_and_mantissa, 0x01, 0x00};
  std::memcpy(gst_rtcp_packet_fb_get_fci(&packet), fci, sizeof(fci));
}

}  // namespace

GST_START_TEST(reads_the_loss_of_each_source) {
  const auto reception = read_reception(rtcp(add_report).get());
  fail_unless_equals_int(reception.losses.size(), 2);
  fail_unless_equals_float(reception.losses.at(1001), 0.25);
  fail_unless_equals_float(reception.losses.at(1002), 0);
  fail_if(reception.maximum);
}
GST_END_TEST

GST_START_TEST(reads_what_the_peer_takes_at_most) {
  const auto packet = rtcp([](GstRTCPBuffer& buffer) {
    add_report(buffer);
    add_remb(buffer, 12 << 2);
  });
  const auto reception = read_reception(packet.get());
  fail_unless(reception.maximum.has_value());
  fail_unless_equals_int(*reception.maximum, 256 << 12);
}
GST_END_TEST

GST_START_TEST(a_number_that_is_too_large_is_no_limit) {
  const auto packet = rtcp([](GstRTCPBuffer& buffer) {
    add_report(buffer);
    add_remb(buffer, 63 << 2);
  });
  fail_unless(read_reception(packet.get()).maximum == G_MAXUINT);
}
GST_END_TEST

GST_START_TEST(finds_nothing_in_what_is_no_rtcp) {
  const auto zeros = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 64, nullptr));
  gst_buffer_memset(zeros.get(), 0, 0, 64);
  fail_unless(read_reception(zeros.get()).empty());
}
GST_END_TEST

static Suite* reception_suite() {
  Suite* suite = suite_create("reception");
  TCase* tests = tcase_create("reception");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, reads_the_loss_of_each_source);
  tcase_add_test(tests, reads_what_the_peer_takes_at_most);
  tcase_add_test(tests, a_number_that_is_too_large_is_no_limit);
  tcase_add_test(tests, finds_nothing_in_what_is_no_rtcp);
  return suite;
}

GST_CHECK_MAIN(reception)
