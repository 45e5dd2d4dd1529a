/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

namespace matrixcall {

/* What raw video is encoded as, if the first peer takes it. */
enum class VideoCodec { Vp8, H264, Vp9 };
/* Whether the end of what we send is the end of the call for us. */
enum class LeaveOnEos { Auto, Always, Never };

/* What the application wants of what we send. */
struct SendSettings {
  VideoCodec video_codec = VideoCodec::Vp8;
  unsigned bitrate = 1'500'000; /* bit/s, of each video */
  unsigned min_bitrate = 150'000;
  bool opus_fec = true;
  bool opus_dtx = false;
  bool auto_mute = true;
  unsigned auto_mute_timeout_ms = 0; /* 0: by kind */
  LeaveOnEos leave_on_eos = LeaveOnEos::Auto;
};

const char* encoding_name(VideoCodec codec);

GType video_codec_type();
GType leave_on_eos_type();

/* The properties of these settings, by the ids from @first on. Any thread. */
enum SendProperty : guint {
  SEND_VIDEO_CODEC,
  SEND_BITRATE,
  SEND_MIN_BITRATE,
  SEND_OPUS_FEC,
  SEND_OPUS_DTX,
  SEND_AUTO_MUTE,
  SEND_AUTO_MUTE_TIMEOUT,
  SEND_LEAVE_ON_EOS,
  SEND_COUNT
};
GParamSpec* describe(SendProperty property);
void set_setting(SendSettings& settings, SendProperty property, const GValue* value);
void get_setting(const SendSettings& settings, SendProperty property, GValue* value);

}  // namespace matrixcall
