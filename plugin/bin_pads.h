/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <functional>
#include <optional>
#include <string>

/* What the bins that take a whole call's feeds have in common. Any thread. */
namespace matrixcall {

/* 0 without a clock. */
GstClockTime running_time(GstElement* element);

/* A number for a new pad "<kind>_<number>": that of @name, "video_3", if there is one, else the
 * lowest that is free. Empty if the pad is there already. */
std::optional<unsigned> pad_number(GstElement* element, const std::string& kind, const char* name);

/* Calls @function on a thread of its own, with @number: pads are not removed inside the signal
 * that tells of their being unlinked. @element is kept until then. */
void call_later(GstElement* element, void (*function)(GstElement*, unsigned), unsigned number);

}  // namespace matrixcall
