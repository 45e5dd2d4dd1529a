/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_series.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <utility>

#include "gst/buffer_map.h"
#include "gst/record_name.h"

namespace media {
namespace {

/* How long the first file waits for the tracks that it is to have. */
constexpr GstClockTime patience = 1 * GST_SECOND;
constexpr GstClockTime cluster_time = 400 * GST_MSECOND;

std::int64_t to_ms(GstClockTime time) {
  return static_cast<std::int64_t>((time + GST_MSECOND / 2) / GST_MSECOND);
}

}  // namespace

bool RecordPauses::set(bool paused, GstClockTime running_time) {
  const bool was = !pauses_.empty() && pauses_.back().to == GST_CLOCK_TIME_NONE;
  if (was == paused) return false;
  if (paused)
    pauses_.push_back({running_time, GST_CLOCK_TIME_NONE});
  else
    pauses_.back().to = running_time;
  return true;
}

bool RecordPauses::contains(GstClockTime running_time) const {
  return std::ranges::any_of(pauses_, [&](const Pause& pause) {
    return pause.from <= running_time &&
           (pause.to == GST_CLOCK_TIME_NONE || running_time < pause.to);
  });
}

GstClockTime RecordPauses::left_out(GstClockTime running_time) const {
  GstClockTime sum = 0;
  if (timeline_ == Timeline::Keep) return sum;
  for (const auto& pause : pauses_)
    if (pause.from < running_time) sum += std::min(pause.to, running_time) - pause.from;
  return sum;
}

RecordSeries::RecordSeries(Host host, Limits limits, std::string path, std::string title)
    : host_(std::move(host)), limits_(limits), path_(std::move(path)), title_(std::move(title)) {}

void RecordSeries::set_track(const Track& track) {
  const auto known = std::ranges::find(tracks_, track.feed, &Track::feed);
  if (known == tracks_.end()) {
    tracks_.push_back(track);
    return;
  }
  /* What has come belongs to the old format. */
  if (!known->format.same_track(track.format)) write();
  *known = track;
}

bool RecordSeries::takes(unsigned feed) const {
  if (!file_) return true;
  const auto track = std::ranges::find(tracks_, feed, &Track::feed);
  return std::ranges::any_of(file_->tracks, [&](const Track& stored) {
    return stored.feed == feed && track != tracks_.end() && stored.format.same_track(track->format);
  });
}

void RecordSeries::remove_track(unsigned feed) {
  write();
  std::erase_if(tracks_, [&](const Track& track) { return track.feed == feed; });
  if (tracks_.empty()) close();
}

bool RecordSeries::has_video() const {
  return std::ranges::any_of(tracks_, [](const Track& track) { return track.format.is_video(); });
}

void RecordSeries::add(RecordSample sample) {
  pending_.push_back(std::move(sample));
}

bool RecordSeries::wants_cut(GstClockTime now) const {
  if (!file_) return false;
  const GstClockTime age = now > file_->opened ? now - file_->opened : 0;
  return (limits_.time != 0 && age >= limits_.time) ||
         (limits_.bytes != 0 && file_->disk.size() >= limits_.bytes);
}

void RecordSeries::cut() {
  write();
  close();
}

void RecordSeries::flush(GstClockTime now) {
  if (pending_.empty()) return;
  const GstClockTime age = now > pending_.front().time ? now - pending_.front().time : 0;
  if (age >= (file_ ? cluster_time : patience)) write();
}

void RecordSeries::resized(unsigned feed, PictureSize size, GstClockTime time) {
  const auto track = std::ranges::find(tracks_, feed, &Track::feed);
  if (track == tracks_.end()) return;
  const PictureSize before{track->format.width, track->format.height};
  if (before == size) return;
  track->format.width = size.width;
  track->format.height = size.height;
  const Resize resize{feed, size, time};
  if (file_)
    note_resize(resize);
  else if (before != PictureSize())
    early_resizes_.push_back(resize);
}

void RecordSeries::note_resize(const Resize& resize) {
  host_.on_line(host_.manifest->resized(shown_name(), resize.feed, resize.size.width,
                                        resize.size.height, to_ms(resize.time)));
}

std::int64_t RecordSeries::File::end_ms() const {
  std::int64_t end = 0;
  for (const auto& [feed, its_end] : ends_ms) end = std::max(end, its_end);
  return end;
}

std::int64_t RecordSeries::in_file(GstClockTime time) const {
  return to_ms(time - host_.pauses->left_out(time)) - file_->zero_ms;
}

/* As the manifest calls the file: relative to its own folder. */
std::string RecordSeries::shown_name() const {
  const std::string& path = file_->disk.path();
  const bool inside = !host_.folder.empty() && path.starts_with(host_.folder + "/");
  return inside ? path.substr(host_.folder.size() + 1) : path;
}

void RecordSeries::fail(const std::optional<DiskError>& error) {
  if (error) host_.on_error(*error);
}

/* The tracks that have media, those of video first. */
std::vector<MatroskaTrack> RecordSeries::matroska_tracks(std::vector<ManifestTrack>* listed) {
  std::vector<MatroskaTrack> stored;
  for (const bool video : {true, false}) {
    for (const auto& track : tracks_) {
      const bool has_media =
          std::ranges::find(pending_, track.feed, &RecordSample::feed) != pending_.end();
      if (!has_media || track.format.is_video() != video) continue;
      const auto& format = track.format;
      stored.push_back({format.codec, track.kind, format.width, format.height, format.channels,
                        format.codec_private});
      listed->push_back(
          {track.feed, track.kind, name_of(format.codec), format.width, format.height});
      file_->tracks.push_back(track);
    }
  }
  return stored;
}

bool RecordSeries::open() {
  const auto first = std::ranges::min_element(pending_, {}, &RecordSample::time);
  file_ = std::make_unique<File>();
  file_->opened = first->time;
  file_->zero_ms = to_ms(first->time - host_.pauses->left_out(first->time));
  file_->offset_ms = to_ms(first->time);
  const std::int64_t utc_us = host_.started_us + file_->offset_ms * 1000;
  std::vector<ManifestTrack> listed;
  file_->writer = std::make_unique<MatroskaWriter>(matroska_tracks(&listed), title_, utc_us);
  auto error = file_->disk.create(expand_name(path_, {{"time", time_name(utc_us)}}));
  if (!error) error = file_->disk.append(file_->writer->header());
  if (error) {
    file_.reset();
    pending_.clear();
    fail(error);
    return false;
  }
  host_.on_line(host_.manifest->file_opened(shown_name(), file_->offset_ms, listed));
  for (const auto& resize : std::exchange(early_resizes_, {})) note_resize(resize);
  return true;
}

void RecordSeries::note_offset(GstClockTime time) {
  const std::int64_t file_time = in_file(time);
  const std::int64_t offset = to_ms(time) - file_time;
  if (std::abs(offset - file_->offset_ms) <= 1) return;
  file_->offset_ms = offset;
  host_.on_line(host_.manifest->offset_changed(shown_name(), file_time, offset));
}

void RecordSeries::write() {
  if (pending_.empty() || (!file_ && !open())) return;
  std::ranges::stable_sort(pending_, {}, &RecordSample::time);
  std::deque<BufferMap> maps;
  std::vector<MatroskaBlock> blocks;
  for (const auto& sample : pending_) {
    const auto track = std::ranges::find(file_->tracks, sample.feed, &Track::feed);
    if (track == file_->tracks.end()) continue;
    note_offset(sample.time);
    maps.emplace_back(sample.buffer.get());
    blocks.push_back({static_cast<size_t>(track - file_->tracks.begin()),
                      std::max<std::int64_t>(0, in_file(sample.time)), sample.key,
                      maps.back().bytes()});
    /* What fills a mute lasts no longer than until the next frame. */
    file_->ends_ms[sample.feed] = in_file(sample.time) + to_ms(sample.duration);
  }
  std::optional<DiskError> error;
  if (!blocks.empty()) error = file_->disk.append(file_->writer->cluster(blocks, file_->end_ms()));
  pending_.clear();
  if (error) {
    file_->writer->take_back();
    close();
    fail(error);
    return;
  }
  const auto patch = file_->writer->duration();
  fail(file_->disk.overwrite(patch.offset, patch.bytes));
}

void RecordSeries::close() {
  if (!file_) return;
  const std::string name = shown_name();
  const auto file = std::exchange(file_, nullptr);
  /* On a full disk the file does without its index. */
  const bool has_cues = !file->disk.append(file->writer->cues());
  std::optional<DiskError> error;
  for (const auto& patch : file->writer->finish(has_cues))
    if (!error) error = file->disk.overwrite(patch.offset, patch.bytes);
  const std::uint64_t bytes = file->disk.size();
  const auto at_close = file->disk.close();
  host_.on_line(host_.manifest->file_closed(name, file->writer->end_ms(), bytes));
  host_.on_closed(file->disk.path());
  fail(error ? error : at_close);
}

}  // namespace media
