/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <cstring>
#include <map>
#include <mutex>

#include "tests/bench/receiver.h"
#include "tests/bench/recording.h"
#include "tests/bench/reel.h"
#include "tests/plugin/sending_party.h"

namespace bench {
namespace {

using glib::Ref;

constexpr unsigned latency_ms = 200;

bool is_video(GstPad* pad) {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  const char* media = gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "media");
  return media && std::strcmp(media, "video") == 0;
}

/* webrtcbin ! queue ! depayloader ! the file's muxer. */
void record(GstBin* pipeline, const Recording& recording, GstPad* pad) {
  const bool video = is_video(pad);
  auto* branch = gst_parse_bin_from_description(
      video ? "queue ! rtpvp8depay" : "queue ! rtpopusdepay", TRUE, nullptr);
  gst_bin_add(pipeline, branch);
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(branch, "src"));
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(branch, "sink"));
  gst_pad_link(source.get(), video ? recording.picture() : recording.sound());
  gst_element_sync_state_with_parent(branch);
  gst_pad_link(pad, sink.get());
}

/* As the element does it. */
void set_up(GstElement* webrtcbin) {
  g_object_set(webrtcbin, "latency", latency_ms, nullptr);
  glib::connect<void, GObject*>(webrtcbin, "on-new-transceiver", [](GObject* transceiver) {
    GstWebRTCKind kind = GST_WEBRTC_KIND_UNKNOWN;
    g_object_get(transceiver, "kind", &kind, nullptr);
    const bool is_video = kind == GST_WEBRTC_KIND_VIDEO;
    const auto caps =
        Ref<GstCaps>::adopt(gst_caps_from_string((is_video ? video_caps() : audio_caps()).c_str()));
    g_object_set(transceiver, "do-nack", is_video, "codec-preferences", caps.get(), nullptr);
  });
  const auto rtpbin = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(webrtcbin), "rtpbin"));
  glib::connect<void, GstElement*, guint, guint>(
      rtpbin.get(), "new-jitterbuffer", [](GstElement* jitter_buffer, guint, guint ssrc) {
        g_object_set(jitter_buffer, "do-retransmission", ssrc == video_ssrc, nullptr);
      });
}

class BareReceiver final : public Receiver {
 public:
  explicit BareReceiver(const Account& account) {
    matrix::SessionConfig config;
    config.homeserver = account.homeserver;
    config.access_token = account.token;
    config.room = account.room;
    party::Media media{.audio = false, .video = false};
    media.prepare = [this](GstBin* pipeline, GstElement* webrtcbin) { add(pipeline, webrtcbin); };
    party_ = std::make_unique<party::SendingParty>(std::move(config), std::move(media));
  }

  std::vector<std::uint64_t> bytes() override {
    const std::lock_guard lock(lock_);
    std::erase_if(recordings_, [](const auto& recording) { return recording.expired(); });
    std::vector<std::uint64_t> all;
    for (const auto& recording : recordings_)
      if (const auto alive = recording.lock()) all.push_back(alive->bytes());
    return all;
  }

 private:
  void add(GstBin* pipeline, GstElement* webrtcbin) {
    set_up(webrtcbin);
    /* It goes with webrtcbin, whose signal holds it. */
    const auto recording = std::make_shared<Recording>(pipeline, false);
    glib::connect<void, GstPad*>(webrtcbin, "pad-added", [pipeline, recording](GstPad* pad) {
      if (GST_PAD_IS_SRC(pad)) record(pipeline, *recording, pad);
    });
    const std::lock_guard lock(lock_);
    recordings_.push_back(recording);
  }

  std::mutex lock_;
  std::vector<std::weak_ptr<Recording>> recordings_;
  std::unique_ptr<party::SendingParty> party_;
};

}  // namespace

std::unique_ptr<Receiver> make_bare_receiver(const Account& account) {
  return std::make_unique<BareReceiver>(account);
}

}  // namespace bench
