/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/shortcuts.h"

#include <atomic>
#include <initializer_list>
#include <memory>
#include <vector>

#include "gst/probe.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

namespace {

using glib::Ref;
using media::add_probe;

Ref<GstElement> add(GstElement* bin, const char* factory) {
  auto element = Ref<GstElement>::sink(gst_element_factory_make(factory, nullptr));
  fail_unless(element, "%s", factory);
  gst_bin_add(GST_BIN(bin), element.get());
  return element;
}

/* The parts of webrtcbin that receive, but for what comes from the network. */
struct Receiving {
  Receiving() {
    add_probe(pad(decryption, "sink").get(), media::buffer_probe, [this](GstPadProbeInfo&) {
      own_thread += g_thread_self() == thread;
      others_thread += g_thread_self() != thread;
      return GST_PAD_PROBE_DROP;
    });
    fail_unless(
        gst_element_link_many(source.get(), filter.get(), queue.get(), decryption.get(), nullptr));
    media::spare_queue(source.get(), open);
    /* The others would want a connection. */
    gst_pad_set_active(pad(decryption, "sink").get(), TRUE);
    gst_element_set_state(queue.get(), GST_STATE_PLAYING);
    const auto sink = pad(queue, "sink");
    gst_pad_send_event(sink.get(), gst_event_new_stream_start("test"));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_pad_send_event(sink.get(), gst_event_new_segment(&segment));
  }
  ~Receiving() {
    gst_pad_set_active(pad(decryption, "sink").get(), FALSE);
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  }
  Receiving(const Receiving&) = delete;
  Receiving& operator=(const Receiving&) = delete;

  static Ref<GstPad> pad(const Ref<GstElement>& element, const char* name) {
    return Ref<GstPad>::adopt(gst_element_get_static_pad(element.get(), name));
  }
  GstFlowReturn push() const {
    return gst_pad_chain(pad(queue, "sink").get(), gst_buffer_new_allocate(nullptr, 64, nullptr));
  }
  GstFlowReturn push_list() const {
    GstBufferList* list = gst_buffer_list_new();
    gst_buffer_list_add(list, gst_buffer_new_allocate(nullptr, 64, nullptr));
    return gst_pad_chain_list(pad(queue, "sink").get(), list);
  }

  GThread* const thread = g_thread_self();
  std::atomic<unsigned> own_thread = 0;
  std::atomic<unsigned> others_thread = 0;
  std::shared_ptr<std::atomic<bool>> open = std::make_shared<std::atomic<bool>>(false);
  Ref<GstElement> pipeline = Ref<GstElement>::sink(gst_pipeline_new(nullptr));
  Ref<GstElement> source = add(pipeline.get(), "nicesrc");
  Ref<GstElement> filter = add(pipeline.get(), "capsfilter");
  Ref<GstElement> queue = add(pipeline.get(), "queue");
  Ref<GstElement> decryption = add(pipeline.get(), "dtlssrtpdec");
};

/* Sends one packet from each of two tracks in turn, whose segments start at @starts, and counts
 * the segments that are told behind. */
unsigned segments_told(std::initializer_list<GstClockTime> starts) {
  const auto funnel = Ref<GstElement>::sink(gst_element_factory_make("rtpfunnel", nullptr));
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(funnel.get(), "src"));
  media::spare_segments(funnel.get());
  unsigned told = 0;
  add_probe(source.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, [&told](GstPadProbeInfo& info) {
    told += GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(&info)) == GST_EVENT_SEGMENT ? 1 : 0;
    return GST_PAD_PROBE_OK;
  });
  const auto end = Ref<GstPad>::sink(gst_pad_new("end", GST_PAD_SINK));
  gst_pad_set_chain_function(end.get(), [](GstPad*, GstObject*, GstBuffer* buffer) {
    gst_buffer_unref(buffer);
    return GST_FLOW_OK;
  });
  gst_pad_set_active(end.get(), TRUE);
  fail_unless_equals_int(gst_pad_link(source.get(), end.get()), GST_PAD_LINK_OK);
  gst_element_set_state(funnel.get(), GST_STATE_PLAYING);
  std::vector<Ref<GstPad>> sinks;
  for (const GstClockTime start : starts) {
    auto sink = Ref<GstPad>::adopt(gst_element_request_pad_simple(funnel.get(), "sink_%u"));
    gst_pad_send_event(sink.get(), gst_event_new_stream_start("track"));
    gst_pad_send_event(
        sink.get(), gst_event_new_caps(
                        Ref<GstCaps>::adopt(gst_caps_new_empty_simple("application/x-rtp")).get()));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    segment.start = start;
    gst_pad_send_event(sink.get(), gst_event_new_segment(&segment));
    sinks.push_back(std::move(sink));
  }
  for (unsigned i = 0; i < 10; i++)
    for (const auto& sink : sinks)
      fail_unless_equals_int(
          gst_pad_chain(sink.get(), gst_buffer_new_allocate(nullptr, 64, nullptr)), GST_FLOW_OK);
  gst_element_set_state(funnel.get(), GST_STATE_NULL);
  for (const auto& sink : sinks) gst_element_release_request_pad(funnel.get(), sink.get());
  return told;
}

}  // namespace

GST_START_TEST(tells_a_segment_that_all_tracks_share_once) {
  fail_unless_equals_int(segments_told({0, 0}), 1);
}
GST_END_TEST

GST_START_TEST(tells_each_change_of_segment) {
  fail_unless_equals_int(segments_told({0, GST_SECOND}), 20);
}
GST_END_TEST

GST_START_TEST(leaves_packets_to_the_queue_until_it_is_open_and_empty) {
  Receiving receiving;
  fail_unless_equals_int(receiving.push(), GST_FLOW_OK);
  while (receiving.others_thread < 1) g_usleep(1000);
  *receiving.open = true;
  fail_unless_equals_int(receiving.push(), GST_FLOW_OK);
  fail_unless_equals_int(receiving.push_list(), GST_FLOW_OK);
  fail_unless_equals_int(receiving.own_thread, 2);
  fail_unless_equals_int(receiving.others_thread, 1);
}
GST_END_TEST

GST_START_TEST(hands_on_that_packets_are_not_wanted_any_more) {
  Receiving receiving;
  *receiving.open = true;
  gst_pad_set_active(Receiving::pad(receiving.decryption, "sink").get(), FALSE);
  fail_unless_equals_int(receiving.push(), GST_FLOW_FLUSHING);
}
GST_END_TEST

static Suite* shortcuts_suite() {
  Suite* suite = suite_create("shortcuts");
  TCase* tests = tcase_create("shortcuts");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, tells_a_segment_that_all_tracks_share_once);
  tcase_add_test(tests, tells_each_change_of_segment);
  tcase_add_test(tests, leaves_packets_to_the_queue_until_it_is_open_and_empty);
  tcase_add_test(tests, hands_on_that_packets_are_not_wanted_any_more);
  return suite;
}

GST_CHECK_MAIN(shortcuts);
