/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_decoder.h"

#include <utility>

#include "gst/decoders.h"
#include "gst/media_log.h"

namespace media {
namespace {

using glib::Ref;

MixDecoder* decoder_of(GstPad* pad) {
  return static_cast<MixDecoder*>(gst_pad_get_element_private(pad));
}

gboolean entry_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return gst_pad_query_default(pad, parent, query);
  gst_query_set_latency(query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

/* What a decoder asks of the sender: its feed asks for key frames itself. */
gboolean entry_event(GstPad*, GstObject*, GstEvent* event) {
  gst_event_unref(event);
  return TRUE;
}

}  // namespace

MixDecoder::MixDecoder(GstBin* bin, Exit exit)
    : bin_(bin),
      on_picture_(std::move(exit)),
      entry_(Ref<GstPad>::sink(gst_pad_new("entry", GST_PAD_SRC))),
      exit_(Ref<GstPad>::sink(gst_pad_new("exit", GST_PAD_SINK))) {
  gst_pad_set_query_function(entry_.get(), entry_query);
  gst_pad_set_event_function(entry_.get(), entry_event);
  gst_pad_set_element_private(exit_.get(), this);
  gst_pad_set_chain_function(exit_.get(), exit_chain);
  gst_pad_set_event_function(exit_.get(), exit_event);
}

MixDecoder::~MixDecoder() {
  gst_pad_set_active(entry_.get(), FALSE);
  for (const auto& element : elements_) {
    gst_element_set_locked_state(element.get(), TRUE);
    gst_element_set_state(element.get(), GST_STATE_NULL);
    gst_bin_remove(bin_, element.get());
  }
  gst_pad_set_active(exit_.get(), FALSE);
}

std::unique_ptr<MixDecoder> MixDecoder::create(GstBin* bin, GstCaps* caps, Exit exit) {
  auto decoder = std::unique_ptr<MixDecoder>(new MixDecoder(bin, std::move(exit)));
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  const char* media_type = gst_structure_get_name(structure);
  if (gst_structure_has_name(structure, "video/x-h264") &&
      !decoder->add(Ref<GstElement>::sink(gst_element_factory_make("h264parse", nullptr))))
    return nullptr;
  if (!decoder->add(make_decoder(media_type, DecoderKind::Video)) || !decoder->link(caps)) {
    GST_WARNING("nothing installed can decode %s", media_type);
    return nullptr;
  }
  return decoder;
}

bool MixDecoder::add(Ref<GstElement> element) {
  if (!element) return false;
  gst_bin_add(bin_, element.get());
  elements_.push_back(std::move(element));
  return true;
}

bool MixDecoder::link(GstCaps* caps) {
  for (size_t i = 1; i < elements_.size(); i++)
    if (!gst_element_link(elements_[i - 1].get(), elements_[i].get())) return false;
  const auto first =
      Ref<GstPad>::adopt(gst_element_get_static_pad(elements_.front().get(), "sink"));
  const auto last = Ref<GstPad>::adopt(gst_element_get_static_pad(elements_.back().get(), "src"));
  gst_pad_set_active(exit_.get(), TRUE);
  gst_pad_set_active(entry_.get(), TRUE);
  if (!first || !last || gst_pad_link(last.get(), exit_.get()) != GST_PAD_LINK_OK ||
      gst_pad_link_full(entry_.get(), first.get(), GST_PAD_LINK_CHECK_NOTHING) != GST_PAD_LINK_OK)
    return false;
  for (const auto& element : elements_) {
    gst_element_set_locked_state(element.get(), TRUE);
    if (gst_element_set_state(element.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
      return false;
  }
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(entry_.get(), gst_event_new_stream_start("mix"));
  set_caps(caps);
  gst_pad_push_event(entry_.get(), gst_event_new_segment(&segment));
  return true;
}

void MixDecoder::set_caps(GstCaps* caps) {
  gst_pad_push_event(entry_.get(), gst_event_new_caps(caps));
}

bool MixDecoder::push(Ref<GstBuffer> frame, GstClockTime running_time) {
  auto stamped = Ref<GstBuffer>::adopt(gst_buffer_make_writable(frame.release()));
  GST_BUFFER_PTS(stamped.get()) = running_time;
  GST_BUFFER_DTS(stamped.get()) = GST_CLOCK_TIME_NONE;
  return gst_pad_push(entry_.get(), stamped.release()) == GST_FLOW_OK;
}

GstFlowReturn MixDecoder::exit_chain(GstPad* pad, GstObject*, GstBuffer* buffer) {
  auto* self = decoder_of(pad);
  auto owned = Ref<GstBuffer>::adopt(buffer);
  if (GST_BUFFER_PTS_IS_VALID(buffer) && GST_VIDEO_INFO_WIDTH(&self->info_) > 0)
    self->on_picture_({GST_BUFFER_PTS(buffer), std::move(owned), self->info_});
  return GST_FLOW_OK;
}

gboolean MixDecoder::exit_event(GstPad* pad, GstObject*, GstEvent* raw) {
  const auto event = Ref<GstEvent>::adopt(raw);
  if (GST_EVENT_TYPE(raw) != GST_EVENT_CAPS) return TRUE;
  GstCaps* caps = nullptr;
  gst_event_parse_caps(raw, &caps);
  return gst_video_info_from_caps(&decoder_of(pad)->info_, caps);
}

}  // namespace media
