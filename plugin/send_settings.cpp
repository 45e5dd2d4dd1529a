/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/send_settings.h"

#include <gst/gst.h>

namespace matrixcall {
namespace {

const SendSettings defaults;

constexpr unsigned lowest_bitrate = 10'000;
constexpr unsigned highest_bitrate = 100'000'000;

constexpr auto before_start =
    GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto while_playing =
    GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

template <typename E>
constexpr GEnumValue value(E value, const char* description, const char* nick) {
  return {static_cast<int>(value), description, nick};
}

GType register_enum(const char* name, const GEnumValue* values) {
  const GType type = g_enum_register_static(name, values);
  gst_type_mark_as_plugin_api(type, GstPluginAPIFlags(0));
  return type;
}

}  // namespace

const char* encoding_name(VideoCodec codec) {
  switch (codec) {
    case VideoCodec::Vp8:
      return "VP8";
    case VideoCodec::H264:
      return "H264";
    case VideoCodec::Vp9:
      return "VP9";
  }
  return "";
}

GType video_codec_type() {
  static const GEnumValue values[] = {
      value(VideoCodec::Vp8, "VP8, which every browser takes", "vp8"),
      value(VideoCodec::H264, "H.264, constrained baseline", "h264"),
      value(VideoCodec::Vp9, "VP9, profile 0", "vp9"),
      {0, nullptr, nullptr},
  };
  static const GType type = register_enum("GstMatrixCallVideoCodec", values);
  return type;
}

GType leave_on_eos_type() {
  static const GEnumValue values[] = {
      value(LeaveOnEos::Auto, "Leave if no source pad is or was linked", "auto"),
      value(LeaveOnEos::Always, "Leave", "true"),
      value(LeaveOnEos::Never, "Stay", "false"),
      {0, nullptr, nullptr},
  };
  static const GType type = register_enum("GstMatrixCallLeaveOnEos", values);
  return type;
}

GParamSpec* describe(SendProperty property) {
  switch (property) {
    case SEND_VIDEO_CODEC:
      return g_param_spec_enum(
          "video-codec", "Video codec",
          "What raw video is encoded as, once for all. If the first participant to be connected "
          "does not take it, or no encoder is installed, another of these is used. Whoever takes "
          "no video of that codec gets none, and a warning tells",
          video_codec_type(), static_cast<int>(defaults.video_codec), before_start);
    case SEND_BITRATE:
      return g_param_spec_uint(
          "bitrate", "Bitrate",
          "Bits per second that a video is encoded with at most. Each participant has an estimate: "
          "a report of more than 10 % loss lowers it by half of the loss, one of less than 2 % "
          "raises it by 8 %. The encoder, which all share, runs at what at least two thirds of "
          "them "
          "can take, so one bad connection costs itself frames and the others nothing",
          lowest_bitrate, highest_bitrate, defaults.bitrate, while_playing);
    case SEND_MIN_BITRATE:
      return g_param_spec_uint(
          "min-bitrate", "Minimum bitrate",
          "Bits per second that a video is encoded with at least, however bad the connections are",
          lowest_bitrate, highest_bitrate, defaults.min_bitrate, while_playing);
    case SEND_OPUS_FEC:
      return g_param_spec_boolean("opus-fec", "Opus FEC",
                                  "Put into each packet of sound what replaces the one before it",
                                  defaults.opus_fec, before_start);
    case SEND_OPUS_DTX:
      return g_param_spec_boolean("opus-dtx", "Opus DTX",
                                  "Send next to nothing while there is silence", defaults.opus_dtx,
                                  before_start);
    case SEND_AUTO_MUTE:
      return g_param_spec_boolean(
          "auto-mute", "Auto mute",
          "Mute send_audio and send_video while nothing but GAP events comes from upstream, as "
          "from a valve with drop-mode=transform-to-gap, until the next buffer; never screens",
          defaults.auto_mute, before_start);
    case SEND_AUTO_MUTE_TIMEOUT:
      return g_param_spec_uint(
          "auto-mute-timeout", "Auto mute timeout",
          "Milliseconds without a buffer after which auto-mute mutes; 0: 1000 for sound, 2000 for "
          "video",
          0, G_MAXUINT / 2, defaults.auto_mute_timeout_ms, before_start);
    case SEND_LEAVE_ON_EOS:
      return g_param_spec_enum(
          "leave-on-eos", "Leave on EOS",
          "What becomes of us when the streams of all send pads have ended; each is taken away "
          "from the call in any case",
          leave_on_eos_type(), static_cast<int>(defaults.leave_on_eos), before_start);
    case SEND_COUNT:
      break;
  }
  return nullptr;
}

void set_setting(SendSettings& settings, SendProperty property, const GValue* value) {
  switch (property) {
    case SEND_VIDEO_CODEC:
      settings.video_codec = static_cast<VideoCodec>(g_value_get_enum(value));
      return;
    case SEND_BITRATE:
      settings.bitrate = g_value_get_uint(value);
      return;
    case SEND_MIN_BITRATE:
      settings.min_bitrate = g_value_get_uint(value);
      return;
    case SEND_OPUS_FEC:
      settings.opus_fec = g_value_get_boolean(value);
      return;
    case SEND_OPUS_DTX:
      settings.opus_dtx = g_value_get_boolean(value);
      return;
    case SEND_AUTO_MUTE:
      settings.auto_mute = g_value_get_boolean(value);
      return;
    case SEND_AUTO_MUTE_TIMEOUT:
      settings.auto_mute_timeout_ms = g_value_get_uint(value);
      return;
    case SEND_LEAVE_ON_EOS:
      settings.leave_on_eos = static_cast<LeaveOnEos>(g_value_get_enum(value));
      return;
    case SEND_COUNT:
      return;
  }
}

void get_setting(const SendSettings& settings, SendProperty property, GValue* value) {
  switch (property) {
    case SEND_VIDEO_CODEC:
      return g_value_set_enum(value, static_cast<int>(settings.video_codec));
    case SEND_BITRATE:
      return g_value_set_uint(value, settings.bitrate);
    case SEND_MIN_BITRATE:
      return g_value_set_uint(value, settings.min_bitrate);
    case SEND_OPUS_FEC:
      return g_value_set_boolean(value, settings.opus_fec);
    case SEND_OPUS_DTX:
      return g_value_set_boolean(value, settings.opus_dtx);
    case SEND_AUTO_MUTE:
      return g_value_set_boolean(value, settings.auto_mute);
    case SEND_AUTO_MUTE_TIMEOUT:
      return g_value_set_uint(value, settings.auto_mute_timeout_ms);
    case SEND_LEAVE_ON_EOS:
      return g_value_set_enum(value, static_cast<int>(settings.leave_on_eos));
    case SEND_COUNT:
      return;
  }
}

}  // namespace matrixcall
