/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <vector>

#include "gst/activity.h"
#include "gst/gst_ptr.h"

/* Media that looks like VP8 and Opus, and what is in the files it was recorded to. */

constexpr GstClockTime frame_time = 40 * GST_MSECOND;
constexpr GstClockTime packet_time = 20 * GST_MSECOND;

glib::Ref<GstCaps> caps_of(const char* text);
glib::Ref<GstBuffer> vp8_frame(bool key, int width, int height);
/* One that libopus decodes: a tone of 20 ms, or silence of the same length. */
glib::Ref<GstBuffer> opus_packet(bool loud);

media::ActivityNews news_of(const std::string& user, media::FeedKind kind);

struct ReadTrack {
  std::string caps;
  std::vector<GstClockTime> times;
  std::vector<bool> keys;
  GstClockTime duration = 0; /* of the file */

  bool is_video() const { return caps.starts_with("video/"); }
};
/* As matroskademux reads @path; aborts if it cannot. */
std::vector<ReadTrack> read_matroska(const std::string& path);

/* A folder that goes when this does. */
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }
  /* Every file in it and below, sorted, relative. */
  std::vector<std::string> files() const;
  /* Those of them that end in @extension. */
  std::vector<std::string> files(const std::string& extension) const;
  std::string text(const std::string& name) const;
  /* Makes @torn of @name without its last @cut bytes. */
  void tear(const std::string& name, const std::string& torn, unsigned cut) const;

 private:
  std::string path_;
};
