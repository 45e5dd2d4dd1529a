/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/sending_webrtcbin.h"

#include <gst/video/video.h>

#include <cstring>
#include <utility>

#include "gst/promise.h"

namespace test {

using glib::Ref;
using glib::Unique;
using Type = rtc::SessionDescription::Type;

/* What webrtcbin's callbacks hold. */
struct SendingWebrtcbin::Link {
  SendingWebrtcbin* self; /* loop; nullptr after it */
  rtc::Loop& loop;
};

namespace {

Unique<GstWebRTCSessionDescription> parse(Type type, const std::string& text) {
  GstSDPMessage* message = nullptr;
  g_assert(gst_sdp_message_new_from_text(text.c_str(), &message) == GST_SDP_OK);
  return Unique<GstWebRTCSessionDescription>(gst_webrtc_session_description_new(
      type == Type::Offer ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER, message));
}

void add_probe(GstPad* pad, int type, std::function<GstPadProbeReturn(GstPadProbeInfo*)> probe) {
  using Probe = std::function<GstPadProbeReturn(GstPadProbeInfo*)>;
  gst_pad_add_probe(
      pad, GstPadProbeType(type),
      [](GstPad*, GstPadProbeInfo* info, gpointer data) {
        return (*static_cast<Probe*>(data))(info);
      },
      new Probe(std::move(probe)), [](gpointer data) { delete static_cast<Probe*>(data); });
}

}  // namespace

SendingWebrtcbin::SendingWebrtcbin(rtc::Loop& loop, const Media& media, Observer observer)
    : observer_(std::move(observer)),
      pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))),
      webrtc_(gst_element_factory_make("webrtcbin", nullptr)),
      link_(std::make_shared<Link>(Link{this, loop})) {
  gst_util_set_object_arg(G_OBJECT(webrtc_), "bundle-policy", "max-bundle");
  gst_bin_add(GST_BIN(pipeline_.get()), webrtc_);
  glib::connect<void, GstBin*, GstElement*>(
      webrtc_, "deep-element-added",
      [this](GstBin*, GstElement* element) { watch_packets(element); });
  if (media.audio)
    add_sender(
        "audiotestsrc is-live=true samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=1 ! "
        "opusenc ! rtpopuspay pt=111",
        "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,"
        "encoding-params=(string)2",
        false);
  if (media.video)
    add_sender("videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! " +
                   media.video_encoder,
               "application/x-rtp,media=video,encoding-name=" + media.video_name +
                   ",payload=" + std::to_string(media.video_payload) + ",clock-rate=90000",
               true);
  Ref<GObject> channel;
  gst_element_set_state(webrtc_, GST_STATE_READY);
  if (media.data)
    g_signal_emit_by_name(webrtc_, "create-data-channel", "chat", nullptr, channel.out());
  glib::connect<void, guint, const char*>(
      webrtc_, "on-ice-candidate", [link = link_](guint mline, const char* text) {
        link->loop.post([link, c = rtc::IceCandidate{text, "", static_cast<int>(mline)}] {
          if (!link->self) return;
          if (link->self->local_is_set_)
            link->self->observer_.on_local_candidate(c);
          else
            link->self->local_candidates_.push_back(c);
        });
      });
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

SendingWebrtcbin::~SendingWebrtcbin() {
  link_->self = nullptr;
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

void SendingWebrtcbin::add_sender(const std::string& description, const std::string& caps,
                                  bool video) {
  std::string payloader;
  if (video)
    payloader = caps.find("H264") != std::string::npos ? " ! rtph264pay config-interval=-1"
                                                       : " ! rtpvp8pay";
  if (caps.find("VP9") != std::string::npos) payloader = " ! rtpvp9pay";
  const auto payload = caps.find("payload=");
  if (video) payloader += " pt=" + caps.substr(payload + 8, caps.find(',', payload) - payload - 8);
  GstElement* sender =
      gst_parse_bin_from_description((description + payloader).c_str(), TRUE, nullptr);
  g_assert(sender);
  gst_bin_add(GST_BIN(pipeline_.get()), sender);
  const auto parsed = Ref<GstCaps>::adopt(gst_caps_from_string(caps.c_str()));
  const auto sink = Ref<GstPad>::adopt(gst_element_request_pad(
      webrtc_, gst_element_get_pad_template(webrtc_, "sink_%u"), nullptr, parsed.get()));
  Ref<GObject> transceiver;
  g_object_get(sink.get(), "transceiver", transceiver.out(), nullptr);
  g_object_set(transceiver.get(), "codec-preferences", parsed.get(), nullptr);
  if (video) g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(sender, "src"));
  if (video) {
    add_probe(source.get(), GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
              [this](GstPadProbeInfo*) {
                sent_video_++;
                return GST_PAD_PROBE_OK;
              });
    add_probe(source.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, [this](GstPadProbeInfo* info) {
      if (gst_video_event_is_force_key_unit(GST_PAD_PROBE_INFO_EVENT(info))) key_frames_asked_++;
      return GST_PAD_PROBE_OK;
    });
  }
  g_assert(gst_pad_link(source.get(), sink.get()) == GST_PAD_LINK_OK);
}

void SendingWebrtcbin::watch_packets(GstElement* element) {
  GstElementFactory* factory = gst_element_get_factory(element);
  const char* name = factory ? GST_OBJECT_NAME(factory) : "";
  const bool source = std::strcmp(name, "nicesrc") == 0;
  if (!source && std::strcmp(name, "nicesink") != 0) return;
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element, source ? "src" : "sink"));
  add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
            [this, source](GstPadProbeInfo*) {
              if (source) received_++;
              return vanished_ ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
            });
}

