/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session_fixture.h"

#include <gst/check/gstcheck.h>

#include <utility>

using namespace media;

namespace {

RecordSettings with_location(RecordSettings settings, std::string location) {
  settings.location = std::move(location);
  return settings;
}

}  // namespace

Recording::Recording(const std::string& pattern, RecordSettings settings)
    : session_(with_location(std::move(settings), folder_.path() + "/" + pattern), started, *this) {
}

std::vector<ReadTrack> Recording::read(const std::string& name) const {
  return read_matroska(folder_.path() + "/" + name);
}

std::string Recording::lines() const {
  return folder_.text(folder_.files(".jsonl").at(0));
}

void Recording::check_files(const std::vector<std::string>& expected) const {
  const auto files = folder_.files(".mkv");
  std::string text;
  for (const auto& file : files) text += file + " ";
  fail_unless(files == expected, "files: %s", text.c_str());
}

void Recording::add(unsigned feed, const std::string& user, FeedKind kind, GstClockTime now) {
  session_.add_feed(feed);
  const bool is_audio = kind == FeedKind::Audio || kind == FeedKind::ScreenAudio;
  session_.caps(
      feed,
      caps_of(is_audio ? "audio/x-opus,channels=2" : "video/x-vp8,width=640,height=360").get());
  session_.news(feed, news_of(user, kind), now);
}

void Recording::video(unsigned feed, GstClockTime from, GstClockTime to, bool first_is_key) {
  for (GstClockTime time = from; time < to; time += frame_time) {
    const bool is_key = first_is_key && time == from;
    session_.sample({feed, time, frame_time, is_key, vp8_frame(is_key, 640, 360)});
  }
}

void Recording::audio(unsigned feed, GstClockTime from, GstClockTime to, bool loud) {
  const auto packet = opus_packet(loud);
  for (GstClockTime time = from; time < to; time += packet_time)
    session_.sample({feed, time, GST_CLOCK_TIME_NONE, true, packet});
}

void Recording::both(unsigned video_feed, unsigned audio_feed, GstClockTime from, GstClockTime to) {
  for (GstClockTime time = from; time < to; time += frame_time) {
    const bool is_key = time == from;
    session_.sample({video_feed, time, frame_time, is_key, vp8_frame(is_key, 640, 360)});
    audio(audio_feed, time, time + frame_time);
    session_.flush(time + frame_time);
  }
}
