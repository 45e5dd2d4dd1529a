/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "plugin/settings.h"

/* The element's properties: their documentation, and how they read and write Settings. */
namespace matrixcall {

enum Property : guint {
  PROP_0,
  PROP_HOMESERVER,
  PROP_USER_ID,
  PROP_DEVICE_ID,
  PROP_ACCESS_TOKEN,
  PROP_ACCESS_TOKEN_FILE,
  PROP_PASSWORD,
  PROP_TLS_CA_FILE,
  PROP_STORE,
  PROP_STORE_KEY_FILE,
  PROP_RECOVERY_KEY_FILE,
  PROP_SIGNALLING_ENCRYPTION,
  PROP_ACCEPT_PLAINTEXT,
  PROP_DEVICE_TRUST,
  PROP_ROOM,
  PROP_CALL_ID,
  PROP_CREATE,
  PROP_INTENT,
  PROP_SELECT_FIRST,
  PROP_SELECT_LAST = PROP_SELECT_FIRST + SELECT_COUNT - 1,
  PROP_OUTPUT,
  PROP_PAD_NAMING,
  PROP_MUTED_OUTPUT,
  PROP_IDLE_VIDEO_CAPS,
  PROP_STALL_TIMEOUT,
  PROP_LATENCY,
  PROP_MAX_PARTICIPANTS,
  PROP_MAX_DEVICES_PER_USER,
  PROP_SEND_FIRST,
  PROP_SEND_LAST = PROP_SEND_FIRST + SEND_COUNT - 1,
  PROP_STUN_SERVER,
  PROP_TURN_SERVER,
  PROP_ICE_TRANSPORT_POLICY,
  PROP_LEAVE_WHEN_EMPTY,
  PROP_EMPTY_TIMEOUT,
  PROP_MAX_DURATION,
  /* Not settings: the element answers these itself. */
  PROP_STATE,
  PROP_PARTICIPANTS,
  PROP_STATS,
  PROP_LAST
};

void install_properties(GObjectClass* klass);
/* For g_object_notify_by_pspec(). */
GParamSpec* property_spec(Property id);

/* Of the range that a video is encoded in. */
bool is_bitrate(guint id);

/* False: @id is none of the settings. */
bool set_setting(Settings& settings, guint id, const GValue* value);
bool get_setting(const Settings& settings, guint id, GValue* value);

}  // namespace matrixcall
