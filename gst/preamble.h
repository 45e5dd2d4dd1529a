/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <vector>

#include "gst/gst_ptr.h"
#include "signalling/base/peer_connection.h"

namespace media {

/* What a pad says before its media, in the only order that GStreamer allows: stream-start,
 * caps, segment, then all other sticky events. Holds back what is too early.
 *
 * The segment is TIME from 0 with base 0: timestamps are running times. Caller holds the
 * push lock of the pad; each call may block as long as downstream does. */
class Preamble {
 public:
  Preamble(GstPad* pad, rtc::MediaKind kind, const std::string& stream_id, guint group_id);

  /* Stream-start; nothing the second time. */
  void start();
  /* Brings a new peer all that went out before it was linked. */
  void catch_up();
  /* With the first caps goes the segment. Equal caps are not repeated. */
  void send_caps(GstCaps* caps);
  void send_sticky(glib::Ref<GstEvent> event);
  /* There will be no caps before the end: lets go of what waits for them. */
  void finish();

  /* Of the last caps sent; nullptr before. */
  GstCaps* caps() const { return caps_.get(); }

 private:
  void keep(glib::Ref<GstEvent> event);
  void send_segment();

  GstPad* const pad_;
  glib::Ref<GstStream> stream_;
  glib::Ref<GstEvent> stream_start_;
  glib::Ref<GstCaps> caps_;
  bool started_ = false;
  bool segment_sent_ = false;
  std::vector<glib::Ref<GstEvent>> early_;
};

}  // namespace media
