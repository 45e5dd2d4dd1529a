/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gst/activity.h"

namespace media {

/* One device in one session of the call. */
struct ManifestPerson {
  std::string user_id;
  std::string device_id;
  std::string session_id;
  auto operator<=>(const ManifestPerson&) const = default;
};

struct ManifestTrack {
  unsigned feed = 0;
  std::string kind;  /* as of the feed */
  std::string codec; /* "vp8", "vp9", "h264", "opus" */
  int width = 0;
  int height = 0;
};

/* The account of a recording: a line of JSON for each thing that happens, so that what was
 * written is valid at every moment, and at the end one JSON document of all of it. All times
 * are ms of one clock, whose zero is the moment "started". The schema is documented in the
 * README; a change that breaks its readers changes the version. Pure. */
class Manifest {
 public:
  static constexpr int version = 1;
  static constexpr const char* schema = "matrixcall-recording";

  /* @started_us: the moment of time 0, us since 1970. The first line. */
  std::string start(std::string room, std::string call_id, std::int64_t started_us);

  std::string joined(const ManifestPerson& person, const std::string& display_name,
                     std::int64_t time);
  /* "" if that person is not there. */
  std::string left(const ManifestPerson& person, std::int64_t time);
  bool is_there(const ManifestPerson& person) const;
  std::vector<ManifestPerson> people() const; /* who are there */

  std::string feed_started(unsigned feed, const ManifestPerson& person, FeedKind kind,
                           std::int64_t time);
  /* Of a feed that has started; "" if it is so already. */
  std::string muted(unsigned feed, bool muted, std::int64_t time);
  std::string feed_ended(unsigned feed, std::int64_t time);
  std::string speech(unsigned feed, std::int64_t from, std::int64_t to);

  /* @offset: the recording's time at the file's time 0. */
  std::string file_opened(const std::string& name, std::int64_t offset,
                          std::vector<ManifestTrack> tracks);
  std::string resized(const std::string& name, unsigned feed, int width, int height,
                      std::int64_t time);
  /* From @file_time of the file on its offset is another, after a pause. */
  std::string offset_changed(const std::string& name, std::int64_t file_time, std::int64_t offset);
  std::string file_closed(const std::string& name, std::int64_t duration, std::uint64_t bytes);
  /* The recording was paused, or goes on. */
  std::string paused(bool paused, std::int64_t time);
  /* The last line. */
  std::string end(std::int64_t time);

  /* The document: everything so far. */
  std::string document() const;

 private:
  using Interval = std::pair<std::int64_t, std::optional<std::int64_t>>;
  struct Feed {
    unsigned number = 0;
    FeedKind kind = FeedKind::Audio;
    Interval present;
    std::vector<Interval> muted;
    std::vector<Interval> speech;
  };
  struct Participant {
    ManifestPerson person;
    std::string display_name;
    Interval present;
    std::vector<Feed> feeds;
  };
  struct Resize {
    unsigned feed;
    int width;
    int height;
    std::int64_t time;
  };
  struct File {
    std::string name;
    std::int64_t offset = 0;
    std::vector<ManifestTrack> tracks;
    std::vector<Resize> resizes;
    std::vector<std::pair<std::int64_t, std::int64_t>> offset_changes;
    std::optional<std::int64_t> duration;
    std::uint64_t bytes = 0;
  };
  class Writer;

  Participant* present(const ManifestPerson& person);
  Feed* feed(unsigned number);
  File* file(const std::string& name);
  static void write(Writer& out, const std::vector<Interval>& intervals);
  static void write(Writer& out, const Participant& participant);
  static void write(Writer& out, const std::vector<ManifestTrack>& tracks);
  static void write(Writer& out, const File& file);

  std::string room_;
  std::string call_id_;
  std::int64_t started_us_ = 0;
  std::optional<std::int64_t> duration_;
  std::vector<Participant> participants_;
  std::vector<File> files_;
  std::vector<Interval> pauses_;
};

}  // namespace media
