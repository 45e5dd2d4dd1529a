/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "gst/gst_ptr.h"
#include "gst/mix_picture.h"

namespace media {

/* The elements that decode one video feed, in the thread that pushes unless a decoder has threads
 * of its own. Nothing that fails in them goes beyond; a decoder that fails is to be replaced.
 *
 * One thread, but for destruction, when nobody is inside. */
class MixDecoder {
 public:
  using Exit = std::function<void(MixPicture)>;

  /* Adds its elements to @bin. @caps: of what will be pushed. nullptr if nothing installed can
   * decode it. */
  static std::unique_ptr<MixDecoder> create(GstBin* bin, GstCaps* caps, Exit exit);
  ~MixDecoder();
  MixDecoder(const MixDecoder&) = delete;
  MixDecoder& operator=(const MixDecoder&) = delete;

  /* Other caps of the same codec. */
  void set_caps(GstCaps* caps);
  /* False: it failed. */
  bool push(glib::Ref<GstBuffer> frame, GstClockTime running_time);

 private:
  MixDecoder(GstBin* bin, Exit exit);
  bool add(glib::Ref<GstElement> element);
  bool link(GstCaps* caps);
  static GstFlowReturn exit_chain(GstPad* pad, GstObject* parent, GstBuffer* buffer);
  static gboolean exit_event(GstPad* pad, GstObject* parent, GstEvent* event);

  GstBin* bin_;
  const Exit on_picture_;
  std::vector<glib::Ref<GstElement>> elements_;
  glib::Ref<GstPad> entry_; /* a source pad without a parent */
  glib::Ref<GstPad> exit_;  /* a sink pad without a parent */
  GstVideoInfo info_{};     /* of what comes out; decoder's thread */
};

}  // namespace media
