/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_matroska.h"

#include <algorithm>
#include <bit>
#include <string_view>
#include <utility>

namespace media {
namespace {

using Bytes = std::vector<std::uint8_t>;

/* Element ids of RFC 8794 and RFC 9559. */
enum Id : std::uint32_t {
  Ebml = 0x1A45DFA3,
  EbmlVersion = 0x4286,
  EbmlReadVersion = 0x42F7,
  EbmlMaxIdLength = 0x42F2,
  EbmlMaxSizeLength = 0x42F3,
  DocType = 0x4282,
  DocTypeVersion = 0x4287,
  DocTypeReadVersion = 0x4285,
  Void = 0xEC,
  Segment = 0x18538067,
  SeekHead = 0x114D9B74,
  Seek = 0x4DBB,
  SeekId = 0x53AB,
  SeekPosition = 0x53AC,
  Info = 0x1549A966,
  TimestampScale = 0x2AD7B1,
  Duration = 0x4489,
  DateUtc = 0x4461,
  Title = 0x7BA9,
  MuxingApp = 0x4D80,
  WritingApp = 0x5741,
  Tracks = 0x1654AE6B,
  TrackEntry = 0xAE,
  TrackNumber = 0xD7,
  TrackUid = 0x73C5,
  TrackType = 0x83,
  FlagLacing = 0x9C,
  Name = 0x536E,
  CodecId = 0x86,
  CodecPrivate = 0x63A2,
  SeekPreRoll = 0x56BB,
  Video = 0xE0,
  PixelWidth = 0xB0,
  PixelHeight = 0xBA,
  Audio = 0xE1,
  SamplingFrequency = 0xB5,
  Channels = 0x9F,
  Cluster = 0x1F43B675,
  Timestamp = 0xE7,
  SimpleBlock = 0xA3,
  Cues = 0x1C53BB6B,
  CuePoint = 0xBB,
  CueTime = 0xB3,
  CueTrackPositions = 0xB7,
  CueTrack = 0xF7,
  CueClusterPosition = 0xF1,
};

constexpr std::size_t seek_head_room = 96;
constexpr std::uint64_t ns_per_ms = 1000000;
constexpr std::uint64_t unknown_size = 0x01FFFFFFFFFFFFFF;
constexpr std::int64_t matroska_epoch_us = 978307200000000; /* 2001 */

void put_big_endian(Bytes& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void put_id(Bytes& out, std::uint32_t id) {
  put_big_endian(out, id, (static_cast<int>(std::bit_width(id)) + 7) / 8);
}

/* As few bytes as hold it; all ones mean "unknown". */
void put_size(Bytes& out, std::uint64_t size) {
  int bytes = 1;
  while (bytes < 8 && size >= (std::uint64_t{1} << (7 * bytes)) - 1) bytes++;
  put_big_endian(out, size | std::uint64_t{1} << (7 * bytes), bytes);
}

void put(Bytes& out, std::uint32_t id, const Bytes& content) {
  put_id(out, id);
  put_size(out, content.size());
  out.insert(out.end(), content.begin(), content.end());
}

void put_number(Bytes& out, std::uint32_t id, std::uint64_t value) {
  put_id(out, id);
  const int bytes = std::max(1, (static_cast<int>(std::bit_width(value)) + 7) / 8);
  put_size(out, static_cast<std::uint64_t>(bytes));
  put_big_endian(out, value, bytes);
}

void put_fixed(Bytes& out, std::uint32_t id, std::uint64_t value) {
  put_id(out, id);
  put_size(out, 8);
  put_big_endian(out, value, 8);
}

void put_real(Bytes& out, std::uint32_t id, double value) {
  put_fixed(out, id, std::bit_cast<std::uint64_t>(value));
}

void put_text(Bytes& out, std::uint32_t id, std::string_view text) {
  put_id(out, id);
  put_size(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
}

const char* codec_id(MatroskaCodec codec) {
  switch (codec) {
    case MatroskaCodec::Vp8:
      return "V_VP8";
    case MatroskaCodec::Vp9:
      return "V_VP9";
    case MatroskaCodec::H264:
      return "V_MPEG4/ISO/AVC";
    case MatroskaCodec::Opus:
      return "A_OPUS";
  }
  return "";
}

/* RFC 7845 section 5.1, without pre-skip: time 0 is the first packet's. */
std::string opus_head(int channels) {
  std::string head = "OpusHead";
  head += '\1';
  head += static_cast<char>(channels);
  head.append(2, '\0');
  head += std::string_view("\x80\xBB\0\0", 4); /* 48000 */
  head.append(3, '\0');
  return head;
}

Bytes track_entry(const MatroskaTrack& track, size_t number) {
  const bool is_audio = track.codec == MatroskaCodec::Opus;
  Bytes entry;
  put_number(entry, TrackNumber, number);
  put_number(entry, TrackUid, number);
  put_number(entry, TrackType, is_audio ? 2 : 1);
  put_number(entry, FlagLacing, 0);
  put_text(entry, Name, track.name);
  put_text(entry, CodecId, codec_id(track.codec));
  const std::string made = is_audio ? opus_head(track.channels) : track.codec_private;
  if (!made.empty()) put_text(entry, CodecPrivate, made);
  Bytes details;
  if (is_audio) {
    put_number(entry, SeekPreRoll, 80 * ns_per_ms);
    put_real(details, SamplingFrequency, 48000);
    put_number(details, Channels, static_cast<std::uint64_t>(track.channels));
    put(entry, Audio, details);
  } else {
    put_number(details, PixelWidth, static_cast<std::uint64_t>(track.width));
    put_number(details, PixelHeight, static_cast<std::uint64_t>(track.height));
    put(entry, Video, details);
  }
  return entry;
}

bool fits_webm(const std::vector<MatroskaTrack>& tracks) {
  return std::ranges::none_of(
      tracks, [](const MatroskaTrack& track) { return track.codec == MatroskaCodec::H264; });
}

Bytes ebml_header(bool webm) {
  Bytes content;
  put_number(content, EbmlVersion, 1);
  put_number(content, EbmlReadVersion, 1);
  put_number(content, EbmlMaxIdLength, 4);
  put_number(content, EbmlMaxSizeLength, 8);
  put_text(content, DocType, webm ? "webm" : "matroska");
  put_number(content, DocTypeVersion, 4);
  put_number(content, DocTypeReadVersion, 2);
  Bytes header;
  put(header, Ebml, content);
  return header;
}

/* An element that says nothing and takes @room bytes (at least 9) in all. */
Bytes filler(size_t room) {
  Bytes out;
  put_id(out, Void);
  put_big_endian(out, (room - 9) | std::uint64_t{1} << 56, 8);
  out.resize(room);
  return out;
}

void put_seek(Bytes& out, std::uint32_t id, std::uint64_t position) {
  Bytes id_bytes;
  put_id(id_bytes, id);
  Bytes seek;
  put(seek, SeekId, id_bytes);
  put_fixed(seek, SeekPosition, position);
  put(out, Seek, seek);
}

}  // namespace

MatroskaWriter::MatroskaWriter(std::vector<MatroskaTrack> tracks, std::string title,
                               std::int64_t utc_us)
    : tracks_(std::move(tracks)), title_(std::move(title)), utc_us_(utc_us) {
  for (size_t i = 0; i < tracks_.size() && !cue_track_; i++)
    if (tracks_[i].codec != MatroskaCodec::Opus) cue_track_ = i;
}

std::vector<std::uint8_t> MatroskaWriter::header() {
  Bytes out = ebml_header(fits_webm(tracks_));
  put_id(out, Segment);
  put_big_endian(out, unknown_size, 8);
  segment_at_ = out.size();
  seek_head_at_ = out.size();
  const Bytes room = filler(seek_head_room);
  out.insert(out.end(), room.begin(), room.end());

  Bytes info;
  put_number(info, TimestampScale, ns_per_ms);
  put_text(info, MuxingApp, "gst-matrix-call");
  put_text(info, WritingApp, "gst-matrix-call");
  put_fixed(info, DateUtc, static_cast<std::uint64_t>((utc_us_ - matroska_epoch_us) * 1000));
  if (!title_.empty()) put_text(info, Title, title_);
  put_real(info, Duration, 0);
  info_at_ = out.size();
  put(out, Info, info);
  duration_at_ = out.size() - 8;

  Bytes entries;
  for (size_t i = 0; i < tracks_.size(); i++)
    put(entries, TrackEntry, track_entry(tracks_[i], i + 1));
  tracks_at_ = out.size();
  put(out, Tracks, entries);
  written_.size = out.size();
  return out;
}

std::vector<std::uint8_t> MatroskaWriter::cluster(std::span<const MatroskaBlock> blocks,
                                                  std::int64_t end_ms) {
  const std::int64_t start = std::max<std::int64_t>(0, blocks.front().time_ms);
  Bytes content;
  put_number(content, Timestamp, static_cast<std::uint64_t>(start));
  std::optional<std::int64_t> cue;
  for (const auto& block : blocks) {
    put_id(content, SimpleBlock);
    put_size(content, block.data.size() + 4);
    put_size(content, block.track + 1);
    const auto offset = std::clamp<std::int64_t>(block.time_ms - start, -30000, 30000);
    put_big_endian(content, static_cast<std::uint16_t>(offset), 2);
    content.push_back(block.key ? 0x80 : 0);
    content.insert(content.end(), block.data.begin(), block.data.end());
    if (!cue && block.key && (!cue_track_ || block.track == *cue_track_)) cue = block.time_ms;
  }
  before_ = written_;
  if (cue) cue_points_.push_back({*cue, written_.size - segment_at_});
  Bytes out;
  put(out, Cluster, content);
  written_ = {written_.size + out.size(), end_ms, cue_points_.size()};
  return out;
}

void MatroskaWriter::take_back() {
  written_ = before_;
  cue_points_.resize(before_.cue_points);
}

MatroskaPatch MatroskaWriter::duration() const {
  MatroskaPatch patch{duration_at_, {}};
  put_big_endian(patch.bytes, std::bit_cast<std::uint64_t>(static_cast<double>(written_.end_ms)),
                 8);
  return patch;
}

std::vector<std::uint8_t> MatroskaWriter::cues() const {
  Bytes points;
  for (const auto& point : cue_points_) {
    Bytes position;
    put_number(position, CueTrack, cue_track_.value_or(0) + 1);
    put_number(position, CueClusterPosition, point.cluster);
    Bytes content;
    put_number(content, CueTime,
               static_cast<std::uint64_t>(std::max<std::int64_t>(0, point.time_ms)));
    put(content, CueTrackPositions, position);
    put(points, CuePoint, content);
  }
  Bytes out;
  if (!cue_points_.empty()) put(out, Cues, points);
  return out;
}

std::vector<MatroskaPatch> MatroskaWriter::finish(bool with_cues) const {
  Bytes seeks;
  put_seek(seeks, Info, info_at_ - segment_at_);
  put_seek(seeks, Tracks, tracks_at_ - segment_at_);
  if (with_cues && !cue_points_.empty()) put_seek(seeks, Cues, written_.size - segment_at_);
  Bytes head;
  put(head, SeekHead, seeks);
  const Bytes rest = filler(seek_head_room - head.size());
  head.insert(head.end(), rest.begin(), rest.end());

  MatroskaPatch segment{segment_at_ - 8, {}};
  const std::uint64_t whole = written_.size + (with_cues ? cues().size() : 0) - segment_at_;
  put_big_endian(segment.bytes, whole | std::uint64_t{1} << 56, 8);
  return {duration(), {seek_head_at_, head}, segment};
}

}  // namespace media
