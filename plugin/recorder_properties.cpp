/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/recorder_properties.h"

#include <string>

namespace matrixcall {
namespace {

using media::RecordPauses;

constexpr const char* default_location = "{room}/{time}-{user}.mkv";

GType pause_type() {
  static const GEnumValue values[] = {
      {static_cast<int>(RecordPauses::Timeline::Collapse), "Files go on as if no time had passed",
       "collapse"},
      {static_cast<int>(RecordPauses::Timeline::Keep),
       "Files keep their time: silence, and the last picture", "keep"},
      {0, nullptr, nullptr},
  };
  static const GType type = [] {
    const GType made = g_enum_register_static("GstMatrixCallRecorderPause", values);
    gst_type_mark_as_plugin_api(made, GstPluginAPIFlags(0));
    return made;
  }();
  return type;
}

std::string text_of(const GValue* value) {
  const char* text = g_value_get_string(value);
  return text ? text : "";
}

constexpr auto before_start =
    GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
constexpr auto while_playing =
    GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);

}  // namespace

media::RecordSettings default_record_settings() {
  media::RecordSettings settings;
  settings.location = default_location;
  return settings;
}

void install_recorder_properties(GObjectClass* klass) {
  g_object_class_install_property(
      klass, RECORDER_LOCATION,
      g_param_spec_string(
          "location", "Location",
          "Names of the files. {room} {call} {user} {device} {name} (the display name) {kind} "
          "(audio, video, screen, screen_audio; with it each feed has a file of its own) {time} "
          "(UTC, when the file begins) stand for what is made safe as part of a name. Folders are "
          "made; files that are there already are never overwritten",
          default_location, before_start));
  g_object_class_install_property(
      klass, RECORDER_MANIFEST,
      g_param_spec_string("manifest", "Manifest",
                          "Name of the manifest without extension; {room} {call} {time} (when "
                          "the recording began). If not set: {time}-call, beside the files",
                          nullptr, before_start));
  g_object_class_install_property(
      klass, RECORDER_CAPTIONS,
      g_param_spec_boolean("captions", "Captions", "Write who speaks when as WebVTT, too", TRUE,
                           before_start));
  g_object_class_install_property(
      klass, RECORDER_SPEECH,
      g_param_spec_boolean("speech", "Speech",
                           "Find out who speaks, for the manifest and the captions: every "
                           "microphone is listened to",
                           TRUE, before_start));
  g_object_class_install_property(
      klass, RECORDER_RECORDING,
      g_param_spec_boolean("recording", "Recording",
                           "FALSE pauses: nothing said or shown from then on is written. TRUE "
                           "goes on in the same files",
                           TRUE, while_playing));
  g_object_class_install_property(
      klass, RECORDER_PAUSE,
      g_param_spec_enum("pause", "Pause", "What pauses are in the files", pause_type(),
                        static_cast<int>(RecordPauses::Timeline::Collapse), before_start));
  g_object_class_install_property(
      klass, RECORDER_MAX_FILE_TIME,
      g_param_spec_uint("max-file-time", "Max file time",
                        "Begin the next file after so many seconds, at a key frame; 0: never", 0,
                        G_MAXUINT, 0, before_start));
  g_object_class_install_property(
      klass, RECORDER_MAX_FILE_SIZE,
      g_param_spec_uint64("max-file-size", "Max file size",
                          "Begin the next file after so many bytes, at a key frame; 0: never", 0,
                          G_MAXUINT64, 0, before_start));
}

bool set_record_setting(media::RecordSettings& settings, guint id, const GValue* value) {
  switch (id) {
    case RECORDER_LOCATION:
      settings.location = text_of(value);
      break;
    case RECORDER_MANIFEST:
      settings.manifest = text_of(value);
      break;
    case RECORDER_CAPTIONS:
      settings.captions = g_value_get_boolean(value);
      break;
    case RECORDER_SPEECH:
      settings.speech = g_value_get_boolean(value);
      break;
    case RECORDER_PAUSE:
      settings.timeline = static_cast<RecordPauses::Timeline>(g_value_get_enum(value));
      break;
    case RECORDER_MAX_FILE_TIME:
      settings.limits.time = g_value_get_uint(value) * GST_SECOND;
      break;
    case RECORDER_MAX_FILE_SIZE:
      settings.limits.bytes = g_value_get_uint64(value);
      break;
    default:
      return false;
  }
  return true;
}

bool get_record_setting(const media::RecordSettings& settings, guint id, GValue* value) {
  switch (id) {
    case RECORDER_LOCATION:
      g_value_set_string(value, settings.location.c_str());
      break;
    case RECORDER_MANIFEST:
      g_value_set_string(value, settings.manifest.c_str());
      break;
    case RECORDER_CAPTIONS:
      g_value_set_boolean(value, settings.captions);
      break;
    case RECORDER_SPEECH:
      g_value_set_boolean(value, settings.speech);
      break;
    case RECORDER_PAUSE:
      g_value_set_enum(value, static_cast<int>(settings.timeline));
      break;
    case RECORDER_MAX_FILE_TIME:
      g_value_set_uint(value, static_cast<guint>(settings.limits.time / GST_SECOND));
      break;
    case RECORDER_MAX_FILE_SIZE:
      g_value_set_uint64(value, settings.limits.bytes);
      break;
    default:
      return false;
  }
  return true;
}

}  // namespace matrixcall
