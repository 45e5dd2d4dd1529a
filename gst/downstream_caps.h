/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "gst/gst_ptr.h"
#include "signalling/base/peer_connection.h"

namespace media {

/* What is linked to a source pad takes which media. All query the peer: any thread that
 * holds no lock of the pipeline. */

bool is_raw(const GstCaps* caps);
/* Whether a stream of @known that becomes one of @changed says so itself, so that caps need not:
 * H.264 with its parameter sets in band, as avc3. */
bool says_itself(const GstCaps* known, const GstCaps* changed);
/* False if nobody is linked. */
bool takes(GstPad* pad, GstCaps* caps);
/* The first of @possible that is taken, with what the peer asks of it; the first of
 * @possible if none is. */
glib::Ref<GstCaps> first_taken(GstPad* pad, GstCaps* possible);

enum class Wanted { Any, Raw, Encoded };
/* Fixed caps of @kind for a stream that never had media, which its pad template and the
 * peer allow. @idle: raw caps whose width, height and framerate a video gets if it may, or
 * nullptr for 640x360 and 0/1. @expected: encoded caps that may be chosen, or nullptr for any.
 * Empty reference if there are none, or nobody is linked. */
glib::Ref<GstCaps> stand_in(GstPad* pad, rtc::MediaKind kind, Wanted wanted,
                            const GstCaps* idle = nullptr, const GstCaps* expected = nullptr);

}  // namespace media
