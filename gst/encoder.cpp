/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/encoder.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gst/media_log.h"

GLIB_FREE(GList, gst_plugin_feature_list_free);

namespace media {

using glib::Ref;
using glib::Unique;

namespace {

struct Setting {
  const char* encoder; /* the factory's name, or what it begins with */
  const char* name;
  const char* value;
};

/* Realtime, no frame held back or dropped, key frames when asked for. What an encoder does not
 * know is left out, so one that is not named here works as well. */
constexpr Setting settings_table[] = {
    {"vp", "deadline", "1"},
    {"vp", "cpu-used", "8"},
    {"vp", "end-usage", "cbr"},
    {"vp", "lag-in-frames", "0"},
    {"vp", "keyframe-max-dist", "3000"},
    {"vp", "max-quantizer", "56"},
    {"vp", "buffer-size", "1000"},
    {"vp", "buffer-initial-size", "500"},
    {"vp", "buffer-optimal-size", "600"},
    {"vp", "static-threshold", "1"},
    {"vp", "threads", "2"},
    {"vp9", "row-mt", "true"},
    {"x264enc", "tune", "zerolatency"},
    {"x264enc", "speed-preset", "ultrafast"},
    {"x264enc", "key-int-max", "3000"},
    {"openh264enc", "rate-control", "bitrate"},
    {"openh264enc", "complexity", "low"},
    {"openh264enc", "gop-size", "3000"},
    {"opusenc", "audio-type", "generic"},
};

bool has_property(GstElement* element, const char* name) {
  return g_object_class_find_property(G_OBJECT_GET_CLASS(element), name) != nullptr;
}

std::string_view factory_name(GstElement* element) {
  return GST_OBJECT_NAME(gst_element_get_factory(element));
}

void set(GstElement* encoder, const char* name, const char* value) {
  if (has_property(encoder, name)) gst_util_set_object_arg(G_OBJECT(encoder), name, value);
}

/* By rank, the highest first. */
Unique<GList> encoders_of(const Codec& codec) {
  const auto kind = codec.kind == rtc::MediaKind::Video ? GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO
                                                        : GST_ELEMENT_FACTORY_TYPE_MEDIA_AUDIO;
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(codec.encoded_caps));
  const Unique<GList> all(gst_element_factory_list_get_elements(
      GST_ELEMENT_FACTORY_TYPE_ENCODER | kind, GST_RANK_MARGINAL));
  return Unique<GList>(
      g_list_sort(gst_element_factory_list_filter(all.get(), caps.get(), GST_PAD_SRC, FALSE),
                  gst_plugin_feature_rank_compare_func));
}

void set_up(GstElement* encoder, const EncoderSettings& settings) {
  for (const Setting& each : settings_table)
    if (factory_name(encoder).starts_with(each.encoder)) set(encoder, each.name, each.value);
  set_encoder_bitrate(encoder, settings.bitrate);
  if (factory_name(encoder) == "opusenc") {
    set(encoder, "inband-fec", settings.fec ? "true" : "false");
    /* Without an expectation of loss there is none. */
    set(encoder, "packet-loss-percentage", settings.fec ? "10" : "0");
    set(encoder, "dtx", settings.dtx ? "true" : "false");
  }
  if (settings.screen && factory_name(encoder) == "openh264enc")
    set(encoder, "usage-type", "screen");
}

}  // namespace

bool has_encoder(const Codec& codec) {
  return encoders_of(codec) != nullptr;
}

Ref<GstElement> make_encoder(const Codec& codec, const EncoderSettings& settings) {
  const auto factories = encoders_of(codec);
  for (GList* each = factories.get(); each; each = each->next) {
    auto encoder = Ref<GstElement>::sink(
        gst_element_factory_create(static_cast<GstElementFactory*>(each->data), nullptr));
    if (!encoder) continue;
    /* A driver that is not there shows here. */
    if (gst_element_set_state(encoder.get(), GST_STATE_READY) == GST_STATE_CHANGE_FAILURE) {
      gst_element_set_state(encoder.get(), GST_STATE_NULL);
      continue;
    }
    set_up(encoder.get(), settings);
    return encoder;
  }
  return {};
}

void set_encoder_bitrate(GstElement* encoder, unsigned bitrate) {
  constexpr unsigned kilo = 1000;
  const bool in_bits = factory_name(encoder) == "openh264enc" || factory_name(encoder) == "opusenc";
  if (has_property(encoder, "target-bitrate"))
    set(encoder, "target-bitrate", std::to_string(bitrate).c_str());
  else
    set(encoder, "bitrate", std::to_string(in_bits ? bitrate : bitrate / kilo).c_str());
}

const char* encoded_profile(const Codec& codec) {
  return std::string_view(codec.encoding_name) == "H264"
             ? "video/x-h264, profile=(string)constrained-baseline"
             : "";
}

}  // namespace media
