/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/send_pads.h"

#include <algorithm>
#include <utility>

#define AUDIO_CAPS "audio/x-opus; audio/x-raw"
#define VIDEO_CAPS \
  "video/x-vp8; video/x-vp9; video/x-h264; video/x-raw, format=(string)I420; video/x-raw"

namespace matrixcall {

using rtc::TrackSource;

namespace {

/* In the order of TrackSource. */
GstStaticPadTemplate templates[] = {
    GST_STATIC_PAD_TEMPLATE("send_audio", GST_PAD_SINK, GST_PAD_REQUEST,
                            GST_STATIC_CAPS(AUDIO_CAPS)),
    GST_STATIC_PAD_TEMPLATE("send_video", GST_PAD_SINK, GST_PAD_REQUEST,
                            GST_STATIC_CAPS(VIDEO_CAPS)),
    GST_STATIC_PAD_TEMPLATE("send_screen", GST_PAD_SINK, GST_PAD_REQUEST,
                            GST_STATIC_CAPS(VIDEO_CAPS)),
    GST_STATIC_PAD_TEMPLATE("send_screen_audio", GST_PAD_SINK, GST_PAD_REQUEST,
                            GST_STATIC_CAPS(AUDIO_CAPS)),
};

}  // namespace

void add_send_pad_templates(GstElementClass* klass) {
  for (auto& each : templates)
    gst_element_class_add_static_pad_template_with_gtype(klass, &each,
                                                         GST_TYPE_MATRIX_CALL_SEND_PAD);
}

SendPads::SendPads(GstElement* element, const std::function<void(TrackSource, bool)>& on_mute)
    : element_(element) {
  for (const TrackSource source : SendTracks::sources) {
    const auto index = static_cast<std::size_t>(source);
    auto* pad_template = gst_element_get_pad_template(element, templates[index].name_template);
    pads_[index] = glib::Ref<GstPad>::sink(new_send_pad(source, pad_template));
    set_mute_handler(pad(source), [on_mute, source](bool mute) { on_mute(source, mute); });
  }
}

GstMatrixCallSendPad* SendPads::pad(TrackSource source) const {
  return GST_MATRIX_CALL_SEND_PAD(pads_[static_cast<std::size_t>(source)].get());
}

bool SendPads::is_requested(TrackSource source) const {
  return GST_OBJECT_PARENT(pad(source)) != nullptr;
}

GstPad* SendPads::request(GstPadTemplate* pad_template) {
  GstPad* pad = find(GST_PAD_TEMPLATE_NAME_TEMPLATE(pad_template));
  if (!pad || GST_OBJECT_PARENT(pad)) return nullptr;
  if (GST_STATE(element_) > GST_STATE_READY || GST_STATE_PENDING(element_) > GST_STATE_READY)
    gst_pad_set_active(pad, TRUE);
  if (!gst_element_add_pad(element_, pad)) return nullptr;
  update_flags();
  gst_child_proxy_child_added(GST_CHILD_PROXY(element_), G_OBJECT(pad), GST_PAD_NAME(pad));
  return pad;
}

void SendPads::release(GstPad* pad) {
  gst_pad_set_active(pad, FALSE);
  gst_child_proxy_child_removed(GST_CHILD_PROXY(element_), G_OBJECT(pad), GST_PAD_NAME(pad));
  gst_element_remove_pad(element_, pad);
  update_flags();
}

GstPad* SendPads::find(const std::string& name) const {
  const auto found =
      std::ranges::find_if(pads_, [&](const auto& pad) { return name == GST_PAD_NAME(pad.get()); });
  return found == pads_.end() ? nullptr : found->get();
}

void SendPads::attach(SendTracks& tracks) const {
  for (const TrackSource source : SendTracks::sources)
    tracks.attach(source, input_of(pad(source)), is_muted(pad(source)), is_requested(source));
}

void SendPads::update_flags() const {
  GST_OBJECT_LOCK(element_);
  const bool is_sink = element_->numsinkpads > 0 || element_->numsrcpads == 0;
  if (is_sink)
    GST_OBJECT_FLAG_SET(element_, GST_ELEMENT_FLAG_SINK);
  else
    GST_OBJECT_FLAG_UNSET(element_, GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_UNLOCK(element_);
}

}  // namespace matrixcall
