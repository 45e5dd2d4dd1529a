/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/send_chain.h"

#include <gst/video/video.h>

#include <string>
#include <string_view>
#include <utility>

namespace media {

using glib::Ref;

namespace {

/* With its header extension, retransmission's header and what SRTP adds, a packet fits where
 * IPv6 does. */
constexpr unsigned mtu = 1180;

SendChain& chain_of(GstPad* pad) {
  return *static_cast<SendChain*>(gst_pad_get_element_private(pad));
}

gboolean swallow_event(GstPad*, GstObject*, GstEvent* event) {
  gst_event_unref(event);
  return TRUE;
}

/* Encoders ask how late they may be; nobody here waits for the clock. */
gboolean answer_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return gst_pad_query_default(pad, parent, query);
  gst_query_set_latency(query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

Ref<GstPad> make_pad(const char* name, GstPadDirection direction, SendChain* chain) {
  auto pad = Ref<GstPad>::sink(gst_pad_new(name, direction));
  gst_pad_set_element_private(pad.get(), chain);
  gst_pad_set_event_function(pad.get(), swallow_event);
  gst_pad_set_query_function(pad.get(), answer_query);
  return pad;
}

void set_if_known(GstElement* element, const char* property, const char* value) {
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), property))
    gst_util_set_object_arg(G_OBJECT(element), property, value);
}

}  // namespace

SendChain::SendChain(GstBin* pipeline, Plan plan, Exit& exit)
    : plan_(std::move(plan)),
      owner_(exit),
      row_(pipeline, make_pad("entry", GST_PAD_SRC, this), make_pad("exit", GST_PAD_SINK, this)) {
  gst_pad_set_chain_function(row_.exit(), exit_chain);
  gst_pad_set_chain_list_function(row_.exit(), exit_chain_list);
}

rtc::Result<std::unique_ptr<SendChain>> SendChain::create(GstBin* pipeline, Plan plan, Exit& exit) {
  auto chain = std::unique_ptr<SendChain>(new SendChain(pipeline, std::move(plan), exit));
  const bool made = (!chain->plan_.encode || chain->add_encoder()) && chain->add_parser() &&
                    chain->add_payloader() && chain->link();
  if (!made)
    return rtc::Error{
        rtc::Error::Kind::Media,
        std::string("Nothing installed can ") + (chain->plan_.encode ? "encode " : "send ") +
            chain->plan_.codec->encoding_name + ": install GStreamer's plugins for it.",
        ""};
  return chain;
}

bool SendChain::add(const char* factory) {
  return row_.add(Ref<GstElement>::sink(gst_element_factory_make(factory, nullptr)));
}

bool SendChain::add_filter(const char* caps) {
  if (!add("capsfilter")) return false;
  gst_util_set_object_arg(G_OBJECT(row_.last()), "caps", caps);
  return true;
}

bool SendChain::add_encoder() {
  const Codec& codec = *plan_.codec;
  if (codec.kind == rtc::MediaKind::Audio) {
    if (!add("audioconvert") || !add("audioresample") ||
        !add_filter("audio/x-raw, rate=(int)48000, channels=(int)[1, 2]"))
      return false;
  } else if (!add("videoconvert")) {
    return false;
  }
  encoder_ = make_encoder(codec, plan_.encoder);
  if (!encoder_) return false;
  if (plan_.on_encoder) plan_.on_encoder(encoder_.get());
  if (!row_.add(encoder_)) return false;
  const std::string_view profile = encoded_profile(codec);
  return profile.empty() || add_filter(profile.data());
}

bool SendChain::add_parser() {
  const Codec& codec = *plan_.codec;
  if (!codec.parser) return true;
  if (!add(codec.parser)) return false;
  set_if_known(row_.last(), "config-interval", "-1");
  return true;
}

bool SendChain::add_payloader() {
  if (!add(plan_.codec->payloader)) return false;
  GstElement* payloader = row_.last();
  g_object_set(payloader, "pt", own_payload(*plan_.codec), "mtu", mtu, "timestamp-offset",
               plan_.timestamp_offset, nullptr);
  /* Receivers tell by them which frames they miss. */
  set_if_known(payloader, "picture-id-mode", "15-bit");
  set_if_known(payloader, "config-interval", "-1");
  set_if_known(payloader, "aggregate-mode", "zero-latency");
  set_if_known(payloader, "dtx", plan_.encoder.dtx ? "true" : "false");
  return true;
}

/* From the payloader on all runs in one thread, so what its input is tells what its packets
 * are. */
void SendChain::watch_frames() {
  const auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(row_.last(), "sink"));
  gst_pad_add_probe(
      input.get(), GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad*, GstPadProbeInfo* info, gpointer data) {
        auto& chain = *static_cast<SendChain*>(data);
        chain.key_frame_ =
            !GST_BUFFER_FLAG_IS_SET(GST_PAD_PROBE_INFO_BUFFER(info), GST_BUFFER_FLAG_DELTA_UNIT);
        chain.starts_ = true;
        return GST_PAD_PROBE_OK;
      },
      this, nullptr);
}

bool SendChain::link() {
  watch_frames();
  if (!row_.link()) return false;
  gst_pad_push_event(row_.entry(), gst_event_new_stream_start("matrixcall"));
  return true;
}

void SendChain::set_caps(GstCaps* caps) {
  gst_pad_push_event(row_.entry(), gst_event_new_caps(caps));
  if (Ref<GstEvent>::adopt(gst_pad_get_sticky_event(row_.entry(), GST_EVENT_SEGMENT, 0))) return;
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(row_.entry(), gst_event_new_segment(&segment));
}

GstFlowReturn SendChain::push(Ref<GstBuffer> buffer) {
  return gst_pad_push(row_.entry(), buffer.release());
}

void SendChain::force_key_frame() {
  if (!encoder_) return;
  gst_pad_push_event(row_.entry(),
                     gst_video_event_new_downstream_force_key_unit(
                         GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, TRUE, 0));
}

void SendChain::set_bitrate(unsigned bitrate) {
  if (encoder_) set_encoder_bitrate(encoder_.get(), bitrate);
}

void SendChain::deliver(Ref<GstBufferList> packets) {
  owner_.on_packets(std::move(packets), key_frame_, std::exchange(starts_, false));
}

GstFlowReturn SendChain::exit_chain(GstPad* pad, GstObject*, GstBuffer* buffer) {
  GstBufferList* list = gst_buffer_list_new_sized(1);
  gst_buffer_list_add(list, buffer);
  chain_of(pad).deliver(Ref<GstBufferList>::adopt(list));
  return GST_FLOW_OK;
}

GstFlowReturn SendChain::exit_chain_list(GstPad* pad, GstObject*, GstBufferList* list) {
  chain_of(pad).deliver(Ref<GstBufferList>::adopt(list));
  return GST_FLOW_OK;
}

}  // namespace media
