/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/mute/sighting.h"

#include <gst/audio/audio.h>
#include <gst/video/video.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <set>
#include <span>
#include <utility>

#include "tests/mute/marked_media.h"

namespace test {

using glib::Ref;

namespace {

constexpr size_t interval_samples = sound_rate * Sighting::sound_interval / GST_SECOND;
constexpr double loud_above = 0.15;
constexpr double silent_below = 0.005;
constexpr GstClockTime playing_time = 10 * GST_SECOND;

double mean(const GstVideoFrame& frame, int plane, int left, int width) {
  const auto* data = static_cast<const guint8*>(GST_VIDEO_FRAME_COMP_DATA(&frame, plane));
  const ptrdiff_t stride = GST_VIDEO_FRAME_COMP_STRIDE(&frame, plane);
  const int height = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, plane);
  double sum = 0;
  for (int y = 0; y < height; y++) {
    const std::span<const guint8> row(data + y * stride + left, static_cast<size_t>(width));
    sum = std::accumulate(row.begin(), row.end(), sum);
  }
  return sum / (width * height);
}

Look look_of(const GstVideoFrame& frame, int left, int width) {
  const double luma = mean(frame, 0, left, width);
  if (mean(frame, 1, left / 2, width / 2) > 160) return Look::Blue;
  if (luma > 200) return Look::Mark;
  return luma < 30 ? Look::Black : Look::Blank;
}

Level level_of(const std::vector<double>& samples) {
  double power = 0;
  for (const double sample : samples) power += sample * sample;
  const double volume = std::sqrt(power / static_cast<double>(samples.size()));
  if (volume > loud_above) return Level::Loud;
  return volume < silent_below ? Level::Silent : Level::Quiet;
}

GstClockTime running_time(GstPad* pad, GstBuffer* buffer) {
  const auto event = Ref<GstEvent>::adopt(gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0));
  if (!event) return GST_CLOCK_TIME_NONE;
  const GstSegment* segment = nullptr;
  gst_event_parse_segment(event.get(), &segment);
  return gst_segment_to_running_time(segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
}

}  // namespace

std::vector<GstClockTime> Sighting::marks_seen() const {
  std::vector<GstClockTime> marks;
  for (size_t i = 0; i < pictures.size(); i++)
    if (pictures[i].look == Look::Mark && (i == 0 || pictures[i - 1].look != Look::Mark))
      marks.push_back(pictures[i].time);
  return marks;
}

std::vector<GstClockTime> Sighting::marks_heard() const {
  std::vector<GstClockTime> marks;
  for (size_t i = 0; i < sounds.size(); i++)
    if (sounds[i].level == Level::Loud && (i == 0 || sounds[i - 1].level != Level::Loud))
      marks.push_back(sounds[i].time);
  return marks;
}

GstClockTime Sighting::end() const {
  const GstClockTime seen = pictures.empty() ? 0 : pictures.back().time + picture_interval;
  const GstClockTime heard = sounds.empty() ? 0 : sounds.back().time + sound_interval;
  return std::max(seen, heard);
}

void Sighting::append(const Sighting& next) {
  const GstClockTime offset = end();
  for (const auto& [time, look] : next.pictures) pictures.push_back({offset + time, look});
  for (const auto& [time, level] : next.sounds) sounds.push_back({offset + time, level});
}

void Witness::watch(GstPad* pad, int left, int width, std::function<GstClockTime()> now) {
  now_ = std::move(now);
  left_ = left;
  width_ = width;
  gst_pad_add_probe(
      pad, GST_PAD_PROBE_TYPE_BUFFER,
      [](GstPad* watched, GstPadProbeInfo* info, gpointer data) {
        auto* self = static_cast<Witness*>(data);
        GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
        const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(watched));
        const auto* structure = gst_caps_get_structure(caps.get(), 0);
        const GstClockTime time = running_time(watched, buffer);
        if (self->now_) self->compare(time, self->now_());
        if (gst_structure_has_name(structure, "video/x-raw"))
          self->see(watched, buffer, time);
        else
          self->hear(watched, buffer, time);
        return GST_PAD_PROBE_OK;
      },
      this, nullptr);
}

/* What was due before anything came does not count. */
void Witness::compare(GstClockTime time, GstClockTime now) {
  if (!begun_) begun_ = now;
  if (time >= *begun_) sighting_.latest = std::max(sighting_.latest, GST_CLOCK_DIFF(time, now));
}

void Witness::see(GstPad* pad, GstBuffer* buffer, GstClockTime time) {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  GstVideoInfo info;
  GstVideoFrame frame;
  if (!gst_video_info_from_caps(&info, caps.get()) ||
      !gst_video_frame_map(&frame, &info, buffer, GST_MAP_READ))
    return;
  sighting_.pictures.push_back({time, look_of(frame, left_, width_)});
  gst_video_frame_unmap(&frame);
}

