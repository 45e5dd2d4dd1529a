/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/* The bytes of a Matroska or WebM file that is readable however much of it was written.
 * matroskamux is not used because it waits for its slowest track, fixes each track's caps at
 * the first buffer, and leaves it to its sink what has reached the disk. Pure. */
namespace media {

enum class MatroskaCodec { Vp8, Vp9, H264, Opus };

struct MatroskaTrack {
  MatroskaCodec codec = MatroskaCodec::Opus;
  std::string name;
  int width = 0;             /* of video */
  int height = 0;            /* of video */
  int channels = 0;          /* of audio; 48 kHz */
  std::string codec_private; /* H.264: avcC. Made for Opus, empty for the others. */
};

struct MatroskaBlock {
  size_t track = 0; /* index */
  std::int64_t time_ms = 0;
  bool key = false;
  std::span<const std::uint8_t> data;
};

/* Bytes that go over those at @offset of the file. */
struct MatroskaPatch {
  std::uint64_t offset = 0;
  std::vector<std::uint8_t> bytes;
};

/* Files grow by whole clusters:
 *
 *   header() (cluster() patch for the length)* cues() patches to finish */
class MatroskaWriter {
 public:
  /* @utc_us: the moment of time 0, us since 1970. */
  MatroskaWriter(std::vector<MatroskaTrack> tracks, std::string title, std::int64_t utc_us);

  std::vector<std::uint8_t> header();
  /* @blocks: not empty, sorted by time, at most 30 s apart. Times never fall below those of
   * earlier clusters by more than 30 s. @end_ms: when the file ends by now. */
  std::vector<std::uint8_t> cluster(std::span<const MatroskaBlock> blocks, std::int64_t end_ms);
  /* The last cluster could not be written. */
  void take_back();
  /* Says how long the file is by now. */
  MatroskaPatch duration() const;
  /* The index, which the file ends with, unless there is no room for it. */
  std::vector<std::uint8_t> cues() const;
  /* After the index was written, or not. */
  std::vector<MatroskaPatch> finish(bool with_cues) const;

  std::int64_t end_ms() const { return written_.end_ms; }

 private:
  struct Landmark {
    std::int64_t time_ms;
    std::uint64_t cluster; /* from the segment's first byte */
  };

  std::vector<MatroskaTrack> tracks_;
  std::string title_;
  std::int64_t utc_us_;
  std::optional<size_t> cue_track_; /* the first video, if there is one */
  std::vector<Landmark> cue_points_;
  struct Extent {
    std::uint64_t size = 0;
    std::int64_t end_ms = 0;
    size_t cue_points = 0;
  };

  Extent written_;
  Extent before_;                  /* the last cluster */
  std::uint64_t segment_at_ = 0;   /* its first byte after the size */
  std::uint64_t seek_head_at_ = 0; /* where room was kept for it */
  std::uint64_t info_at_ = 0;
  std::uint64_t tracks_at_ = 0;
  std::uint64_t duration_at_ = 0;
};

}  // namespace media
