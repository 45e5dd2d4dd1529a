/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/properties.h"

#include <optional>

namespace matrixcall {
namespace {

GParamSpec* specs[PROP_LAST];

const Settings defaults;

constexpr auto read_only = GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
constexpr auto before_start =
    GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
/* What is secret can be set and never read: readable properties end up in the output of
 * gst-launch-1.0 -v and in dot files. */
constexpr auto secret =
    GParamFlags(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto while_playing =
    GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

GParamSpec* text(const char* name, const char* nick, const char* blurb,
                 GParamFlags flags = before_start) {
  return g_param_spec_string(name, nick, blurb, nullptr, flags);
}

GParamSpec* flag(const char* name, const char* nick, const char* blurb, bool value) {
  return g_param_spec_boolean(name, nick, blurb, value, before_start);
}

GParamSpec* number(const char* name, const char* nick, const char* blurb, guint least, guint most,
                   guint value, GParamFlags flags = before_start) {
  return g_param_spec_uint(name, nick, blurb, least, most, value, flags);
}

template <typename E>
GParamSpec* choice(const char* name, const char* nick, const char* blurb, GType type, E value) {
  return g_param_spec_enum(name, nick, blurb, type, static_cast<int>(value), before_start);
}

void describe_silence() {
  specs[PROP_MUTED_OUTPUT] = g_param_spec_enum(
      "muted-output", "Muted output",
      "What flows in a feed that is muted, or of which nothing arrives. The pads' property of the "
      "same name follows this one until it is set itself",
      muted_output_type(), static_cast<int>(defaults.muted_output), while_playing);
  specs[PROP_IDLE_VIDEO_CAPS] = g_param_spec_boxed(
      "idle-video-caps", "Idle video caps",
      "Width, height and framerate of what is sent for a video that is muted from the start, like "
      "video/x-raw,width=1280,height=720; 640x360 with a variable framerate if not set",
      GST_TYPE_CAPS, before_start);
  specs[PROP_STALL_TIMEOUT] =
      number("stall-timeout", "Stall timeout",
             "Milliseconds without a packet after which a feed that is not muted is stalled", 100,
             60000, defaults.stall_timeout_ms);
}

void describe_login() {
  specs[PROP_HOMESERVER] = text(
      "homeserver", "Homeserver",
      "Base URL of the user's homeserver, like https://matrix.example.org; plain http only for "
      "servers on this machine");
  specs[PROP_USER_ID] =
      text("user-id", "User id",
           "Who joins, like @user:example.org; needed with a password, found out with a token");
  specs[PROP_DEVICE_ID] = text(
      "device-id", "Device id",
      "With a password: the device to log in as, a new one if not set. With a token: the device "
      "that it must belong to, found out if not set");
  specs[PROP_ACCESS_TOKEN] =
      text("access-token", "Access token",
           "Access token of a device that was made for this program and is used by nothing else. "
           "Other users of this machine can read it off a command line: prefer access-token-file",
           secret);
  specs[PROP_ACCESS_TOKEN_FILE] =
      text("access-token-file", "Access token file",
           "File whose first line is the access token, like /run/secrets/matrix-token");
  specs[PROP_PASSWORD] =
      text("password", "Password",
           "Password of user-id: logs in as a new device, which is logged out at the end, unless "
           "store is set: then it is kept there and used again",
           secret);
  specs[PROP_TLS_CA_FILE] =
      text("tls-ca-file", "TLS CA file",
           "PEM file of certificates to trust in addition to the system's, for homeservers with a "
           "certificate of their own, like /etc/ssl/private-ca.pem");
}

void describe_trust() {
  specs[PROP_STORE] =
      text("store", "Store",
           "Folder for the device's encryption keys and what it has read so far, one file for each "
           "device. With a token: gst-matrix-call in the user's data folder if not set. With a "
           "password: nothing is kept if not set");
  specs[PROP_STORE_KEY_FILE] =
      text("store-key-file", "Store key file",
           "File with at least 32 random bytes that what is secret in the store is encrypted "
           "under; made beside the store if not set");
  specs[PROP_RECOVERY_KEY_FILE] =
      text("recovery-key-file", "Recovery key file",
           "File whose first line is the user's recovery key (also called security key), which "
           "another client showed when it set up cross-signing: our device is signed with it, so "
           "that others do not see it as unverified. The key is kept nowhere");
  specs[PROP_SIGNALLING_ENCRYPTION] =
      choice("signalling-encryption", "Signalling encryption",
             "Whether call signalling is encrypted from device to device (Olm). auto: it is with "
             "devices that have keys; with others it is clear, which lets both homeservers see "
             "addresses and replace the certificates of the media, and is refused in encrypted "
             "rooms. required: others are refused everywhere",
             signalling_encryption_type(), defaults.signalling_encryption);
  specs[PROP_ACCEPT_PLAINTEXT] = flag(
      "accept-plaintext", "Accept plaintext",
      "Clear call signalling is sent and taken in encrypted rooms too", defaults.accept_plaintext);
  specs[PROP_DEVICE_TRUST] =
      choice("device-trust", "Device trust",
             "Which devices are connected to: any, or only those that their owner has verified",
             device_trust_type(), defaults.device_trust);
}

void describe_call() {
  specs[PROP_ROOM] = text("room", "Room",
                          "The room of the call: an alias like #standup:example.org, or an id like "
                          "!id:example.org. A public room, or one we are invited to, is joined");
  specs[PROP_CALL_ID] = text("call-id", "Call id",
                             "Which of the room's calls to join (the state key of its call event); "
                             "the one that is going on if not set");
  specs[PROP_CREATE] =
      flag("create", "Create", "Start a call if the room has none; else that is an error",
           defaults.create);
  specs[PROP_INTENT] = choice("intent", "Intent", "What a call that we start asks of the room",
                              intent_type(), defaults.intent);
}

void describe_receiving() {
  for (guint i = 0; i < SELECT_COUNT; i++)
    specs[PROP_SELECT_FIRST + i] = describe(static_cast<SelectionProperty>(i));
  specs[PROP_OUTPUT] =
      choice("output", "Output",
             "Whether feeds leave as they were sent or decoded; auto asks what is linked to the "
             "pad, and prefers encoded",
             output_type(), defaults.output);
  specs[PROP_PAD_NAMING] =
      choice("pad-naming", "Pad naming",
             "What follows the kind in the name of a source pad: video_0, or video_alice (lower "
             "case; bytes outside of [a-z0-9._-] as - and two hexadecimal digits; -device and then "
             "a number added where two would be equal)",
             pad_naming_type(), defaults.pad_naming);
  specs[PROP_LATENCY] =
      number("latency", "Latency",
             "Milliseconds that media is held back so that late and repeated packets still find "
             "their place. What the pipeline is told is 40 ms more, for decoding",
             0, 10000, defaults.latency_ms, while_playing);
  specs[PROP_MAX_PARTICIPANTS] =
      number("max-participants", "Max participants",
             "So many devices of others are connected to at most; later ones are left out", 1, 1000,
             defaults.max_participants);
  specs[PROP_MAX_DEVICES_PER_USER] =
      number("max-devices-per-user", "Max devices per user",
             "So many devices of one user are connected to at most; further ones are left out", 1,
             1000, defaults.max_devices_per_user);
}

std::optional<SelectionProperty> selection_property(guint id) {
  if (id < PROP_SELECT_FIRST || id > PROP_SELECT_LAST) return std::nullopt;
  return static_cast<SelectionProperty>(id - PROP_SELECT_FIRST);
}

void describe_sending() {
  for (guint i = 0; i < SEND_COUNT; i++)
    specs[PROP_SEND_FIRST + i] = describe(static_cast<SendProperty>(i));
}

std::optional<SendProperty> send_property(guint id) {
  if (id < PROP_SEND_FIRST || id > PROP_SEND_LAST) return std::nullopt;
  return static_cast<SendProperty>(id - PROP_SEND_FIRST);
}

void describe_network() {
  specs[PROP_STUN_SERVER] =
      text("stun-server", "STUN server",
           "A STUN server, like stun://stun.example.org:3478. Setting this or turn-server replaces "
           "the servers that the homeserver offers");
  specs[PROP_TURN_SERVER] =
      text("turn-server", "TURN server",
           "A TURN server with user and password (percent-encoded), like "
           "turn://user:password@turn.example.org:3478?transport=udp. Setting this or stun-server "
           "replaces the servers that the homeserver offers",
           secret);
  specs[PROP_ICE_TRANSPORT_POLICY] = g_param_spec_enum(
      "ice-transport-policy", "ICE transport policy",
      "relay: connect through TURN servers only, so that participants do not see our address",
      GST_TYPE_WEBRTC_ICE_TRANSPORT_POLICY, GST_WEBRTC_ICE_TRANSPORT_POLICY_ALL, before_start);
}

void describe_leaving() {
  specs[PROP_LEAVE_WHEN_EMPTY] =
      flag("leave-when-empty", "Leave when empty",
           "Leave, and end every stream, when everybody else has left: empty-timeout seconds after "
           "the last one, and never before somebody was there",
           defaults.leave_when_empty);
  specs[PROP_EMPTY_TIMEOUT] =
      number("empty-timeout", "Empty timeout",
             "Seconds that leave-when-empty waits for somebody to come back (reloading a browser's "
             "page is leaving and coming back)",
             0, G_MAXUINT / 1000, defaults.empty_timeout_s);
  specs[PROP_MAX_DURATION] =
      number("max-duration", "Max duration",
             "Leave, and end every stream, so many seconds after we joined, like 3600; 0: never", 0,
             G_MAXUINT / 1000, defaults.max_duration_s);
}

void describe_news() {
  specs[PROP_STATE] =
      g_param_spec_enum("state", "State", "How far we got with the call", call_state_type(),
                        static_cast<int>(CallState::Idle), read_only);
  specs[PROP_PARTICIPANTS] = gst_param_spec_array(
      "participants", "Participants",
      "The other devices in the call: structures with user-id, device-id, session-id and "
      "display-name",
      g_param_spec_boxed("participant", "Participant", "One device in the call", GST_TYPE_STRUCTURE,
                         read_only),
      read_only);
  specs[PROP_STATS] = g_param_spec_boxed(
      "stats", "Stats",
      "What was received: dropped (how many messages and events were dropped, by why) and peers "
      "(the WebRTC statistics of each connection)",
      GST_TYPE_STRUCTURE, read_only);
}

std::string* string_of(Settings& settings, guint id) {
  switch (id) {
    case PROP_HOMESERVER:
      return &settings.homeserver;
    case PROP_USER_ID:
      return &settings.user_id;
    case PROP_DEVICE_ID:
      return &settings.device_id;
    case PROP_ACCESS_TOKEN:
      return &settings.access_token;
    case PROP_ACCESS_TOKEN_FILE:
      return &settings.access_token_file;
    case PROP_PASSWORD:
      return &settings.password;
    case PROP_TLS_CA_FILE:
      return &settings.tls_ca_file;
    case PROP_STORE:
      return &settings.store;
    case PROP_STORE_KEY_FILE:
      return &settings.store_key_file;
    case PROP_RECOVERY_KEY_FILE:
      return &settings.recovery_key_file;
    case PROP_ROOM:
      return &settings.room;
    case PROP_CALL_ID:
      return &settings.call_id;
    case PROP_STUN_SERVER:
      return &settings.stun_server;
    case PROP_TURN_SERVER:
      return &settings.turn_server;
    default:
      return nullptr;
  }
}

unsigned* number_of(Settings& settings, guint id) {
  switch (id) {
    case PROP_LATENCY:
      return &settings.latency_ms;
    case PROP_STALL_TIMEOUT:
      return &settings.stall_timeout_ms;
    case PROP_MAX_PARTICIPANTS:
      return &settings.max_participants;
    case PROP_MAX_DEVICES_PER_USER:
      return &settings.max_devices_per_user;
    case PROP_EMPTY_TIMEOUT:
      return &settings.empty_timeout_s;
    case PROP_MAX_DURATION:
      return &settings.max_duration_s;
    default:
      return nullptr;
  }
}

bool* flag_of(Settings& settings, guint id) {
  switch (id) {
    case PROP_ACCEPT_PLAINTEXT:
      return &settings.accept_plaintext;
    case PROP_CREATE:
      return &settings.create;
    case PROP_LEAVE_WHEN_EMPTY:
      return &settings.leave_when_empty;
    default:
      return nullptr;
  }
}

}  // namespace

void install_properties(GObjectClass* klass) {
  describe_login();
  describe_trust();
  describe_call();
  describe_receiving();
  describe_silence();
  describe_sending();
  describe_network();
  describe_leaving();
  describe_news();
  g_object_class_install_properties(klass, PROP_LAST, specs);
}

GParamSpec* property_spec(Property id) {
  return specs[id];
}

bool is_bitrate(guint id) {
  const auto property = send_property(id);
  return property && (*property == SEND_BITRATE || *property == SEND_MIN_BITRATE);
}

bool set_setting(Settings& settings, guint id, const GValue* value) {
  if (auto* string = string_of(settings, id)) {
    const char* given = g_value_get_string(value);
    *string = given ? given : "";
  } else if (auto* number = number_of(settings, id)) {
    *number = g_value_get_uint(value);
  } else if (auto* flag = flag_of(settings, id)) {
    *flag = g_value_get_boolean(value);
  } else if (id == PROP_SIGNALLING_ENCRYPTION) {
    settings.signalling_encryption = static_cast<SignallingEncryption>(g_value_get_enum(value));
  } else if (id == PROP_DEVICE_TRUST) {
    settings.device_trust = static_cast<DeviceTrust>(g_value_get_enum(value));
  } else if (id == PROP_INTENT) {
    settings.intent = static_cast<matrix::Intent>(g_value_get_enum(value));
  } else if (id == PROP_OUTPUT) {
    settings.output = static_cast<media::Feed::Output>(g_value_get_enum(value));
  } else if (id == PROP_MUTED_OUTPUT) {
    settings.muted_output = static_cast<media::MutedOutput>(g_value_get_enum(value));
  } else if (id == PROP_IDLE_VIDEO_CAPS) {
    settings.idle_video_caps =
        glib::Ref<GstCaps>::share(static_cast<GstCaps*>(g_value_get_boxed(value)));
  } else if (id == PROP_PAD_NAMING) {
    settings.pad_naming = static_cast<PadNaming>(g_value_get_enum(value));
  } else if (id == PROP_ICE_TRANSPORT_POLICY) {
    settings.relay_only = g_value_get_enum(value) == GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY;
  } else if (const auto selecting = selection_property(id)) {
    set_setting(settings.selection, *selecting, value);
  } else if (const auto property = send_property(id)) {
    set_setting(settings.send, *property, value);
  } else {
    return false;
  }
  return true;
}

bool get_setting(const Settings& settings, guint id, GValue* value) {
  Settings copy = settings;
  if (const auto* string = string_of(copy, id)) {
    g_value_set_string(value, string->empty() ? nullptr : string->c_str());
  } else if (const auto* number = number_of(copy, id)) {
    g_value_set_uint(value, *number);
  } else if (const auto* flag = flag_of(copy, id)) {
    g_value_set_boolean(value, *flag);
  } else if (id == PROP_SIGNALLING_ENCRYPTION) {
    g_value_set_enum(value, static_cast<int>(settings.signalling_encryption));
  } else if (id == PROP_DEVICE_TRUST) {
    g_value_set_enum(value, static_cast<int>(settings.device_trust));
  } else if (id == PROP_INTENT) {
    g_value_set_enum(value, static_cast<int>(settings.intent));
  } else if (id == PROP_OUTPUT) {
    g_value_set_enum(value, static_cast<int>(settings.output));
  } else if (id == PROP_MUTED_OUTPUT) {
    g_value_set_enum(value, static_cast<int>(settings.muted_output));
  } else if (id == PROP_IDLE_VIDEO_CAPS) {
    g_value_set_boxed(value, settings.idle_video_caps.get());
  } else if (id == PROP_PAD_NAMING) {
    g_value_set_enum(value, static_cast<int>(settings.pad_naming));
  } else if (id == PROP_ICE_TRANSPORT_POLICY) {
    g_value_set_enum(value, settings.relay_only ? GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY
                                                : GST_WEBRTC_ICE_TRANSPORT_POLICY_ALL);
  } else if (const auto selecting = selection_property(id)) {
    get_setting(settings.selection, *selecting, value);
  } else if (const auto property = send_property(id)) {
    get_setting(settings.send, *property, value);
  } else {
    return false;
  }
  return true;
}

}  // namespace matrixcall
