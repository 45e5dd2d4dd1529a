/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/enums.h"

#include "gst/feed.h"
#include "signalling/core/member_events.h"

namespace matrixcall {
namespace {

template <typename E>
constexpr GEnumValue value(E value, const char* description, const char* nick) {
  return {static_cast<int>(value), description, nick};
}

constexpr GEnumValue end_of_values{0, nullptr, nullptr};

/* GLib keeps the array for ever. */
GType register_enum(const char* name, const GEnumValue* values) {
  const GType type = g_enum_register_static(name, values);
  gst_type_mark_as_plugin_api(type, GstPluginAPIFlags(0));
  return type;
}

const char* nick_in(GType type, int value) {
  auto* klass = static_cast<GEnumClass*>(g_type_class_ref(type));
  const char* nick = g_enum_get_value(klass, value)->value_nick;
  g_type_class_unref(klass);
  return nick;
}

}  // namespace

GType activity_type() {
  static const GEnumValue values[] = {
      value(Activity::Idle, "Nothing has arrived yet", "idle"),
      value(Activity::Active, "Media flows", "active"),
      value(Activity::Muted, "The participant muted it", "muted"),
      value(Activity::Stalled, "Nothing arrives, though it is not muted", "stalled"),
      value(Activity::Ended, "Nothing will come any more", "ended"),
      end_of_values,
  };
  static const GType type = register_enum("GstMatrixCallActivity", values);
  return type;
}

GType call_state_type() {
  static const GEnumValue values[] = {
      value(CallState::Idle, "Not started", "idle"),
      value(CallState::Connecting, "Logging in and reading the room", "connecting"),
      value(CallState::Joining, "Writing our entry into the call", "joining"),
      value(CallState::Joined, "In the call", "joined"),
      value(CallState::Leaving, "Taking our entry out of the call", "leaving"),
      value(CallState::Ended, "Out of the call", "ended"),
      end_of_values,
  };
  static const GType type = register_enum("GstMatrixCallState", values);
  return type;
}

GType intent_type() {
  using matrix::Intent;
  static const GEnumValue values[] = {
      value(Intent::Ring, "Ring the members of the room", "ring"),
      value(Intent::Prompt, "Ask the members of the room to join", "prompt"),
      value(Intent::Room, "The room is a place to meet", "room"),
      end_of_values,
  };
  static const GType type = register_enum("GstMatrixCallIntent", values);
  return type;
}

GType muted_output_type() {
  using media::MutedOutput;
  static const GEnumValue values[] = {
      value(MutedOutput::Fill, "Silence, and black pictures", "fill"),
      value(MutedOutput::Gap, "GAP events: a mixer takes the feed out of the picture", "gap"),
      value(MutedOutput::Freeze, "Silence, and the last picture again and again", "freeze"),
      value(MutedOutput::None, "Nothing: what is linked has to cope", "none"),
      end_of_values,
  };
  static const GType type = register_enum("GstMatrixCallMutedOutput", values);
  return type;
}

GType output_type() {
  using Output = media::Feed::Output;
  static const GEnumValue values[] = {
      value(Output::Auto, "Encoded where what is linked takes it, else raw", "auto"),
      value(Output::Raw, "Always decoded", "raw"),
      value(Output::Encoded, "Always as it was sent", "encoded"),
      end_of_values,
  };
  static const GType type = register_enum("GstMatrixCallOutput", values);
  return type;
}

GType pad_naming_type() {
  static const GEnumValue values[] = {
      value(PadNaming::Number, "A number that is never used again", "number"),
      value(PadNaming::User, "The user's name, without the server", "user"),
      end_of_values,
  };
  static const GType type = register_enum("GstMatrixCallPadNaming", values);
  return type;
}

GType signalling_encryption_type() {
  static const GEnumValue values[] = {
      value(SignallingEncryption::Auto,
            "Encrypted to devices with keys, clear to others unless the room is encrypted", "auto"),
      value(SignallingEncryption::Required, "Encrypted or not at all", "required"),
      end_of_values,
  };
  static const GType type = register_enum("GstMatrixCallSignallingEncryption", values);
  return type;
}

GType device_trust_type() {
  static const GEnumValue values[] = {
      value(DeviceTrust::Any, "Every device that the homeservers name", "any"),
      value(DeviceTrust::Signed, "Only devices that their owner has verified (cross-signing)",
            "signed"),
      end_of_values,
  };
  static const GType type = register_enum("GstMatrixCallDeviceTrust", values);
  return type;
}

const char* nick(Activity activity) {
  return nick_in(activity_type(), static_cast<int>(activity));
}

const char* nick(CallState state) {
  return nick_in(call_state_type(), static_cast<int>(state));
}

const char* nick(matrix::Trust trust) {
  switch (trust) {
    case matrix::Trust::Clear:
      return "clear";
    case matrix::Trust::Unsigned:
      return "unsigned";
    case matrix::Trust::Signed:
      return "signed";
  }
  return "";
}

}  // namespace matrixcall
