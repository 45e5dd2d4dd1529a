/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/chain.h"

#include <cstring>
#include <utility>

#include "gst/decoders.h"

namespace media {

using glib::Ref;

namespace {

Chain::Exit& exit_of(GstPad* pad) {
  return *static_cast<Chain::Exit*>(gst_pad_get_element_private(pad));
}

GstFlowReturn exit_chain(GstPad* pad, GstObject*, GstBuffer* buffer) {
  const auto event = Ref<GstEvent>::adopt(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0));
  GstClockTime running_time = GST_CLOCK_TIME_NONE;
  if (event) {
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(event.get(), &segment);
    running_time = gst_segment_to_running_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  }
  exit_of(pad).on_buffer(Ref<GstBuffer>::adopt(buffer), running_time);
  return GST_FLOW_OK;
}

gboolean exit_event(GstPad* pad, GstObject*, GstEvent* raw) {
  const auto event = Ref<GstEvent>::adopt(raw);
  if (GST_EVENT_TYPE(raw) == GST_EVENT_CAPS) {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(raw, &caps);
    exit_of(pad).on_caps(caps);
  }
  return TRUE;
}

/* The connections' pipeline adds no latency that would have to be counted. */
gboolean exit_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return gst_pad_query_default(pad, parent, query);
  gst_query_set_latency(query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

gboolean entry_event(GstPad* pad, GstObject*, GstEvent* event) {
  exit_of(pad).on_upstream(Ref<GstEvent>::adopt(event));
  return TRUE;
}

gboolean entry_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  return exit_query(pad, parent, query);
}

void set_if_known(GstElement* element, const char* property, gboolean value) {
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), property))
    g_object_set(element, property, value, nullptr);
}

/* Byte-stream and avc3 survive a change of resolution; avc does not. */
Ref<GstCaps> possible_caps(const Codec& codec) {
  if (std::strcmp(codec.encoding_name, "H264") != 0) return {};
  return Ref<GstCaps>::adopt(gst_caps_from_string(
      "video/x-h264,stream-format=byte-stream,alignment=au;"
      "video/x-h264,stream-format=avc3,alignment=au;video/x-h264,stream-format=avc,alignment=au"));
}

}  // namespace

bool Chain::Plan::operator==(const Plan& other) const {
  if (form != other.form || static_cast<bool>(caps) != static_cast<bool>(other.caps)) return false;
  return !caps || gst_caps_is_equal(caps.get(), other.caps.get());
}

Chain::Plan Chain::plan_for(const Codec& codec, FeedInput& feed) {
  const auto encoded = Ref<GstCaps>::adopt(gst_caps_from_string(codec.encoded_caps));
  Plan plan{feed.form_for(encoded.get()), {}};
  const auto possible = possible_caps(codec);
  if (plan.form == FeedInput::Form::Encoded && possible) plan.caps = feed.choose(possible.get());
  return plan;
}

Chain::Chain(GstBin* pipeline, Plan plan, Exit& exit)
    : plan_(std::move(plan)),
      row_(pipeline, Ref<GstPad>::sink(gst_pad_new("entry", GST_PAD_SRC)),
           Ref<GstPad>::sink(gst_pad_new("exit", GST_PAD_SINK))) {
  gst_pad_set_element_private(row_.entry(), &exit);
  gst_pad_set_event_function(row_.entry(), entry_event);
  gst_pad_set_query_function(row_.entry(), entry_query);
  gst_pad_set_element_private(row_.exit(), &exit);
  gst_pad_set_chain_function(row_.exit(), exit_chain);
  gst_pad_set_event_function(row_.exit(), exit_event);
  gst_pad_set_query_function(row_.exit(), exit_query);
}

rtc::Result<std::unique_ptr<Chain>> Chain::create(GstBin* pipeline, const Codec& codec, Plan plan,
                                                  Exit& exit) {
  auto chain = std::unique_ptr<Chain>(new Chain(pipeline, std::move(plan), exit));
  const bool raw = chain->plan_.form == FeedInput::Form::Raw;
  if (!chain->add(codec.depayloader) || !chain->add_parser(codec) ||
      (raw && !chain->add_decoder(codec)) || !chain->row_.link())
    return rtc::Error{rtc::Error::Kind::Media,
                      std::string("Nothing installed can ") +
                          (raw ? "decode " : "take out of RTP ") + codec.encoding_name +
                          ": install GStreamer's plugins for it.",
                      ""};
  return chain;
}

bool Chain::add(const char* factory) {
  return add(Ref<GstElement>::sink(gst_element_factory_make(factory, nullptr)));
}

bool Chain::add(Ref<GstElement> element) {
  if (!element) return false;
  set_if_known(element.get(), "request-keyframe", TRUE);
  set_if_known(element.get(), "wait-for-keyframe", TRUE);
  set_if_known(element.get(), "plc", TRUE);
  return row_.add(std::move(element));
}

bool Chain::add_parser(const Codec& codec) {
  if (!codec.parser) return true;
  if (!add(codec.parser)) return false;
  /* Parameter sets go into the stream, where a change of resolution finds them. */
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(row_.last()), "config-interval"))
    g_object_set(row_.last(), "config-interval", -1, nullptr);
  if (!plan_.caps) return true;
  if (!add("capsfilter")) return false;
  g_object_set(row_.last(), "caps", plan_.caps.get(), nullptr);
  return true;
}

bool Chain::add_decoder(const Codec& codec) {
  const bool is_video = codec.kind == rtc::MediaKind::Video;
  return add(make_decoder(codec.decoder_caps, is_video ? DecoderKind::Video : DecoderKind::Audio));
}

GstFlowReturn Chain::push(Ref<GstBuffer> packet) {
  return gst_pad_push(row_.entry(), packet.release());
}

void Chain::push(Ref<GstEvent> event) {
  gst_pad_push_event(row_.entry(), event.release());
}

}  // namespace media