void SendingWebrtcbin::offer() {
  create(Type::Offer);
}

void SendingWebrtcbin::create(Type type) {
  const auto promise = media::make_promise([link = link_, type](const media::Reply& reply) {
    if (!reply.error.empty() || !reply.structure) return;
    GstWebRTCSessionDescription* raw = nullptr;
    gst_structure_get(reply.structure, type == Type::Offer ? "offer" : "answer",
                      GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
    const Unique<GstWebRTCSessionDescription> description(raw);
    const Unique<char> text(gst_sdp_message_as_text(description->sdp));
    link->loop.post([link, type, sdp = std::string(text.get())] {
      if (link->self) link->self->created(type, sdp);
    });
  });
  g_signal_emit_by_name(webrtc_, type == Type::Offer ? "create-offer" : "create-answer", nullptr,
                        promise.get());
}

void SendingWebrtcbin::created(Type type, const std::string& sdp) {
  const auto promise = media::make_promise([link = link_, type, sdp](const media::Reply&) {
    link->loop.post([link, type, sdp] {
      if (!link->self) return;
      link->self->local_is_set_ = true;
      link->self->observer_.on_local_description({type, sdp});
      for (const auto& candidate : std::exchange(link->self->local_candidates_, {}))
        link->self->observer_.on_local_candidate(candidate);
    });
  });
  g_signal_emit_by_name(webrtc_, "set-local-description", parse(type, sdp).get(), promise.get());
}

void SendingWebrtcbin::set_remote_description(const rtc::SessionDescription& description) {
  const auto promise =
      media::make_promise([link = link_, type = description.type](const media::Reply&) {
        link->loop.post([link, type] {
          if (link->self) link->self->remote_is_set(type);
        });
      });
  g_signal_emit_by_name(webrtc_, "set-remote-description",
                        parse(description.type, description.sdp).get(), promise.get());
}

void SendingWebrtcbin::remote_is_set(Type type) {
  remote_is_set_ = true;
  for (const auto& candidate : std::exchange(remote_candidates_, {}))
    add_remote_candidate(candidate);
  if (type == Type::Offer) create(Type::Answer);
}

void SendingWebrtcbin::add_remote_candidate(const rtc::IceCandidate& candidate) {
  if (!remote_is_set_) return remote_candidates_.push_back(candidate);
  if (candidate.candidate.empty()) return;
  g_signal_emit_by_name(webrtc_, "add-ice-candidate", 0, candidate.candidate.c_str());
}

}  // namespace test
