/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>

#include "gst/gst_ptr.h"

namespace media {

/* What becomes of a feed at present. */
enum class Activity { Idle, Active, Muted, Stalled, Ended };
/* What a feed shows of its participant. */
enum class FeedKind { Audio, Video, Screen, ScreenAudio };

/* What the sticky event matrixcall/activity says: whose feed the stream is, and what becomes of
 * it from here on. It is in every feed after the segment and before the first buffer, and again
 * at each change, between the last buffer before and the first one after it. */
struct ActivityNews {
  std::string room{}; /* id */
  std::string call_id{};
  std::string user_id{};
  std::string device_id{};
  std::string session_id{};
  std::string display_name{};
  FeedKind kind = FeedKind::Audio;
  Activity activity = Activity::Idle;
  bool muted = false;   /* by the participant, also if it is stalled or ended as well */
  std::string trust{};  /* as the pad's property */
  std::string reason{}; /* of Ended: "left", "call-ended", ... */
  GstClockTime running_time = GST_CLOCK_TIME_NONE; /* of the change; NONE before PLAYING */
  gint64 utc = 0;                                  /* the same moment, us since 1970 */
  bool operator==(const ActivityNews&) const = default;
};

/* "idle", "active", "muted", "stalled", "ended" */
const char* name_of(Activity activity);
/* "audio", "video", "screen", "screen_audio" */
const char* name_of(FeedKind kind);

/* Its fields: version (uint, 1), room, call-id, user-id, device-id, session-id, display-name,
 * kind, activity, trust, reason (strings, none is NULL), muted (boolean), running-time (uint64),
 * utc (int64). */
glib::Ref<GstEvent> activity_event(const ActivityNews& news);
/* Empty if @event is another event, or says what this version does not know. Fields that are
 * missing keep their defaults. */
std::optional<ActivityNews> parse_activity(GstEvent* event);

}  // namespace media
