/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>
#include <string>

#include "gst/codecs.h"
#include "gst/element_row.h"
#include "gst/feed_input.h"
#include "signalling/base/result.h"

namespace media {

/* The elements that take one track out of RTP and, if it is wanted raw, decode it:
 * depayloader, parser, decoder. There is no queue: all of it runs in the thread that pushes,
 * unless a decoder has threads of its own.
 *
 * Made and used by the streaming thread of the track; destroyed by whoever knows that nobody
 * is inside. */
class Chain {
 public:
  /* What it ends in. */
  class Exit {
   public:
    virtual ~Exit() = default;
    virtual void on_caps(GstCaps* caps) = 0;
    virtual void on_buffer(glib::Ref<GstBuffer> buffer, GstClockTime running_time) = 0;
    /* What depayloader or decoder ask of the sender. Any thread. */
    virtual void on_upstream(glib::Ref<GstEvent> event) = 0;
  };

  /* What a chain makes of its track. */
  struct Plan {
    FeedInput::Form form = FeedInput::Form::Encoded;
    glib::Ref<GstCaps> caps; /* of those that the parser can make; empty if it has no choice */
    bool operator==(const Plan& other) const;
  };
  /* As @feed wants @codec. It may query the user's pipeline. */
  static Plan plan_for(const Codec& codec, FeedInput& feed);

  /* Adds its elements to @pipeline. @exit is borrowed. Errors: an element is missing, or does
   * not fit. */
  static rtc::Result<std::unique_ptr<Chain>> create(GstBin* pipeline, const Codec& codec, Plan plan,
                                                    Exit& exit);
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  const Plan& plan() const { return plan_; }
  GstFlowReturn push(glib::Ref<GstBuffer> packet);
  void push(glib::Ref<GstEvent> event);

 private:
  Chain(GstBin* pipeline, Plan plan, Exit& exit);
  bool add(const char* factory);
  bool add(glib::Ref<GstElement> element);
  bool add_parser(const Codec& codec);
  bool add_decoder(const Codec& codec);

  Plan plan_;
  ElementRow row_;
};

}  // namespace media
