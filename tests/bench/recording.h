/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "gst/gst_ptr.h"

namespace bench {

/* One participant's picture and sound in a Matroska file that nobody keeps: the same behind
 * whatever receives them. */
class Recording {
 public:
  /* @queues: before the muxer. Adds its elements to @pipeline and starts them. */
  Recording(GstBin* pipeline, bool queues);
  /* Stops its elements and takes them out. Without it they go with the pipeline. */
  void remove();

  /* Where encoded media is to go. Borrowed. */
  GstPad* picture() const { return picture_.get(); }
  GstPad* sound() const { return sound_.get(); }
  /* That were written. */
  std::uint64_t bytes() const;

 private:
  glib::Ref<GstElement> element(const char* name) const;
  glib::Ref<GstPad> sink_of(const char* name) const;
  void count();
  void add_entry(const char* name, const glib::Ref<GstPad>& target);

  GstBin* pipeline_;
  std::unique_ptr<std::atomic<std::uint64_t>> bytes_;
  glib::Ref<GstElement> bin_;
  glib::Ref<GstPad> picture_;
  glib::Ref<GstPad> sound_;
};

}  // namespace bench
