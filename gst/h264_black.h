/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "gst/gst_ptr.h"

namespace media {

/* A black key frame for an H.264 stream, of a byte for each macroblock (ITU-T H.264, CAVLC,
 * intra 16x16: the first macroblock is made black by its DC coefficient, all others are
 * predicted from their neighbours). It uses the stream's own parameter sets, which
 * @last_key_frame or the codec_data in @caps holds, so that nothing that was said before
 * changes. Empty if there are none, or what they say (CABAC, fields, slice groups, more than
 * 8 bits, other than 4:2:0) needs more than this. @caps tell the form: byte-stream, avc,
 * avc3. */
glib::Ref<GstBuffer> h264_black(GstCaps* caps, GstBuffer* last_key_frame);

/* @caps of H.264, with codec_data if their form needs it, and the same black key frame, for a
 * stream that has not begun: in baseline profile. Empty if @caps are of something else. */
struct H264Start {
  glib::Ref<GstCaps> caps;
  glib::Ref<GstBuffer> key_frame;
};
std::optional<H264Start> start_h264(GstCaps* caps);

}  // namespace media
