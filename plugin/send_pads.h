/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <array>
#include <functional>
#include <string>

#include "plugin/gstmatrixcallsendpad.h"
#include "plugin/send_tracks.h"

namespace matrixcall {

/* The element's sink pads. Each exists from the element's beginning, so that it can be set up,
 * and is one of the element's pads while it is requested. Any thread, but for the constructor. */
class SendPads {
 public:
  /* @element is borrowed. @on_mute: see set_mute_handler(). */
  SendPads(GstElement* element, const std::function<void(rtc::TrackSource, bool)>& on_mute);
  SendPads(const SendPads&) = delete;
  SendPads& operator=(const SendPads&) = delete;

  /* nullptr if it is requested already. */
  GstPad* request(GstPadTemplate* pad_template);
  void release(GstPad* pad);
  /* nullptr: there is none of that name. */
  GstPad* find(const std::string& name) const;

  /* Before the pads are active; not while one is requested or released. */
  void attach(SendTracks& tracks) const;
  bool is_requested(rtc::TrackSource source) const;

 private:
  GstMatrixCallSendPad* pad(rtc::TrackSource source) const;
  /* The pipeline waits with its EOS for sinks. */
  void update_flags() const;

  GstElement* element_;
  std::array<glib::Ref<GstPad>, SendTracks::sources.size()> pads_;
};

/* send_audio, send_video, send_screen and send_screen_audio. */
void add_send_pad_templates(GstElementClass* klass);

}  // namespace matrixcall
