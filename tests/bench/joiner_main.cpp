/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench_joiner joined|picture|again URL TOKEN ROOM: plays a pipeline with the element until it has
 * joined the call, or until the first decoded picture; again: in a process that has had a call
 * before. Says as one line of JSON how long that took from PLAYING on, how much CPU time, and by
 * how much memory has grown at its worst. Stays in the call until the end of input. */
#include <atomic>
#include <iostream>
#include <string>
#include <string_view>

#include "tests/bench/usage.h"
#include "tests/plugin/call_pipeline.h"

namespace {

void wait_for_picture(party::CallPipeline& pipeline) {
  const auto shown = pipeline.wait_for(GST_MESSAGE_APPLICATION, 60 * GST_SECOND);
  if (!shown) g_error("no picture");
}

void wait_until_joined(party::CallPipeline& pipeline) {
  if (!pipeline.wait_for_news("matrixcall-state", "state", "joined")) g_error("did not join");
}

/* Posts a message with the first buffer. */
void announce_picture(GstElement* sink) {
  glib::connect<void, GstBuffer*, GstPad*>(
      sink, "handoff",
      [sink, seen = std::make_shared<std::atomic<bool>>(false)](GstBuffer*, GstPad*) {
        if (seen->exchange(true)) return;
        gst_element_post_message(sink, gst_message_new_application(
                                           GST_OBJECT(sink), gst_structure_new_empty("picture")));
      });
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 5) return 2;
  const bool again = std::string_view(argv[1]) == "again";
  const bool picture = again || std::string_view(argv[1]) == "picture";
  const std::string consumer =
      picture ? "c.video_0 ! video/x-raw ! fakesink name=picture signal-handoffs=true" : "";
  party::CallPipeline pipeline(party::call_line(argv[2], argv[3], argv[4]) + consumer);
  if (picture) announce_picture(pipeline.element("picture").get());
  /* DTLS has its key by then. */
  if (again) glib::Ref<GstElement>::sink(gst_element_factory_make("webrtcbin", nullptr));
  if (again) glib::Ref<GstElement>::sink(gst_element_factory_make("dtlsdec", nullptr));
  bench::reset_peak();
  const auto before = bench::usage();
  const gint64 started = g_get_monotonic_time();
  pipeline.play();
  picture ? wait_for_picture(pipeline) : wait_until_joined(pipeline);
  const gint64 took = g_get_monotonic_time() - started;
  const auto after = bench::usage();
  std::cout << "{\"ms\":" << took / 1000 << ",\"cpu\":" << after.cpu_us - before.cpu_us
            << ",\"memory\":" << after.peak_kb - before.peak_kb << '}' << std::endl;
  for (std::string line; std::getline(std::cin, line);) continue;
}
