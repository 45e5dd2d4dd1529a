/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/mute/marked_media.h"

#include <gst/check/gstharness.h>

#include <cmath>
#include <numbers>
#include <string_view>
#include <utility>

GLIB_FREE(GstHarness, gst_harness_teardown);

namespace test {

using glib::Ref;
using glib::Unique;
using Buffers = std::vector<Ref<GstBuffer>>;

namespace {

constexpr double loud = 0.5;
constexpr double quiet = 0.05;
constexpr double tone_hz = 1000;
constexpr size_t packet_samples = sound_rate * packet_interval / GST_SECOND;

Ref<GstBuffer> make_picture(bool is_mark) {
  constexpr gsize luma = gsize{picture_width} * picture_height;
  constexpr gsize chroma = luma / 4;
  auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, luma + 2 * chroma, nullptr));
  gst_buffer_memset(buffer.get(), 0, is_mark ? 235 : 60, luma);
  gst_buffer_memset(buffer.get(), luma, is_mark ? 128 : 200, chroma);
  gst_buffer_memset(buffer.get(), luma + chroma, is_mark ? 128 : 110, chroma);
  return buffer;
}

Ref<GstBuffer> make_packet(size_t index, double volume) {
  std::vector<gint16> samples(packet_samples * 2);
  for (size_t i = 0; i < packet_samples; i++) {
    const double time = static_cast<double>(index * packet_samples + i) / sound_rate;
    const double value = volume * std::sin(2 * std::numbers::pi * tone_hz * time);
    samples[2 * i] = samples[2 * i + 1] = static_cast<gint16>(value * G_MAXINT16);
  }
  return Ref<GstBuffer>::adopt(
      gst_buffer_new_memdup(samples.data(), samples.size() * sizeof(gint16)));
}

/* Sends @input through the elements @row. */
class Machine {
 public:
  Machine(const std::string& row, const char* input_caps)
      : harness_(gst_harness_new_parse(row.c_str())) {
    gst_harness_set_src_caps_str(harness_.get(), input_caps);
  }
  void push(Ref<GstBuffer> buffer, GstClockTime time, GstClockTime duration) {
    GST_BUFFER_PTS(buffer.get()) = time;
    GST_BUFFER_DURATION(buffer.get()) = duration;
    gst_harness_push(harness_.get(), buffer.release());
  }
  Buffers finish() {
    gst_harness_push_event(harness_.get(), gst_event_new_eos());
    Buffers output;
    while (GstBuffer* buffer = gst_harness_try_pull(harness_.get()))
      output.push_back(Ref<GstBuffer>::adopt(buffer));
    return output;
  }
  Ref<GstCaps> caps() const {
    return Ref<GstCaps>::adopt(gst_pad_get_current_caps(harness_.get()->sinkpad));
  }

 private:
  const Unique<GstHarness> harness_;
};

std::string encoder_row(GstCaps* caps) {
  const std::string_view name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
  const Unique<char> text(gst_caps_to_string(caps));
  if (name == "video/x-vp8")
    return "vp8enc deadline=1 lag-in-frames=0 keyframe-max-dist=100 ! rtpvp8pay ! rtpvp8depay";
  if (name == "video/x-vp9")
    return "vp9enc deadline=1 cpu-used=8 lag-in-frames=0 keyframe-max-dist=100 ! rtpvp9pay ! "
           "rtpvp9depay";
  if (name == "video/x-h264")
    return "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=100 threads=1 ! "
           "video/x-h264,profile=constrained-baseline ! rtph264pay ! rtph264depay ! "
           "h264parse config-interval=-1 ! capsfilter caps=\"" +
           std::string(text.get()) + "\"";
  if (name == "audio/x-opus") return "opusenc bitrate=32000 ! rtpopuspay ! rtpopusdepay";
  return "identity";
}

}  // namespace

std::shared_ptr<const Reel> Reel::of(GstCaps* caps) {
  static std::map<std::string, std::shared_ptr<const Reel>> made;
  const std::string row = encoder_row(caps);
  const bool is_video =
      g_str_has_prefix(gst_structure_get_name(gst_caps_get_structure(caps, 0)), "video/");
  auto& known = made[(is_video ? "video:" : "audio:") + row];
  if (known) return known;
  auto reel = std::make_shared<Reel>();
  if (is_video)
    reel->make_pictures(row);
  else
    reel->make_sound(row);
  known = reel;
  return reel;
}

void Reel::make_pictures(const std::string& row) {
  for (unsigned phase = 0; phase < pictures_per_mark; phase++) {
    Machine machine(row, "video/x-raw,format=I420,width=160,height=90,framerate=20/1");
    for (unsigned i = phase; i < pictures_per_mark; i++)
      machine.push(make_picture(i == 0), i * picture_interval, picture_interval);
    runs_[phase] = machine.finish();
    if (phase == 0) caps_ = machine.caps();
    if (runs_[phase].size() != pictures_per_mark - phase)
      g_error("%s gives %zu pictures", row.c_str(), runs_[phase].size());
  }
}

/* The second time, when the encoder knows what comes. */
void Reel::make_sound(const std::string& row) {
  Machine machine(row, "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2");
  for (unsigned i = 0; i < 3 * packets_per_mark; i++) {
    const bool is_mark = i % packets_per_mark < mark_tone / packet_interval;
    machine.push(make_packet(i, is_mark ? loud : quiet), i * packet_interval, packet_interval);
  }
  auto all = machine.finish();
  if (all.size() < size_t{2} * packets_per_mark)
    g_error("%s gives %zu packets", row.c_str(), all.size());
  const auto again = all.begin() + packets_per_mark;
  runs_[0].assign(again, again + packets_per_mark);
  caps_ = machine.caps();
  silence_ = row == "identity" ? make_packet(0, 0)
                               : Ref<GstBuffer>::adopt(gst_buffer_new_memdup("\xf8\xff\xfe", 3));
}

}  // namespace test
