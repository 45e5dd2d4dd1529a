/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/activity.h"

#include <array>
#include <string_view>

namespace media {
namespace {

constexpr const char* event_name = "matrixcall/activity";
constexpr unsigned version = 1;

constexpr std::array activities{Activity::Idle, Activity::Active, Activity::Muted,
                                Activity::Stalled, Activity::Ended};
constexpr std::array kinds{FeedKind::Audio, FeedKind::Video, FeedKind::Screen,
                           FeedKind::ScreenAudio};

std::string text(const GstStructure* structure, const char* field) {
  const char* value = gst_structure_get_string(structure, field);
  return value ? value : "";
}

/* Which of @values is called as @field says. */
template <typename Values>
std::optional<typename Values::value_type> named(const GstStructure* structure, const char* field,
                                                 const Values& values) {
  const std::string name = text(structure, field);
  for (const auto value : values)
    if (name == name_of(value)) return value;
  return std::nullopt;
}

}  // namespace

const char* name_of(Activity activity) {
  switch (activity) {
    case Activity::Idle:
      return "idle";
    case Activity::Active:
      return "active";
    case Activity::Muted:
      return "muted";
    case Activity::Stalled:
      return "stalled";
    case Activity::Ended:
      return "ended";
  }
  return "";
}

const char* name_of(FeedKind kind) {
  switch (kind) {
    case FeedKind::Audio:
      return "audio";
    case FeedKind::Video:
      return "video";
    case FeedKind::Screen:
      return "screen";
    case FeedKind::ScreenAudio:
      return "screen_audio";
  }
  return "";
}

glib::Ref<GstEvent> activity_event(const ActivityNews& news) {
  auto* structure = gst_structure_new(
      event_name, "version", G_TYPE_UINT, version, "room", G_TYPE_STRING, news.room.c_str(),
      "call-id", G_TYPE_STRING, news.call_id.c_str(), "user-id", G_TYPE_STRING,
      news.user_id.c_str(), "device-id", G_TYPE_STRING, news.device_id.c_str(), "session-id",
      G_TYPE_STRING, news.session_id.c_str(), "display-name", G_TYPE_STRING,
      news.display_name.c_str(), "kind", G_TYPE_STRING, name_of(news.kind), "activity",
      G_TYPE_STRING, name_of(news.activity), "muted", G_TYPE_BOOLEAN, news.muted, "trust",
      G_TYPE_STRING, news.trust.c_str(), "reason", G_TYPE_STRING, news.reason.c_str(),
      "running-time", G_TYPE_UINT64, news.running_time, "utc", G_TYPE_INT64, news.utc, nullptr);
  return glib::Ref<GstEvent>::adopt(
      gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, structure));
}

std::optional<ActivityNews> parse_activity(GstEvent* event) {
  if (!gst_event_has_name(event, event_name)) return std::nullopt;
  const GstStructure* structure = gst_event_get_structure(event);
  const auto kind = named(structure, "kind", kinds);
  const auto activity = named(structure, "activity", activities);
  guint its_version = 0;
  if (!kind || !activity || !gst_structure_get_uint(structure, "version", &its_version) ||
      its_version != version)
    return std::nullopt;
  ActivityNews news;
  news.room = text(structure, "room");
  news.call_id = text(structure, "call-id");
  news.user_id = text(structure, "user-id");
  news.device_id = text(structure, "device-id");
  news.session_id = text(structure, "session-id");
  news.display_name = text(structure, "display-name");
  news.kind = *kind;
  news.activity = *activity;
  gboolean muted = FALSE;
  gst_structure_get_boolean(structure, "muted", &muted);
  news.muted = muted;
  news.trust = text(structure, "trust");
  news.reason = text(structure, "reason");
  gst_structure_get_uint64(structure, "running-time", &news.running_time);
  gst_structure_get_int64(structure, "utc", &news.utc);
  return news;
}

}  // namespace media
