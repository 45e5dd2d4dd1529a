/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gst/gst_ptr.h"
#include "gst/manifest.h"
#include "gst/record_codec.h"
#include "gst/record_disk.h"

namespace media {

/* What was not recorded: the recording was paused. Pure. */
class RecordPauses {
 public:
  enum class Timeline {
    Collapse, /* files go on as if no time had passed */
    Keep,     /* files have a gap; sound is silent in it */
  };

  explicit RecordPauses(Timeline timeline) : timeline_(timeline) {}
  /* Changes that change nothing are ignored. True if it was one. */
  bool set(bool paused, GstClockTime running_time);
  bool contains(GstClockTime running_time) const;
  /* How much shorter files are at @running_time. */
  GstClockTime left_out(GstClockTime running_time) const;
  Timeline timeline() const { return timeline_; }

 private:
  struct Pause {
    GstClockTime from;
    GstClockTime to; /* NONE: still */
  };
  Timeline timeline_;
  std::vector<Pause> pauses_;
};

/* One encoded frame or packet. */
struct RecordSample {
  unsigned feed = 0;
  GstClockTime time = 0; /* running time */
  GstClockTime duration = 0;
  bool key = false;
  glib::Ref<GstBuffer> buffer;
};

/* The files of one participant (or one feed), one after another. A file's tracks are those that
 * have media when it is first written; what comes later, or becomes another format, begins the
 * next file.
 *
 *   (nothing) --a second of media, or the end--> File --cut, end--> (nothing)
 *
 * One thread. */
class RecordSeries {
 public:
  struct Host {
    Manifest* manifest;
    const RecordPauses* pauses;
    std::int64_t started_us;                         /* the moment of running time 0 */
    std::string folder;                              /* of the manifest */
    std::function<void(const std::string&)> on_line; /* for the manifest */
    std::function<void(DiskError)> on_error;
    std::function<void(const std::string& path)> on_closed;
  };
  struct Limits {
    GstClockTime time = 0;   /* 0: none */
    std::uint64_t bytes = 0; /* 0: none */
  };
  struct Track {
    unsigned feed = 0;
    std::string kind;
    StoredFormat format;
  };

  /* @path: of the first file, with "{time}" still in it. */
  RecordSeries(Host host, Limits limits, std::string path, std::string title);

  /* A new track, or a new format of one. */
  void set_track(const Track& track);
  /* Whether what is added of @feed can go into the present file, if there is one. */
  bool takes(unsigned feed) const;
  void remove_track(unsigned feed);
  bool empty() const { return tracks_.empty(); }
  bool has_video() const;

  void add(RecordSample sample);
  /* The present file has had its time or size; cut() at the next key frame. */
  bool wants_cut(GstClockTime now) const;
  /* Ends the present file: what is added from now on goes into the next one. */
  void cut();
  /* Writes what has come, if it is time for it by @now. */
  void flush(GstClockTime now);
  /* From @time on; said again, it is ignored. */
  void resized(unsigned feed, PictureSize size, GstClockTime time);

 private:
  struct Resize {
    unsigned feed;
    PictureSize size;
    GstClockTime time;
  };
  struct File {
    DiskFile disk;
    std::unique_ptr<MatroskaWriter> writer;
    std::vector<Track> tracks;
    std::map<unsigned, std::int64_t> ends_ms; /* of each feed's last sample */
    std::int64_t zero_ms = 0;                 /* in times without pauses */
    std::int64_t offset_ms = 0;               /* the recording's time less the file's, at present */
    GstClockTime opened = 0;

    std::int64_t end_ms() const;
  };

  void write();
  bool open();
  void close();
  void note_resize(const Resize& resize);
  std::vector<MatroskaTrack> matroska_tracks(std::vector<ManifestTrack>* listed);
  std::int64_t in_file(GstClockTime time) const;
  void note_offset(GstClockTime time);
  std::string shown_name() const;
  void fail(const std::optional<DiskError>& error);

  Host host_;
  Limits limits_;
  std::string path_;
  std::string title_;
  std::vector<Track> tracks_;
  std::vector<RecordSample> pending_;
  std::vector<Resize> early_resizes_; /* before there is a file */
  std::unique_ptr<File> file_;
};

}  // namespace media
