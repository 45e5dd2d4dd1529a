/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/reel.h"
#include "tests/bench/sender.h"
#include "tests/plugin/sending_party.h"

namespace bench {
namespace {

using glib::Ref;

/* As the element encodes. */
constexpr const char* encoder =
    "vp8enc deadline=1 cpu-used=8 end-usage=cbr lag-in-frames=0 target-bitrate=700000 "
    "keyframe-max-dist=3000 max-quantizer=56 buffer-size=1000 buffer-initial-size=500 "
    "buffer-optimal-size=600 static-threshold=1 threads=2 ! ";

/* The callers may send the same reel. */
constexpr unsigned other = 10000;

struct Track {
  const char* tee;
  std::string payloader;
  std::string caps;
};

std::string packets(const std::string& payloader, unsigned ssrc) {
  return payloader + " mtu=1180 ssrc=" + std::to_string(ssrc) +
         " ! capsfilter caps=\"application/x-rtp," + transport_cc + "\"";
}

class BareSender final : public Sender {
 public:
  BareSender(const Account& account, const std::string& folder, bool encodes)
      : tracks_{Track{"audio", packets("rtpopuspay pt=111", audio_ssrc + other), audio_caps()},
                Track{"video",
                      (encodes ? encoder : "") + packets("rtpvp8pay pt=96", video_ssrc + other),
                      video_caps()}} {
    const std::string file = "filesrc location=\"" + folder;
    const std::string paced = ".webm\" ! matroskademux ! clocksync ! ";
    const std::string line = file + "/audio" + paced + "tee name=audio allow-not-linked=true " +
                             file + "/video" + paced + (encodes ? "vp8dec ! " : "") +
                             "tee name=video allow-not-linked=true";
    source_ = Ref<GstElement>::sink(gst_parse_launch(line.c_str(), nullptr));
    gst_element_set_state(source_.get(), GST_STATE_PLAYING);
    matrix::SessionConfig config;
    config.homeserver = account.homeserver;
    config.access_token = account.token;
    config.room = account.room;
    party::Media media{.audio = false, .video = false};
    media.prepare = [this](GstBin* pipeline, GstElement* webrtcbin) {
      /* webrtcbin holds what it is given until its time. */
      gst_element_set_start_time(GST_ELEMENT(pipeline), GST_CLOCK_TIME_NONE);
      gst_element_set_base_time(GST_ELEMENT(pipeline), gst_element_get_base_time(source_.get()));
      for (const Track& track : tracks_) add(track, pipeline, webrtcbin);
    };
    party_ = std::make_unique<party::SendingParty>(std::move(config), std::move(media));
  }
  ~BareSender() override { gst_element_set_state(source_.get(), GST_STATE_NULL); }
  BareSender(const BareSender&) = delete;
  BareSender& operator=(const BareSender&) = delete;

 private:
  void add(const Track& track, GstBin* pipeline, GstElement* webrtcbin) {
    auto* branch = gst_parse_bin_from_description(
        ("queue leaky=downstream max-size-buffers=30 max-size-bytes=0 max-size-time=0 ! " +
         track.payloader)
            .c_str(),
        TRUE, nullptr);
    gst_bin_add(pipeline, branch);
    const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(track.caps.c_str()));
    const auto sink = Ref<GstPad>::adopt(gst_element_request_pad(
        webrtcbin, gst_element_get_pad_template(webrtcbin, "sink_%u"), nullptr, caps.get()));
    Ref<GObject> transceiver;
    g_object_get(sink.get(), "transceiver", transceiver.out(), nullptr);
    g_object_set(transceiver.get(), "codec-preferences", caps.get(), "do-nack", track.tee[0] == 'v',
                 nullptr);
    const auto end = Ref<GstPad>::adopt(gst_element_get_static_pad(branch, "src"));
    gst_pad_link(end.get(), sink.get());
    /* A tee ends all of its branches with the first that is not ready. */
    glib::connect<void, GParamSpec*>(webrtcbin, "notify::connection-state",
                                     [this, webrtcbin, branch, &track](GParamSpec*) {
                                       GstWebRTCPeerConnectionState state{};
                                       g_object_get(webrtcbin, "connection-state", &state, nullptr);
                                       if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED)
                                         open(track, branch);
                                     });
  }

  void open(const Track& track, GstElement* branch) {
    const auto to = Ref<GstPad>::adopt(gst_element_get_static_pad(branch, "sink"));
    if (gst_pad_is_linked(to.get())) return;
    const auto tee = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(source_.get()), track.tee));
    const auto from = Ref<GstPad>::adopt(gst_element_request_pad_simple(tee.get(), "src_%u"));
    /* Each connection has a pipeline of its own. */
    gst_pad_link_full(from.get(), to.get(), GST_PAD_LINK_CHECK_NOTHING);
  }

  const Track tracks_[2];
  Ref<GstElement> source_;
  std::unique_ptr<party::SendingParty> party_;
};

}  // namespace

std::unique_ptr<Sender> make_bare_sender(const Account& account, const std::string& folder,
                                         bool encodes) {
  return std::make_unique<BareSender>(account, folder, encodes);
}

}  // namespace bench
