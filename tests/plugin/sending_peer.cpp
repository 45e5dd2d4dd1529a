/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/plugin/sending_peer.h"

#include <functional>
#include <utility>

namespace party {

using rtc::SessionDescription;

struct SendingPeer::Link {
  SendingPeer* peer; /* loop; nullptr after the peer */
};

namespace {

/* A promise whose reply is seen by @reply, on any thread. */
GstPromise* promise(std::function<void(const GstStructure*)> reply) {
  using Reply = std::function<void(const GstStructure*)>;
  return gst_promise_new_with_change_func(
      [](GstPromise* promise, gpointer data) {
        const auto owned = glib::Ref<GstPromise>::adopt(promise);
        (*static_cast<Reply*>(data))(gst_promise_get_reply(promise));
      },
      new Reply(std::move(reply)), [](gpointer data) { delete static_cast<Reply*>(data); });
}

const char* name_of(SessionDescription::Type type) {
  return type == SessionDescription::Type::Offer ? "offer" : "answer";
}

glib::Unique<GstWebRTCSessionDescription> parse(const SessionDescription& description) {
  GstSDPMessage* message = nullptr;
  g_assert(gst_sdp_message_new_from_text(description.sdp.c_str(), &message) == GST_SDP_OK);
  return glib::Unique<GstWebRTCSessionDescription>(gst_webrtc_session_description_new(
      description.type == SessionDescription::Type::Offer ? GST_WEBRTC_SDP_TYPE_OFFER
                                                          : GST_WEBRTC_SDP_TYPE_ANSWER,
      message));
}

/* webrtcbin names no stream in its media sections. */
std::string with_stream(const GstSDPMessage* message, const std::string& stream_id) {
  GstSDPMessage* raw = nullptr;
  gst_sdp_message_copy(message, &raw);
  const glib::Unique<GstSDPMessage> copy(raw);
  for (guint i = 0; i < gst_sdp_message_medias_len(raw); ++i) {
    auto* media = const_cast<GstSDPMedia*>(gst_sdp_message_get_media(raw, i));
    const std::string value = stream_id + " track" + std::to_string(i);
    gst_sdp_media_add_attribute(media, "msid", value.c_str());
  }
  const glib::Unique<char> text(gst_sdp_message_as_text(raw));
  return text.get();
}

}  // namespace

Source tone() {
  return {
      "audiotestsrc is-live=true freq=440 samplesperbuffer=960 ! audio/x-raw,rate=48000,"
      "channels=1 ! opusenc ! rtpopuspay pt=111",
      "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,"
      "encoding-params=(string)2"};
}

Source red_picture() {
  return {
      "videotestsrc is-live=true pattern=solid-color foreground-color=0xffff0000 ! "
      "video/x-raw,width=160,height=120,framerate=15/1 ! vp8enc deadline=1 "
      "keyframe-max-dist=15 ! rtpvp8pay pt=96",
      "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000"};
}

SendingPeer::SendingPeer(rtc::Loop& loop, rtc::PeerId id, rtc::PeerOptions options,
                         const Media& media, Observer& observer)
    : loop_(loop),
      id_(id),
      stream_id_(std::move(options.stream_id)),
      observer_(observer),
      pipeline_(glib::Ref<GstElement>::sink(gst_pipeline_new(nullptr))),
      webrtc_(gst_element_factory_make("webrtcbin", nullptr)),
      link_(std::make_shared<Link>(Link{this})) {
  gst_util_set_object_arg(G_OBJECT(webrtc_), "bundle-policy", "max-bundle");
  gst_bin_add(GST_BIN(pipeline_.get()), webrtc_);
  if (media.prepare) media.prepare(GST_BIN(pipeline_.get()), webrtc_);
  if (media.audio) add_sender(media.audio_source);
  if (media.video) add_sender(media.video_source);
  connect_signals();
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

SendingPeer::~SendingPeer() {
  link_->peer = nullptr;
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

void SendingPeer::add_sender(const Source& source) {
  GstElement* sender = gst_parse_bin_from_description(source.line.c_str(), FALSE, nullptr);
  g_assert(sender);
  const auto end =
      glib::Ref<GstPad>::adopt(gst_bin_find_unlinked_pad(GST_BIN(sender), GST_PAD_SRC));
  gst_element_add_pad(sender, gst_ghost_pad_new("src", end.get()));
  gst_bin_add(GST_BIN(pipeline_.get()), sender);
  const auto caps = glib::Ref<GstCaps>::adopt(gst_caps_from_string(source.caps.c_str()));
  const auto sink = glib::Ref<GstPad>::adopt(gst_element_request_pad(
      webrtc_, gst_element_get_pad_template(webrtc_, "sink_%u"), nullptr, caps.get()));
  /* An offer must not wait for the first packet to have its section. */
  GObject* transceiver = nullptr;
  g_object_get(sink.get(), "transceiver", &transceiver, nullptr);
  const auto owned = glib::Ref<GObject>::adopt(transceiver);
  g_object_set(transceiver, "codec-preferences", caps.get(), nullptr);
  const auto pad = glib::Ref<GstPad>::adopt(gst_element_get_static_pad(sender, "src"));
  g_assert(gst_pad_link(pad.get(), sink.get()) == GST_PAD_LINK_OK);
}

void SendingPeer::connect_signals() {
  glib::connect<void, guint, const char*>(
      webrtc_, "on-ice-candidate",
      [&loop = loop_, link = link_](guint mline, const char* candidate) {
        rtc::IceCandidate local{candidate, "", static_cast<int>(mline)};
        loop.post([link, local] {
          if (link->peer) link->peer->hand_out(local);
        });
      });
  glib::connect<void, GParamSpec*>(webrtc_, "notify::connection-state",
                                   [this, &loop = loop_, link = link_](GParamSpec*) {
                                     loop.post([this, link] {
                                       if (link->peer) check_connected();
                                     });
                                   });
}

void SendingPeer::hand_out(rtc::IceCandidate candidate) {
  if (local_is_set_)
    observer_.on_local_candidate(id_, std::move(candidate));
  else
    local_candidates_.push_back(std::move(candidate));
}

void SendingPeer::check_connected() {
  GstWebRTCPeerConnectionState state{};
  g_object_get(webrtc_, "connection-state", &state, nullptr);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED)
    observer_.on_peer_state(id_, rtc::PeerState::Connected);
}

void SendingPeer::create_offer(const rtc::OfferOptions&) {
  create(SessionDescription::Type::Offer);
}

void SendingPeer::create(SessionDescription::Type type) {
  auto reply = [this, &loop = loop_, link = link_, type](const GstStructure* structure) {
    const auto copy = std::shared_ptr<GstStructure>(gst_structure_copy(structure),
                                                    [](auto* s) { gst_structure_free(s); });
    loop.post([this, link, type, copy] {
      if (link->peer) created(type, copy.get());
    });
  };
  const std::string signal = std::string("create-") + name_of(type);
  g_signal_emit_by_name(webrtc_, signal.c_str(), nullptr, promise(std::move(reply)));
}

void SendingPeer::created(SessionDescription::Type type, const GstStructure* reply) {
  GstWebRTCSessionDescription* raw = nullptr;
  gst_structure_get(reply, name_of(type), GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
  g_assert(raw);
  const glib::Unique<GstWebRTCSessionDescription> description(raw);
  const std::string text = with_stream(raw->sdp, stream_id_);
  auto set = [this, &loop = loop_, link = link_, type, text](const GstStructure*) {
    loop.post([this, link, type, text] {
      if (!link->peer) return;
      local_is_set_ = true;
      observer_.on_local_description(id_, {type, text});
      for (auto& candidate : std::exchange(local_candidates_, {})) hand_out(std::move(candidate));
    });
  };
  g_signal_emit_by_name(webrtc_, "set-local-description", raw, promise(std::move(set)));
}

void SendingPeer::set_remote_description(const SessionDescription& description) {
  const auto parsed = parse(description);
  auto set = [this, &loop = loop_, link = link_, type = description.type](const GstStructure*) {
    loop.post([this, link, type] {
      if (link->peer) remote_is_set(type);
    });
  };
  g_signal_emit_by_name(webrtc_, "set-remote-description", parsed.get(), promise(std::move(set)));
}

void SendingPeer::remote_is_set(SessionDescription::Type type) {
  remote_is_set_ = true;
  for (const auto& candidate : std::exchange(remote_candidates_, {}))
    add_remote_candidate(candidate);
  if (type == SessionDescription::Type::Offer) create(SessionDescription::Type::Answer);
}

void SendingPeer::add_remote_candidate(const rtc::IceCandidate& candidate) {
  if (!remote_is_set_) return remote_candidates_.push_back(candidate);
  if (candidate.candidate.empty()) return;
  /* Everything is bundled into the first section. */
  g_signal_emit_by_name(webrtc_, "add-ice-candidate", 0, candidate.candidate.c_str());
}

}  // namespace party
