/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench_listeners [FOLDER]: callers that receive, and with a FOLDER send its reel. Says URL, token
 * and room for the one whom they call. Reads how many there are to be, a number a line; for any
 * other line it says what each of them has got. */
#include <charconv>
#include <iostream>
#include <string>

#include "tests/bench/reel.h"
#include "tests/plugin/crowd.h"
#include "tests/plugin/witness.h"

namespace {

void receive(GstElement* webrtcbin, const std::string& text) {
  const auto caps = glib::Ref<GstCaps>::adopt(gst_caps_from_string(text.c_str()));
  glib::Ref<GObject> transceiver;
  g_signal_emit_by_name(webrtcbin, "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY,
                        caps.get(), transceiver.out());
  g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
}

party::Media silent() {
  party::Media media{.audio = false, .video = false};
  media.prepare = [](GstBin*, GstElement* webrtcbin) {
    receive(webrtcbin, bench::audio_caps());
    receive(webrtcbin, bench::video_caps());
  };
  return media;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  party::Witnesses witnesses;
  party::Crowd crowd(witnesses.watch(argc > 1 ? bench::reel(argv[1]) : silent()));
  std::cout << crowd.url() << ' ' << crowd.token() << ' ' << crowd.room() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::size_t size = 0;
    if (std::from_chars(line.data(), line.data() + line.size(), size).ec == std::errc()) {
      crowd.resize(size);
      continue;
    }
    std::string each;
    for (const auto& witness : witnesses.all()) {
      const auto video = witness->video();
      each += (each.empty() ? "" : ",") + std::string("{\"frames\":") +
              std::to_string(video.frames.size()) +
              ",\"missing\":" + std::to_string(video.missing) +
              ",\"sound\":" + std::to_string(witness->audio().packets) + "}";
    }
    std::cout << '[' << each << ']' << std::endl;
  }
}
