/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/recording.h"

#include <string>

namespace bench {

using glib::Ref;

namespace {

Ref<GstPad> request(GstElement* muxer, const char* name) {
  return Ref<GstPad>::adopt(gst_element_request_pad_simple(muxer, name));
}

}  // namespace

Recording::Recording(GstBin* pipeline, bool queues)
    : pipeline_(pipeline), bytes_(std::make_unique<std::atomic<std::uint64_t>>(0)) {
  std::string line = "matroskamux name=mux ! filesink name=file location=/dev/null async=false ";
  if (queues) line += "queue name=picture ! mux.video_0 queue name=sound ! mux.audio_0";
  bin_ = Ref<GstElement>::sink(gst_parse_bin_from_description(line.c_str(), FALSE, nullptr));
  const auto mux = element("mux");
  count();
  add_entry("picture", queues ? sink_of("picture") : request(mux.get(), "video_%u"));
  add_entry("sound", queues ? sink_of("sound") : request(mux.get(), "audio_%u"));
  picture_ = Ref<GstPad>::adopt(gst_element_get_static_pad(bin_.get(), "picture"));
  sound_ = Ref<GstPad>::adopt(gst_element_get_static_pad(bin_.get(), "sound"));
  gst_bin_add(pipeline_, bin_.get());
  gst_element_sync_state_with_parent(bin_.get());
}

Ref<GstElement> Recording::element(const char* name) const {
  return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(bin_.get()), name));
}

Ref<GstPad> Recording::sink_of(const char* name) const {
  return Ref<GstPad>::adopt(gst_element_get_static_pad(element(name).get(), "sink"));
}

void Recording::add_entry(const char* name, const Ref<GstPad>& target) {
  gst_element_add_pad(bin_.get(), gst_ghost_pad_new(name, target.get()));
}

void Recording::count() {
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(element("file").get(), "sink"));
  gst_pad_add_probe(
      sink.get(), GstPadProbeType(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      [](GstPad*, GstPadProbeInfo* info, gpointer bytes) {
        auto& total = *static_cast<std::atomic<std::uint64_t>*>(bytes);
        if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0)
          total += gst_buffer_get_size(GST_PAD_PROBE_INFO_BUFFER(info));
        else
          total += gst_buffer_list_calculate_size(GST_PAD_PROBE_INFO_BUFFER_LIST(info));
        return GST_PAD_PROBE_OK;
      },
      bytes_.get(), nullptr);
}

void Recording::remove() {
  gst_element_set_locked_state(bin_.get(), TRUE);
  gst_element_set_state(bin_.get(), GST_STATE_NULL);
  gst_bin_remove(pipeline_, bin_.get());
}

std::uint64_t Recording::bytes() const {
  return *bytes_;
}

}  // namespace bench
