/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/reel.h"

namespace bench {

const std::string transport_cc =
    "extmap-3=(string)http://www.ietf.org/id/"
    "draft-holmer-rmcat-transport-wide-cc-extensions-01";

namespace {

/* webrtcbin takes nothing until it is connected. */
party::Source source(const std::string& file, const std::string& payloader, unsigned ssrc,
                     const std::string& caps) {
  const std::string number = std::to_string(ssrc);
  return {"filesrc location=\"" + file +
              "\" ! matroskademux ! clocksync ! "
              "queue leaky=downstream max-size-buffers=1 max-size-bytes=0 max-size-time=0 ! " +
              payloader + " mtu=1200 ssrc=" + number + " ! capsfilter caps=\"application/x-rtp," +
              transport_cc + "\"",
          caps + ",ssrc=(uint)" + number};
}

}  // namespace

party::Media reel(const std::string& folder) {
  party::Media media;
  media.audio_source =
      source(folder + "/audio.webm", "rtpopuspay pt=111", audio_ssrc, audio_caps());
  media.video_source = source(folder + "/video.webm", "rtpvp8pay pt=96", video_ssrc, video_caps());
  return media;
}

std::string audio_caps() {
  return "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,"
         "encoding-params=(string)2,rtcp-fb-transport-cc=(boolean)true," +
         transport_cc;
}

std::string video_caps() {
  return "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,"
         "rtcp-fb-nack=(boolean)true,rtcp-fb-nack-pli=(boolean)true,"
         "rtcp-fb-transport-cc=(boolean)true," +
         transport_cc;
}

}  // namespace bench
