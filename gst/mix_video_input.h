/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "gst/mix_decoder.h"

namespace media {

/* A video feed of the mix, encoded or raw: keeps the pictures that are still to be shown. While
 * it is hidden it decodes nothing; when it is shown again it goes on with a key frame, which it
 * asks for.
 *
 * set_caps(), push() and clear() on the feed's thread, the others on any. */
class MixVideoInput {
 public:
  /* @bin: where decoders go. @on_key_frame_wanted: any thread, must not wait. */
  MixVideoInput(GstBin* bin, std::function<void()> on_key_frame_wanted);

  void set_caps(GstCaps* caps);
  void push(glib::Ref<GstBuffer> buffer, GstClockTime running_time);
  /* Lets go of the decoder. */
  void clear();

  void set_shown(bool shown);
  /* Forgets what is to be shown. */
  void forget();
  /* Something has been pushed. */
  bool has_come() const { return has_come_; }
  /* What is to be seen at @running_time, which never falls. */
  std::optional<MixPicture> at(GstClockTime running_time);
  /* How many frames went undecoded because nobody would have seen them. */
  guint64 skipped() const { return skipped_; }

 private:
  void decode(glib::Ref<GstBuffer> buffer, GstClockTime running_time);
  void ask_for_key_frame();
  void keep(MixPicture picture);

  GstBin* bin_;
  const std::function<void()> on_key_frame_wanted_;
  glib::Ref<GstCaps> caps_;             /* feed's thread; empty: raw */
  GstVideoInfo info_{};                 /* of raw; feed's thread */
  std::unique_ptr<MixDecoder> decoder_; /* feed's thread */
  bool is_broken_ = false;              /* nothing decodes caps_; feed's thread */
  bool waits_for_key_ = true;           /* feed's thread */
  gint64 asked_at_ = 0;                 /* monotonic, us; feed's thread */
  std::atomic<guint64> skipped_ = 0;
  std::atomic<bool> shown_ = true;
  std::atomic<bool> has_come_ = false;

  std::mutex lock_;
  std::deque<MixPicture> pictures_; /* lock */
};

}  // namespace media
