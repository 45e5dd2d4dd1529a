/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gst/codecs.h"
#include "gst/feed_input.h"
#include "signalling/base/result.h"

namespace media {

/* The elements that take one track out of RTP and, if its feed wants it raw, decode it:
 * depayloader, parser, decoder. Media comes in at entry() and leaves into the feed; there is
 * no queue, so all of it runs in the thread that pushes into entry().
 *
 * Made and destroyed on the loop, and destroyed only while nobody pushes. */
class Chain {
 public:
  /* Adds its elements to @pipeline. Errors: an element is missing, or does not fit. */
  static rtc::Result<std::unique_ptr<Chain>> create(GstBin* pipeline, const Codec& codec,
                                                    std::shared_ptr<FeedInput> feed);
  ~Chain();
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  /* A source pad without a parent, linked to the first element. */
  GstPad* entry() const { return entry_.get(); }
  FeedInput::Form form() const { return form_; }

 private:
  Chain(GstBin* pipeline, std::shared_ptr<FeedInput> feed);
  bool add(const char* factory);
  bool add(glib::Ref<GstElement> element);
  bool add_parser(const Codec& codec);
  bool add_decoder(const Codec& codec);
  bool link();

  GstBin* pipeline_;
  std::shared_ptr<FeedInput> feed_;
  FeedInput::Form form_ = FeedInput::Form::Encoded;
  std::vector<glib::Ref<GstElement>> elements_;
  glib::Ref<GstPad> entry_;
  glib::Ref<GstPad> exit_; /* a sink pad without a parent: hands on to the feed */
};

}  // namespace media
