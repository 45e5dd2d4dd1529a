/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record_fixture.h"

#include <opus/opus.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <mutex>

namespace {

using glib::Ref;

struct Reader {
  GstElement* pipeline = nullptr;
  std::mutex lock;
  std::vector<ReadTrack> tracks;
};

struct Sink {
  Reader* reader;
  size_t track;
};

GstPadProbeReturn collect(GstPad*, GstPadProbeInfo* info, gpointer data) {
  const auto* sink = static_cast<Sink*>(data);
  std::lock_guard lock(sink->reader->lock);
  auto& track = sink->reader->tracks[sink->track];
  auto* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  track.times.push_back(GST_BUFFER_PTS(buffer));
  track.keys.push_back(!GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT));
  return GST_PAD_PROBE_OK;
}

void add_sink(GstElement*, GstPad* pad, gpointer data) {
  auto* reader = static_cast<Reader*>(data);
  auto* fake = gst_element_factory_make("fakesink", nullptr);
  g_object_set(fake, "sync", FALSE, "async", FALSE, nullptr);
  gst_bin_add(GST_BIN(reader->pipeline), fake);
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(fake, "sink"));
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  std::lock_guard lock(reader->lock);
  g_autofree char* text = gst_caps_to_string(caps.get());
  reader->tracks.push_back({text, {}, {}, 0});
  gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_BUFFER, collect,
                    new Sink{reader, reader->tracks.size() - 1},
                    [](gpointer sink_data) { delete static_cast<Sink*>(sink_data); });
  gst_element_sync_state_with_parent(fake);
  gst_pad_link(pad, sink.get());
}

}  // namespace

Ref<GstCaps> caps_of(const char* text) {
  return Ref<GstCaps>::adopt(gst_caps_from_string(text));
}

Ref<GstBuffer> vp8_frame(bool key, int width, int height) {
  std::array<std::uint8_t, 200> bytes{};
  const std::array<std::uint8_t, 10> head{static_cast<std::uint8_t>(key ? 0x10 : 0x11),
                                          0,
                                          0,
                                          0x9D,
                                          0x01,
                                          0x2A,
                                          static_cast<std::uint8_t>(width),
                                          static_cast<std::uint8_t>(width >> 8),
                                          static_cast<std::uint8_t>(height),
                                          static_cast<std::uint8_t>(height >> 8)};
  std::ranges::copy(head, bytes.begin());
  auto* buffer = gst_buffer_new_memdup(bytes.data(), bytes.size());
  if (!key) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return Ref<GstBuffer>::adopt(buffer);
}

Ref<GstBuffer> opus_packet(bool loud) {
  int error = OPUS_OK;
  OpusEncoder* encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, &error);
  std::array<std::int16_t, 960> samples{};
  if (loud)
    for (size_t i = 0; i < samples.size(); i++)
      samples[i] = static_cast<std::int16_t>(12000 * std::sin(0.06 * static_cast<double>(i)));
  std::array<std::uint8_t, 1000> bytes{};
  const int size = opus_encode(encoder, samples.data(), 960, bytes.data(), bytes.size());
  opus_encoder_destroy(encoder);
  g_assert(size > 0);
  return Ref<GstBuffer>::adopt(gst_buffer_new_memdup(bytes.data(), static_cast<gsize>(size)));
}

media::ActivityNews news_of(const std::string& user, media::FeedKind kind) {
  media::ActivityNews news;
  news.room = "!room:a";
  news.call_id = "call";
  news.user_id = "@" + user + ":a";
  news.device_id = "DEV";
  news.session_id = "s";
  news.display_name = user;
  news.kind = kind;
  news.activity = media::Activity::Active;
  return news;
}

std::vector<ReadTrack> read_matroska(const std::string& path) {
  Reader reader;
  const std::string line = "filesrc location=\"" + path + "\" ! matroskademux name=d";
  reader.pipeline = gst_parse_launch(line.c_str(), nullptr);
  auto* demux = gst_bin_get_by_name(GST_BIN(reader.pipeline), "d");
  g_signal_connect(demux, "pad-added", G_CALLBACK(add_sink), &reader);
  gst_element_set_state(reader.pipeline, GST_STATE_PLAYING);
  auto* bus = gst_element_get_bus(reader.pipeline);
  const auto message = Ref<GstMessage>::adopt(gst_bus_timed_pop_filtered(
      bus, 10 * GST_SECOND, GstMessageType(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  if (!message || GST_MESSAGE_TYPE(message.get()) != GST_MESSAGE_EOS)
    g_error("cannot read %s", path.c_str());
  gint64 duration = 0;
  gst_element_query_duration(demux, GST_FORMAT_TIME, &duration);
  for (auto& track : reader.tracks) track.duration = static_cast<GstClockTime>(duration);
  gst_element_set_state(reader.pipeline, GST_STATE_NULL);
  gst_object_unref(bus);
  gst_object_unref(demux);
  gst_object_unref(reader.pipeline);
  return std::move(reader.tracks);
}

TemporaryFolder::TemporaryFolder() {
  g_autofree char* made = g_dir_make_tmp("recording-XXXXXX", nullptr);
  g_assert(made != nullptr);
  path_ = made;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::vector<std::string> TemporaryFolder::files() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path_))
    if (entry.is_regular_file())
      names.push_back(std::filesystem::relative(entry.path(), path_).string());
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> TemporaryFolder::files(const std::string& extension) const {
  auto names = files();
  std::erase_if(names, [&](const std::string& name) { return !name.ends_with(extension); });
  return names;
}

std::string TemporaryFolder::text(const std::string& name) const {
  g_autofree char* content = nullptr;
  gsize size = 0;
  if (!g_file_get_contents((path_ + "/" + name).c_str(), &content, &size, nullptr)) return "";
  return {content, size};
}

void TemporaryFolder::tear(const std::string& name, const std::string& torn, unsigned cut) const {
  const std::string whole = text(name);
  g_assert(g_file_set_contents((path_ + "/" + torn).c_str(), whole.data(),
                               static_cast<gssize>(whole.size() - cut), nullptr));
}
