/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/record_session.h"

/* The properties of matrixcallrecorder: their documentation, and how they read and write
 * RecordSettings. */
namespace matrixcall {

enum RecorderProperty : guint {
  RECORDER_0,
  RECORDER_LOCATION,
  RECORDER_MANIFEST,
  RECORDER_CAPTIONS,
  RECORDER_SPEECH,
  RECORDER_RECORDING, /* no setting: the element answers it itself */
  RECORDER_PAUSE,
  RECORDER_MAX_FILE_TIME,
  RECORDER_MAX_FILE_SIZE,
};

void install_recorder_properties(GObjectClass* klass);
media::RecordSettings default_record_settings();

/* False: @id is none of the settings. */
bool set_record_setting(media::RecordSettings& settings, guint id, const GValue* value);
bool get_record_setting(const media::RecordSettings& settings, guint id, GValue* value);

}  // namespace matrixcall
