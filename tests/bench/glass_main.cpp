/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench_glass element|bare URL TOKEN ROOM: sends a picture that shows when it was made, as the
 * number that tests/env/page/picture.js reads: milliseconds since 1970, the lower 16 bits. Until
 * the end of input. */
#include <cstddef>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

#include <gst/video/video.h>

#include "gst/probe.h"
#include "tests/bench/reel.h"
#include "tests/plugin/call_pipeline.h"
#include "tests/plugin/sending_party.h"

namespace {

using glib::Ref;

constexpr int bits = 16;
constexpr guint8 black = 16;
constexpr guint8 white = 235;

constexpr const char* camera =
    "videotestsrc is-live=true ! video/x-raw,format=I420,width=640,height=360,framerate=30/1 ! "
    "identity name=stamp ! ";

/* As the element encodes, and packs. */
constexpr const char* bare_branch =
    "vp8enc deadline=1 cpu-used=8 end-usage=cbr lag-in-frames=0 target-bitrate=1000000 "
    "keyframe-max-dist=3000 max-quantizer=56 buffer-size=1000 buffer-initial-size=500 "
    "buffer-optimal-size=600 static-threshold=1 threads=2 ! rtpvp8pay pt=96 mtu=1180 ssrc=";

/* Blocks in the lowest tenth: a white one, the bits from the lowest, a black one. */
void draw(const GstVideoFrame& frame, unsigned number) {
  const int width = GST_VIDEO_FRAME_WIDTH(&frame);
  const int height = GST_VIDEO_FRAME_HEIGHT(&frame);
  const std::ptrdiff_t stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
  auto* luma = static_cast<guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0));
  for (int block = 0; block < bits + 2; block++) {
    const bool bright = block == 0 || (block <= bits && (number >> (block - 1) & 1) != 0);
    const int left = width * block / (bits + 2);
    const int right = width * (block + 1) / (bits + 2);
    for (int y = height * 9 / 10; y < height; y++)
      std::memset(luma + y * stride + left, bright ? white : black, right - left);
  }
}

void stamp(GstElement* identity) {
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(identity, "src"));
  media::add_probe(source.get(), GST_PAD_PROBE_TYPE_BUFFER,
                   [pad = source.get()](GstPadProbeInfo& info) {
                     const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
                     GstVideoInfo format;
                     gst_video_info_from_caps(&format, caps.get());
                     auto* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(&info));
                     GST_PAD_PROBE_INFO_DATA(&info) = buffer;
                     GstVideoFrame frame;
                     gst_video_frame_map(&frame, &format, buffer, GST_MAP_WRITE);
                     draw(frame, static_cast<unsigned>(g_get_real_time() / 1000) & 0xffff);
                     gst_video_frame_unmap(&frame);
                     return GST_PAD_PROBE_OK;
                   });
}

void send_bare(GstBin* pipeline, GstElement* webrtcbin) {
  const std::string line = camera + (bare_branch + std::to_string(bench::video_ssrc)) +
                           " ! capsfilter caps=\"application/x-rtp," + bench::transport_cc + "\"";
  auto* branch = gst_parse_bin_from_description(line.c_str(), TRUE, nullptr);
  stamp(Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(branch), "stamp")).get());
  gst_bin_add(pipeline, branch);
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(bench::video_caps().c_str()));
  const auto sink = Ref<GstPad>::adopt(gst_element_request_pad(
      webrtcbin, gst_element_get_pad_template(webrtcbin, "sink_%u"), nullptr, caps.get()));
  Ref<GObject> transceiver;
  g_object_get(sink.get(), "transceiver", transceiver.out(), nullptr);
  g_object_set(transceiver.get(), "codec-preferences", caps.get(), "do-nack", TRUE, nullptr);
  const auto end = Ref<GstPad>::adopt(gst_element_get_static_pad(branch, "src"));
  gst_pad_link(end.get(), sink.get());
}

void wait_for_end() {
  for (std::string line; std::getline(std::cin, line);) continue;
}

void run_element(const std::string& url, const std::string& token, const std::string& room) {
  party::CallPipeline pipeline(party::call_line(url, token, room) + camera + "c.send_video");
  stamp(pipeline.element("stamp").get());
  pipeline.play();
  wait_for_end();
}

void run_bare(const std::string& url, const std::string& token, const std::string& room) {
  matrix::SessionConfig config;
  config.homeserver = url;
  config.access_token = token;
  config.room = room;
  party::Media media{.audio = false, .video = false};
  media.prepare = send_bare;
  const party::SendingParty party(std::move(config), std::move(media));
  wait_for_end();
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 5) return 2;
  (std::string_view(argv[1]) == "element" ? run_element : run_bare)(argv[2], argv[3], argv[4]);
}
