/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/plugin/witness.h"

#include <gst/rtp/rtp.h>

#include <cstring>
#include <utility>

namespace party {

using glib::Ref;

namespace {

bool is_video(GstPad* pad) {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  return std::strcmp(gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "media"),
                     "video") == 0;
}

}  // namespace

Witness::Witness(GstElement* webrtcbin) {
  glib::connect<void, GstPad*>(webrtcbin, "pad-added", [this](GstPad* pad) {
    if (GST_PAD_IS_SRC(pad)) add(pad);
  });
}

void Witness::add(GstPad* source) {
  auto pad = Ref<GstPad>::sink(gst_pad_new(nullptr, GST_PAD_SINK));
  gst_pad_set_element_private(pad.get(), this);
  gst_pad_set_chain_function(pad.get(), take);
  gst_pad_set_active(pad.get(), TRUE);
  gst_pad_link(source, pad.get());
  const std::lock_guard lock(lock_);
  pads_.push_back(std::move(pad));
}

GstFlowReturn Witness::take(GstPad* pad, GstObject*, GstBuffer* buffer) {
  auto& self = *static_cast<Witness*>(gst_pad_get_element_private(pad));
  const auto owned = Ref<GstBuffer>::adopt(buffer);
  const std::lock_guard lock(self.lock_);
  self.note(buffer, is_video(pad) ? self.video_ : self.audio_);
  return GST_FLOW_OK;
}

void Witness::note(GstBuffer* packet, Track& track) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp)) return;
  const auto number = gst_rtp_buffer_get_seq(&rtp);
  const auto time = gst_rtp_buffer_get_timestamp(&rtp);
  gst_rtp_buffer_unmap(&rtp);
  if (track.packets++ > 0)
    track.missing += static_cast<std::uint16_t>(number - track.last_number - 1);
  track.last_number = number;
  if (track.frames.empty() || track.frames.back() != time) track.frames.push_back(time);
}

Witness::Track Witness::read(const Track& track) const {
  const std::lock_guard lock(lock_);
  return track;
}

Media Witnesses::watch(Media media) {
  media.prepare = [this, prepare = media.prepare](GstBin* pipeline, GstElement* webrtcbin) {
    if (prepare) prepare(pipeline, webrtcbin);
    auto witness = std::make_shared<Witness>(webrtcbin);
    const std::lock_guard lock(lock_);
    all_.push_back(std::move(witness));
  };
  return media;
}

std::vector<std::shared_ptr<Witness>> Witnesses::all() const {
  const std::lock_guard lock(lock_);
  return all_;
}

}  // namespace party
