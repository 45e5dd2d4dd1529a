/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>

#include "gst/feed.h"
#include "plugin/enums.h"
#include "plugin/selection_settings.h"
#include "plugin/send_settings.h"
#include "signalling/base/result.h"
#include "signalling/client/session.h"

namespace matrixcall {

/* What the application wants, as it set it: the values of the properties. */
struct Settings {
  std::string homeserver;
  std::string user_id;
  std::string device_id;
  std::string access_token;
  std::string access_token_file;
  std::string password;
  std::string tls_ca_file;
  std::string store;
  std::string store_key_file;
  std::string recovery_key_file;

  SignallingEncryption signalling_encryption = SignallingEncryption::Auto;
  bool accept_plaintext = false;
  DeviceTrust device_trust = DeviceTrust::Any;

  std::string room;
  std::string call_id;
  bool create = false;
  matrix::Intent intent = matrix::Intent::Prompt;

  SelectionSettings selection;
  media::Feed::Output output = media::Feed::Output::Auto;
  PadNaming pad_naming = PadNaming::Number;
  media::MutedOutput muted_output = media::MutedOutput::Fill;
  glib::Ref<GstCaps> idle_video_caps; /* empty: the feed's own */
  unsigned stall_timeout_ms = 2000;
  unsigned latency_ms = 200;
  unsigned max_participants = 50;
  unsigned max_devices_per_user = 5;

  std::string stun_server;
  std::string turn_server;
  bool relay_only = false;

  SendSettings send;

  bool leave_when_empty = false;
  unsigned empty_timeout_s = 10;
  unsigned max_duration_s = 0; /* 0: for ever */
};

/* What LATENCY is answered with: the latency, and 40 ms for decoding. */
constexpr GstClockTime total_latency(unsigned latency_ms) {
  return (GstClockTime{latency_ms} + 40) * GST_MSECOND;
}

/* What the session is to be given, or what is wrong with the settings: one sentence for
 * what is missing or cannot work. Reads the files of the access token and of the
 * recovery key. No network. */
rtc::Result<matrix::SessionConfig> session_config(const Settings& settings);

}  // namespace matrixcall
