/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_makers.h"

#include <vector>

#include "gst/mix_sound.h"

namespace media {

using glib::Ref;

Ref<GstCaps> MixVideoMaker::negotiate(GstPad* pad) {
  const auto wanted = settings();
  const auto possible = Ref<GstCaps>::adopt(gst_pad_get_pad_template_caps(pad));
  auto caps = Ref<GstCaps>::adopt(gst_pad_peer_query_caps(pad, possible.get()));
  if (!caps || gst_caps_is_empty(caps.get()) || gst_caps_is_any(caps.get())) return {};
  caps = Ref<GstCaps>::adopt(gst_caps_make_writable(gst_caps_truncate(caps.release())));
  auto* structure = gst_caps_get_structure(caps.get(), 0);
  gst_structure_fixate_field_nearest_int(structure, "width", wanted.width);
  gst_structure_fixate_field_nearest_int(structure, "height", wanted.height);
  gst_structure_fixate_field_nearest_fraction(structure, "framerate", wanted.fps_n, wanted.fps_d);
  caps = Ref<GstCaps>::adopt(gst_caps_fixate(caps.release()));
  if (!gst_video_info_from_caps(&info_, caps.get())) return {};
  fps_n_ = GST_VIDEO_INFO_FPS_N(&info_);
  fps_d_ = GST_VIDEO_INFO_FPS_D(&info_);
  negotiated_ = wanted;
  if (pool_) gst_buffer_pool_set_active(pool_.get(), FALSE);
  pool_ = Ref<GstBufferPool>::adopt(gst_video_buffer_pool_new());
  auto* config = gst_buffer_pool_get_config(pool_.get());
  gst_buffer_pool_config_set_params(config, caps.get(),
                                    static_cast<guint>(GST_VIDEO_INFO_SIZE(&info_)), 2, 0);
  if (!gst_buffer_pool_set_config(pool_.get(), config) ||
      !gst_buffer_pool_set_active(pool_.get(), TRUE))
    return {};
  return caps;
}

Ref<GstBuffer> MixVideoMaker::make(GstClockTime running_time, GstClockTime) {
  GstBuffer* buffer = nullptr;
  if (gst_buffer_pool_acquire_buffer(pool_.get(), &buffer, nullptr) != GST_FLOW_OK) return {};
  auto picture = Ref<GstBuffer>::adopt(buffer);
  GstVideoFrame frame;
  if (!gst_video_frame_map(&frame, &info_, buffer, GST_MAP_READWRITE)) return {};
  mixer_.paint(frame, running_time);
  gst_video_frame_unmap(&frame);
  return picture;
}

Ref<GstBuffer> MixAudioMaker::make(GstClockTime running_time, GstClockTime duration) {
  const auto from = mix_position(running_time);
  const auto frames = static_cast<size_t>(mix_position(running_time + duration) - from);
  std::vector<std::int16_t> samples(frames * mix_channels);
  mixer_.mix(from, samples);
  return Ref<GstBuffer>::adopt(
      gst_buffer_new_memdup(samples.data(), samples.size() * sizeof(samples[0])));
}

}  // namespace media
