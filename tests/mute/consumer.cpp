/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/mute/consumer.h"

#include <array>

namespace test {
namespace {

#define QUEUES "queue name=video ! mux.video_0  queue name=audio ! mux.audio_0  "
#define AAC "audioconvert ! audioresample ! audio/x-raw,rate=44100 ! avenc_aac ! aacparse"
#define TO_FILE " ! filesink location=FOLDER/out buffer-mode=unbuffered"

constexpr std::array<Consumer, 12> all{{
    {"matroskamux", "OPUS", "VP8", QUEUES "matroskamux name=mux" TO_FILE, true},
    {"mp4mux", "OPUS", "H264", QUEUES "mp4mux name=mux" TO_FILE, true},
    {"mp4mux, fragmented", "OPUS", "H264", QUEUES "mp4mux name=mux fragment-duration=1000" TO_FILE,
     true},
    {"splitmuxsink", "OPUS", "H264",
     "queue name=video ! mux.video  queue name=audio ! mux.audio_0  "
     "splitmuxsink name=mux max-size-time=2000000000 location=FOLDER/part%05d.mp4 "
     "sink-properties=properties,buffer-mode=2",
     true},
    {"hlssink2", "OPUS", "H264",
     "queue name=video ! mux.video  queue name=audio ! " AAC " ! mux.audio  "
     "hlssink2 name=mux target-duration=2 playlist-length=0 max-files=0 "
     "location=FOLDER/part%05d.ts playlist-location=FOLDER/playlist.m3u8",
     true},
    {"mpegtsmux", "OPUS", "H264",
     "queue name=video ! mux.sink_65  queue name=audio ! mux.sink_66  "
     "mpegtsmux name=mux ! filesink location=FOLDER/out.ts buffer-mode=unbuffered",
     true},
    {"flvmux", "OPUS", "H264",
     "queue name=video ! mux.video  queue name=audio ! " AAC " ! mux.audio  "
     "flvmux name=mux" TO_FILE,
     true},
    {"oggmux", "OPUS", "VP8",
     "queue name=video ! videoscale ! videorate ! "
     "video/x-raw,width=160,height=90,framerate=20/1 ! theoraenc ! mux.  "
     "queue name=audio ! opusparse ! mux.  oggmux name=mux" TO_FILE,
     true},
    {"compositor", nullptr, "VP8",
     "queue name=video ! compositor name=mux ! "
     "video/x-raw,format=I420,width=160,height=90,framerate=20/1 ! fakesink name=out sync=true",
     false},
    {"audiomixer", "OPUS", nullptr,
     "queue name=audio ! audiomixer name=mux ! audio/x-raw,format=S16LE,rate=48000,channels=2 ! "
     "fakesink name=out sync=true",
     false},
    {"wavenc", "OPUS", nullptr, "queue name=audio ! wavenc name=mux" TO_FILE, true},
    {"fakesink sync=true", "OPUS", "VP8",
     "queue name=video ! video/x-raw,format=I420 ! fakesink name=out sync=true  "
     "queue name=audio ! audio/x-raw,format=S16LE ! fakesink name=out2 sync=true",
     false},
}};

#undef QUEUES
#undef AAC
#undef TO_FILE

}  // namespace

std::span<const Consumer> consumers() {
  return all;
}

std::string in_folder(const char* row, const std::string& folder) {
  std::string text = row;
  const std::string mark = "FOLDER";
  for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at))
    text.replace(at, mark.size(), folder);
  return text;
}

}  // namespace test
