/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "gst/opus_decoder.h"
#include "gst/record_account.h"
#include "gst/record_series.h"
#include "gst/speech.h"

namespace media {

struct RecordSettings {
  std::string location;        /* template of file names */
  std::string manifest;        /* template, without extension; "": beside the files */
  bool captions = true;        /* who speaks when, as WebVTT */
  bool speech = true;          /* find out who speaks: decodes every microphone */
  RecordSeries::Limits limits; /* of one file */
  RecordPauses::Timeline timeline = RecordPauses::Timeline::Collapse;
};

/* A recording: what its feeds bring goes into files, and what happens into the manifest. Times
 * are running times; the manifest counts from running time 0.
 *
 * A feed without activity events is a participant of its own. After an error of the disk every
 * file is closed and nothing is recorded any more. One thread. */
class RecordSession {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    /* At most once. */
    virtual void on_error(DiskError error) = 0;
    virtual void on_key_frame_wanted(unsigned feed) = 0;
    /* A file that is complete. */
    virtual void on_file_closed(const std::string& path) = 0;
  };

  /* @started_us: the moment of running time 0, us since 1970. @host is borrowed. */
  RecordSession(RecordSettings settings, std::int64_t started_us, Host& host);

  /* Feeds are numbered from 1. */
  void add_feed(unsigned feed);
  void caps(unsigned feed, GstCaps* caps);
  void news(unsigned feed, const ActivityNews& news, GstClockTime now);
  void roster(const Roster& roster, GstClockTime now);
  /* @sample.duration may be unknown. */
  void sample(RecordSample sample);
  void end_feed(unsigned feed, GstClockTime now);
  void set_paused(bool paused, GstClockTime now);
  /* Now and then: writes what has come. */
  void flush(GstClockTime now);
  /* Ends feeds, files and the manifest. */
  void finish(GstClockTime now);

 private:
  struct Feed {
    unsigned number = 0;
    std::optional<ActivityNews> news;
    std::optional<GstClockTime> begins; /* not in the manifest yet */
    std::optional<StoredFormat> format;
    RecordSeries* series = nullptr; /* that knows of it */
    bool waits_for_key = true;
    GstClockTime end = GST_CLOCK_TIME_NONE; /* of its last sample */
    GstClockTime asked = GST_CLOCK_TIME_NONE;
    SpeechDetector speech;
    std::unique_ptr<OpusToSamples> ear;
  };
  struct Group {
    std::string key;
    std::unique_ptr<RecordSeries> series;
  };

  void fail(DiskError error);
  Feed* find(unsigned number);
  void begin(Feed& feed);
  std::string group_key(const Feed& feed) const;
  std::string path_of(const Feed& feed) const;
  RecordSeries& series_of(Feed& feed);
  void introduce_track(Feed& feed);
  void cut(const Feed& because, GstClockTime now);
  void ask_for_key_frame(Feed& feed, GstClockTime now);
  void complete(Feed& feed, RecordSample& sample);
  void fill_with_silence(Feed& feed, GstClockTime until);
  void listen(Feed& feed, const RecordSample& sample);
  void note_speech(const Feed& feed, const std::optional<SpeechInterval>& interval);

  const RecordSettings settings_;
  const std::int64_t started_us_;
  Host& host_;
  RecordAccount account_;
  RecordPauses pauses_;
  std::string room_;
  std::string call_id_;
  std::map<unsigned, Feed> feeds_;
  std::list<Group> groups_;
  bool failed_ = false;
  bool finished_ = false;
};

}  // namespace media
