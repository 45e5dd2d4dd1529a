/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <vector>

#include "gst/record_session.h"
#include "record_fixture.h"

/* When running time 0 was, us since 1970. */
constexpr std::int64_t started = G_GINT64_CONSTANT(1764066318000000);
constexpr GstClockTime s = GST_SECOND;

/* A RecordSession in a folder of its own, and what it asked for. */
class Recording final : public media::RecordSession::Host {
 public:
  explicit Recording(const std::string& pattern = "{user}.mkv",
                     media::RecordSettings settings = {});

  media::RecordSession& session() { return session_; }
  const TemporaryFolder& folder() const { return folder_; }
  std::vector<ReadTrack> read(const std::string& name) const;
  /* The lines of the manifest. */
  std::string lines() const;
  /* Fails unless these are the .mkv files. */
  void check_files(const std::vector<std::string>& expected) const;

  /* A feed of 640x360 VP8, or of Opus. */
  void add(unsigned feed, const std::string& user, media::FeedKind kind, GstClockTime now = 0);
  void video(unsigned feed, GstClockTime from, GstClockTime to, bool first_is_key = true);
  void audio(unsigned feed, GstClockTime from, GstClockTime to, bool loud = false);
  /* Both, as they come: interleaved. */
  void both(unsigned video_feed, unsigned audio_feed, GstClockTime from, GstClockTime to);

  std::vector<unsigned> wanted_keys;
  std::vector<media::DiskError> errors;

 private:
  void on_error(media::DiskError error) override { errors.push_back(std::move(error)); }
  void on_key_frame_wanted(unsigned feed) override { wanted_keys.push_back(feed); }
  void on_file_closed(const std::string&) override {}

  TemporaryFolder folder_;
  media::RecordSession session_;
};