void Witness::hear(GstPad* pad, GstBuffer* buffer, GstClockTime time) {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  GstAudioInfo info;
  GstMapInfo map;
  if (!gst_audio_info_from_caps(&info, caps.get()) || !gst_buffer_map(buffer, &map, GST_MAP_READ))
    return;
  const std::span samples(static_cast<const gint16*>(static_cast<void*>(map.data)),
                          map.size / sizeof(gint16));
  const auto channels = static_cast<size_t>(info.channels);
  for (size_t i = 0; i < samples.size(); i += channels) {
    if (heard_.empty())
      heard_at_ = time + gst_util_uint64_scale(i / channels, GST_SECOND, sound_rate);
    heard_.push_back(static_cast<double>(samples[i]) / G_MAXINT16);
    if (heard_.size() < interval_samples) continue;
    sighting_.sounds.push_back({heard_at_, level_of(heard_)});
    heard_.clear();
  }
  gst_buffer_unmap(buffer, &map);
}

namespace {

/* The pipeline of a file that is played. */
class Playback {
 public:
  explicit Playback(const std::string& file)
      : pipeline_(Ref<GstElement>::sink(
            gst_parse_launch("filesrc name=file ! decodebin name=from", nullptr))) {
    g_object_set(element("file").get(), "location", file.c_str(), nullptr);
    glib::connect<void, GstPad*>(element("from").get(), "pad-added",
                                 [this](GstPad* pad) { attach(pad); });
  }
  ~Playback() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  Playback(const Playback&) = delete;
  Playback& operator=(const Playback&) = delete;

  /* Whether it came to the end. */
  bool run() {
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    const auto message = Ref<GstMessage>::adopt(gst_bus_timed_pop_filtered(
        bus.get(), playing_time, GstMessageType(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
    gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
    return message && GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS;
  }
  Sighting sighting() const {
    return {.pictures = picture_.sighting().pictures, .sounds = sound_.sighting().sounds};
  }

 private:
  Ref<GstElement> element(const char* name) const {
    return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
  }
  void attach(GstPad* pad);

  const Ref<GstElement> pipeline_;
  Witness picture_;
  Witness sound_;
};

void Playback::attach(GstPad* pad) {
  /* A track without media has no caps yet. */
  const auto caps = Ref<GstCaps>::adopt(gst_pad_query_caps(pad, nullptr));
  if (gst_caps_is_any(caps.get()) || gst_caps_is_empty(caps.get())) return;
  const bool is_video =
      gst_structure_has_name(gst_caps_get_structure(caps.get(), 0), "video/x-raw");
  auto row = Ref<GstElement>::sink(gst_parse_bin_from_description(
      is_video ? "videoconvert ! video/x-raw,format=I420 ! fakesink name=sink async=false"
               : "audioconvert ! audioresample ! "
                 "audio/x-raw,format=S16LE,rate=48000,layout=interleaved ! "
                 "fakesink name=sink async=false",
      TRUE, nullptr));
  const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(row.get()), "sink"));
  const auto watched = Ref<GstPad>::adopt(gst_element_get_static_pad(sink.get(), "sink"));
  (is_video ? picture_ : sound_).watch(watched.get(), 0, picture_width);
  gst_bin_add(GST_BIN(pipeline_.get()), Ref(row).release());
  gst_element_sync_state_with_parent(row.get());
  const auto entry = Ref<GstPad>::adopt(gst_element_get_static_pad(row.get(), "sink"));
  gst_pad_link(pad, entry.get());
}

}  // namespace

/* Of a transport stream, whose files are one. GStreamer's demuxer goes by its clock, which comes
 * with pictures only, and takes a second without them for none; others go by the times of the
 * media, and so do the files that they make of it. */
bool remux(const std::set<std::string>& files, const std::string& to) {
  std::string input = "concat:";
  for (const auto& file : files) input += file + "|";
  input.pop_back();
  std::array<const char*, 10> command{"ffmpeg", "-v",   "error", "-i",       input.c_str(),
                                      "-c",     "copy", "-y",    to.c_str(), nullptr};
  int status = -1;
  return g_spawn_sync(nullptr, const_cast<char**>(command.data()), nullptr, G_SPAWN_SEARCH_PATH,
                      nullptr, nullptr, nullptr, nullptr, &status, nullptr) &&
         status == 0;
}

std::optional<Sighting> play_back(const std::string& folder) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() != ".m3u8") files.insert(entry.path());
  if (files.empty()) return std::nullopt;
  if (files.begin()->ends_with(".ts")) {
    const std::string all = folder + "/all.mkv";
    if (!remux(files, all)) return std::nullopt;
    files = {all};
  }
  Sighting all;
  for (const auto& file : files) {
    Playback playback(file);
    if (!playback.run()) return std::nullopt;
    all.append(playback.sighting());
  }
  return all;
}

}  // namespace test
