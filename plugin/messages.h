/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <string>

#include "plugin/enums.h"
#include "plugin/gstmatrixcallpad.h"
#include "signalling/core/report.h"

/* What the element posts on the bus; the fields are listed in the element's documentation.
 * Any thread. */
namespace matrixcall {

struct StateNews {
  CallState state = CallState::Idle;
  std::string room_id;
  std::string call_id;
  std::string reason; /* why it ended */
};
void post_state(GstElement* element, const StateNews& news);

/* @event: "joined", "changed", "left". */
void post_participant(GstElement* element, const char* event,
                      const matrix::Participant& participant, const std::string& reason);
/* @event: "added", "changed", "removed". */
void post_feed(GstElement* element, const char* event, GstPad* pad, matrix::FeedKind kind,
               const std::string& reason);

/* The end of the call: an ERROR message. */
void post_error(GstElement* element, const rtc::Error& error);
/* The call goes on: a WARNING message. */
void post_warning(GstElement* element, const rtc::Error& error);
/* The same of one participant, which it begins with. @who: nullptr: it has left. */
void post_warning_of(GstElement* element, const matrix::Participant* who, const rtc::Error& error);

/* "matrixcall-participant" with user-id, device-id, session-id and display-name. */
GstStructure* participant_structure(const matrix::Participant& participant);

}  // namespace matrixcall
