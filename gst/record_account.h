/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "gst/activity.h"
#include "gst/manifest.h"
#include "gst/record_disk.h"
#include "gst/roster.h"
#include "gst/speech.h"

namespace media {

/* What a recording writes beside its media: the manifest as lines and at the end as a document,
 * and captions. All times are running times. One thread. */
class RecordAccount {
 public:
  struct Settings {
    std::string path; /* template, without extension */
    bool captions = true;
  };
  /* @started_us: the moment of running time 0, us since 1970. @on_error: of the disk; what comes
   * later is still tried. */
  RecordAccount(Settings settings, std::int64_t started_us,
                std::function<void(DiskError)> on_error);

  /* Makes the files, the first time. */
  void open(const std::string& room, const std::string& call_id);
  /* Of the manifest; "" before it is open. */
  std::string folder() const;

  Manifest& manifest() { return manifest_; }
  /* Lines that the manifest made. */
  void write(const std::string& lines);

  void feed_started(unsigned feed, const ActivityNews& news, GstClockTime time);
  void muted(unsigned feed, bool muted, GstClockTime time);
  void feed_ended(unsigned feed, GstClockTime time);
  void left(const ManifestPerson& person, GstClockTime time);
  void roster(const Roster& roster, GstClockTime time);
  void speech(unsigned feed, const std::string& name, const SpeechInterval& interval);
  void paused(bool paused, GstClockTime time);
  /* Writes the document. */
  void finish(GstClockTime time);

 private:
  void append(DiskFile& file, const std::string& text);

  const Settings settings_;
  const std::int64_t started_us_;
  const std::function<void(DiskError)> on_error_;
  Manifest manifest_;
  std::string base_; /* path without extension */
  DiskFile lines_;
  DiskFile captions_;
};

ManifestPerson person_of(const ActivityNews& news);

}  // namespace media
