/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <utility>

#include "gst/filler.h"

namespace media {

/* Gives one track of pictures something to show while none come: black ones of the last size,
 * or the last one again, at a low rate. Times are those of the stream. The caller has the
 * push lock. */
class PictureFill {
 public:
  void set_caps(GstCaps* caps);
  /* Of a stream that has had none yet. */
  void set_key_frame(glib::Ref<GstBuffer> key_frame) { last_ = std::move(key_frame); }
  /* Shows fillers from @time on, which may be long ago, unless it does already. */
  void begin(GstClockTime time);
  bool is_filling() const { return next_.has_value(); }
  /* When the next one is to be shown. */
  std::optional<GstClockTime> next() const { return next_; }
  std::optional<Filler> due(MutedOutput mode, GstClockTime edge);
  /* A picture of the stream went out. */
  void passed(const glib::Ref<GstBuffer>& picture, MutedOutput mode);

 private:
  GstClockTime interval_of(MutedOutput mode) const;
  glib::Ref<GstBuffer> picture(MutedOutput mode);

  glib::Ref<GstCaps> caps_;
  bool is_raw_ = false;
  std::optional<GstClockTime> next_;
  bool is_first_ = false;     /* next_ is */
  glib::Ref<GstBuffer> last_; /* raw: while freezing; encoded: of the key frames */
  glib::Ref<GstBuffer> black_;
  bool black_is_made_ = false; /* or known to be impossible */
};

}  // namespace media
