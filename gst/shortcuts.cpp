/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/shortcuts.h"

#include <utility>

#include "gst/elements.h"
#include "gst/probe.h"

namespace media {

using glib::Ref;

namespace {

Ref<GstElement> next(GstElement* element) {
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "src"));
  const auto sink = Ref<GstPad>::adopt(source ? gst_pad_get_peer(source.get()) : nullptr);
  return Ref<GstElement>::adopt(sink ? gst_pad_get_parent_element(sink.get()) : nullptr);
}

/* From one side of a queue to what is linked to the other. */
class Bypass {
 public:
  Bypass(GstElement* queue, Ref<GstPad> behind, std::shared_ptr<const std::atomic<bool>> open)
      : queue_(queue), behind_(std::move(behind)), open_(std::move(open)) {}

  GstPadProbeReturn operator()(GstPadProbeInfo& info) {
    if (!taken_ && !may_be_taken()) return GST_PAD_PROBE_OK;
    taken_ = true;
    const bool list = (info.type & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0;
    gpointer data = std::exchange(info.data, nullptr);
    GST_PAD_PROBE_INFO_FLOW_RETURN(&info) =
        list ? gst_pad_chain_list(behind_.get(), static_cast<GstBufferList*>(data))
             : gst_pad_chain(behind_.get(), static_cast<GstBuffer*>(data));
    return GST_PAD_PROBE_HANDLED;
  }

 private:
  /* Nothing is overtaken: the last one out of the queue holds the lock of the pad behind. */
  bool may_be_taken() const {
    if (!*open_) return false;
    guint waiting = 0;
    g_object_get(queue_, "current-level-buffers", &waiting, nullptr);
    return waiting == 0;
  }

  GstElement* queue_; /* has the probe */
  Ref<GstPad> behind_;
  std::shared_ptr<const std::atomic<bool>> open_;
  bool taken_ = false;
};

}  // namespace

void spare_segments(GstElement* rtp_funnel) {
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(rtp_funnel, "src"));
  if (!source) return;
  GstSegment last;
  gst_segment_init(&last, GST_FORMAT_UNDEFINED);
  add_probe(source.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
            [last](GstPadProbeInfo& info) mutable {
              GstEvent* event = GST_PAD_PROBE_INFO_EVENT(&info);
              if (GST_EVENT_TYPE(event) != GST_EVENT_SEGMENT) return GST_PAD_PROBE_OK;
              const GstSegment* segment = nullptr;
              gst_event_parse_segment(event, &segment);
              if (gst_segment_is_equal(segment, &last)) return GST_PAD_PROBE_DROP;
              gst_segment_copy_into(segment, &last);
              return GST_PAD_PROBE_OK;
            });
}

void spare_queue(GstElement* nice_source, std::shared_ptr<const std::atomic<bool>> open) {
  const auto filter = next(nice_source);
  const auto queue = filter ? next(filter.get()) : Ref<GstElement>();
  const auto decryption = queue ? next(queue.get()) : Ref<GstElement>();
  if (!decryption || !is_made_by(filter.get(), "capsfilter") || !is_made_by(queue.get(), "queue") ||
      !is_made_by(decryption.get(), "dtlssrtpdec"))
    return;
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(queue.get(), "sink"));
  auto behind = Ref<GstPad>::adopt(gst_element_get_static_pad(decryption.get(), "sink"));
  add_probe(sink.get(), buffer_probe, Bypass(queue.get(), std::move(behind), std::move(open)));
}

}  // namespace media
