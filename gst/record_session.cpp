/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_session.h"

#include <algorithm>
#include <array>
#include <utility>

#include "gst/buffer_map.h"
#include "gst/record_name.h"

namespace media {
namespace {

constexpr int ear_rate = 16000;
constexpr GstClockTime packet_time = 20 * GST_MSECOND;
constexpr GstClockTime usual_frame_time = 33 * GST_MSECOND;
constexpr GstClockTime between_requests = 500 * GST_MSECOND;
constexpr std::array<std::uint8_t, 3> opus_silence{0xF8, 0xFF, 0xFE};

bool is_screen(FeedKind kind) {
  return kind == FeedKind::Screen || kind == FeedKind::ScreenAudio;
}

/* The folders of @pattern that are the same for everybody. */
std::string shared_folder(const std::string& pattern) {
  constexpr std::array personal{"user", "device", "name", "kind", "time"};
  size_t end = 0;
  for (size_t slash = pattern.find('/'); slash != std::string::npos;
       slash = pattern.find('/', slash + 1)) {
    const std::string folders = pattern.substr(0, slash + 1);
    if (std::ranges::any_of(personal, [&](const char* field) { return has_field(folders, field); }))
      break;
    end = slash + 1;
  }
  return pattern.substr(0, end);
}

RecordAccount::Settings account_settings(const RecordSettings& settings) {
  const std::string beside = shared_folder(settings.location) + "{time}-call";
  return {settings.manifest.empty() ? beside : settings.manifest, settings.captions};
}

}  // namespace

RecordSession::RecordSession(RecordSettings settings, std::int64_t started_us, Host& host)
    : settings_(std::move(settings)),
      started_us_(started_us),
      host_(host),
      account_(account_settings(settings_), started_us,
               [this](DiskError error) { fail(std::move(error)); }),
      pauses_(settings_.timeline) {}

void RecordSession::fail(DiskError error) {
  if (std::exchange(failed_, true)) return;
  for (auto& group : groups_) group.series->cut();
  host_.on_error(std::move(error));
}

/* --- Who is there --- */

RecordSession::Feed* RecordSession::find(unsigned number) {
  const auto found = feeds_.find(number);
  return found == feeds_.end() || finished_ ? nullptr : &found->second;
}

void RecordSession::add_feed(unsigned number) {
  if (!finished_) feeds_[number].number = number;
}

void RecordSession::news(unsigned number, const ActivityNews& news, GstClockTime now) {
  auto* feed = find(number);
  if (!feed) return;
  if (room_.empty()) {
    room_ = news.room;
    call_id_ = news.call_id;
  }
  account_.open(room_, call_id_);
  const GstClockTime when = news.running_time == GST_CLOCK_TIME_NONE ? now : news.running_time;
  begin(*feed);
  /* The last pads of a call are there only to say that it is over. */
  if (!feed->news && news.activity != Activity::Ended) feed->begins = when;
  feed->news = news;
  if (!feed->begins) account_.muted(number, news.muted, when);
}

/* Not with its first news: the roster, which knows since when somebody is there, comes after. */
void RecordSession::begin(Feed& feed) {
  if (!feed.begins) return;
  const GstClockTime when = *std::exchange(feed.begins, std::nullopt);
  account_.feed_started(feed.number, *feed.news, when);
  account_.muted(feed.number, feed.news->muted, when);
}

void RecordSession::roster(const Roster& roster, GstClockTime now) {
  if (finished_) return;
  account_.open(room_, call_id_);
  account_.roster(roster, now);
  for (auto& [number, feed] : feeds_) begin(feed);
}

void RecordSession::end_feed(unsigned number, GstClockTime now) {
  auto* feed = find(number);
  if (!feed) return;
  begin(*feed);
  note_speech(*feed, feed->speech.finish());
  if (auto* series = feed->series) {
    series->remove_track(number);
    if (series->empty())
      groups_.remove_if([&](const Group& group) { return group.series.get() == series; });
  }
  account_.feed_ended(number, now);
  const auto news = std::move(feed->news);
  feeds_.erase(number);
  /* Who stopped only a track is still there, as is who saw the call end. */
  if (!news || news->reason == "track-removed" || news->reason == "call-ended") return;
  const auto person = person_of(*news);
  const bool sends = std::ranges::any_of(feeds_, [&](const auto& entry) {
    return entry.second.news && person_of(*entry.second.news) == person;
  });
  if (!sends) account_.left(person, now);
}

/* --- Files --- */

std::string RecordSession::group_key(const Feed& feed) const {
  if (!feed.news) return "feed " + std::to_string(feed.number);
  const auto& news = *feed.news;
  const bool per_feed = has_field(settings_.location, "kind");
  const std::string part = per_feed               ? name_of(news.kind)
                           : is_screen(news.kind) ? "screen"
                                                  : "person";
  return news.user_id + "\n" + news.device_id + "\n" + news.session_id + "\n" + part;
}

std::string RecordSession::path_of(const Feed& feed) const {
  const std::string anonymous = "feed-" + std::to_string(feed.number);
  NameFields fields{{"room", room_},     {"call", call_id_},    {"user", anonymous},
                    {"name", anonymous}, {"device", anonymous}, {"kind", anonymous}};
  if (feed.news) {
    fields["user"] = feed.news->user_id;
    fields["name"] = feed.news->display_name;
    fields["device"] = feed.news->device_id;
    fields["kind"] = name_of(feed.news->kind);
  }
  const bool is_beside = feed.news && is_screen(feed.news->kind);
  if (is_beside && !has_field(settings_.location, "kind"))
    return expand_name(suffixed_name(settings_.location, "-screen"), fields);
  return expand_name(settings_.location, fields);
}

RecordSeries& RecordSession::series_of(Feed& feed) {
  const std::string key = group_key(feed);
  const auto known = std::ranges::find(groups_, key, &Group::key);
  if (known != groups_.end()) return *known->series;
  RecordSeries::Host host{&account_.manifest(),
                          &pauses_,
                          started_us_,
                          account_.folder(),
                          [this](const std::string& line) { account_.write(line); },
                          [this](DiskError error) { fail(std::move(error)); },
                          [this](const std::string& path) { host_.on_file_closed(path); }};
  groups_.push_back(
      {key, std::make_unique<RecordSeries>(std::move(host), settings_.limits, path_of(feed),
                                           feed.news ? feed.news->display_name : "")});
  return *groups_.back().series;
}

void RecordSession::introduce_track(Feed& feed) {
  account_.open(room_, call_id_);
  begin(feed);
  if (failed_) return;
  if (!feed.series) feed.series = &series_of(feed);
  const bool is_video = feed.format->is_video();
  const std::string kind = feed.news ? name_of(feed.news->kind) : is_video ? "video" : "audio";
  feed.series->set_track({feed.number, kind, *feed.format});
}

void RecordSession::caps(unsigned number, GstCaps* caps) {
  auto* feed = find(number);
  if (!feed || failed_) return;
  feed->format = stored_format(caps);
  /* Until the first sample, whose feed it is may still be told. */
  if (feed->series && feed->format) introduce_track(*feed);
}

void RecordSession::ask_for_key_frame(Feed& feed, GstClockTime now) {
  if (feed.asked != GST_CLOCK_TIME_NONE && now < feed.asked + between_requests) return;
  feed.asked = now;
  host_.on_key_frame_wanted(feed.number);
}

/* The series of @because begins its next file. */
void RecordSession::cut(const Feed& because, GstClockTime now) {
  because.series->cut();
  for (auto& [number, feed] : feeds_) {
    if (feed.series != because.series || &feed == &because || !feed.format->is_video()) continue;
    feed.waits_for_key = true;
    ask_for_key_frame(feed, now);
  }
}

void RecordSession::sample(RecordSample sample) {
  auto* feed = find(sample.feed);
  if (!feed || failed_ || !feed->format || sample.time == GST_CLOCK_TIME_NONE) return;
  const bool is_video = feed->format->is_video();
  if (pauses_.contains(sample.time)) {
    feed->waits_for_key = true;
    note_speech(*feed, feed->speech.finish());
    return;
  }
  if (is_video && feed->waits_for_key && !sample.key) return ask_for_key_frame(*feed, sample.time);
  feed->waits_for_key = false;
  if (!feed->series) introduce_track(*feed);
  if (failed_) return;

  const bool wants_cut = feed->series->wants_cut(sample.time);
  if (wants_cut && is_video && !sample.key) ask_for_key_frame(*feed, sample.time);
  const bool may_cut = is_video ? sample.key : !feed->series->has_video();
  if (!feed->series->takes(feed->number) || (wants_cut && may_cut)) cut(*feed, sample.time);
  complete(*feed, sample);
  listen(*feed, sample);
  feed->series->add(std::move(sample));
}

/* Finds out what the buffer does not say, and what came before it. */
void RecordSession::complete(Feed& feed, RecordSample& sample) {
  const BufferMap map(sample.buffer.get());
  const auto& format = *feed.format;
  if (!format.is_video()) {
    if (settings_.timeline == RecordPauses::Timeline::Keep) fill_with_silence(feed, sample.time);
    sample.key = true;
    sample.duration = opus_duration(map.bytes());
  } else {
    if (sample.duration == GST_CLOCK_TIME_NONE) sample.duration = usual_frame_time;
    PictureSize size{format.width, format.height};
    if (format.codec == MatroskaCodec::Vp8) size = vp8_size(map.bytes()).value_or(size);
    if (size != PictureSize() && sample.key) feed.series->resized(feed.number, size, sample.time);
  }
  feed.end = sample.time + sample.duration;
}

/* In the gap that a pause left. */
void RecordSession::fill_with_silence(Feed& feed, GstClockTime until) {
  if (feed.end == GST_CLOCK_TIME_NONE || !pauses_.contains(feed.end + packet_time)) return;
  for (; feed.end + packet_time <= until; feed.end += packet_time)
    feed.series->add({feed.number, feed.end, packet_time, true,
                      glib::Ref<GstBuffer>::adopt(
                          gst_buffer_new_memdup(opus_silence.data(), opus_silence.size()))});
}

/* --- Speech --- */

void RecordSession::listen(Feed& feed, const RecordSample& sample) {
  const bool is_microphone = feed.news && feed.news->kind == FeedKind::Audio;
  if (!settings_.speech || !is_microphone || feed.format->is_video()) return;
  const BufferMap map(sample.buffer.get());
  double level = -100;
  if (!is_opus_silence(map.bytes())) {
    if (!feed.ear) feed.ear = std::make_unique<OpusToSamples>(ear_rate, 1);
    level = level_of(feed.ear->decode(map.bytes()));
  }
  note_speech(feed, feed.speech.push(sample.time, opus_duration(map.bytes()), level));
}

void RecordSession::note_speech(const Feed& feed, const std::optional<SpeechInterval>& interval) {
  if (interval && feed.news) account_.speech(feed.number, feed.news->display_name, *interval);
}

/* --- Life --- */

void RecordSession::set_paused(bool paused, GstClockTime now) {
  if (finished_ || !pauses_.set(paused, now)) return;
  account_.open(room_, call_id_);
  account_.paused(paused, now);
}

void RecordSession::flush(GstClockTime now) {
  if (finished_ || failed_) return;
  for (auto& group : groups_) group.series->flush(now);
}

void RecordSession::finish(GstClockTime now) {
  if (finished_) return;
  while (!feeds_.empty()) {
    /* Nobody left: the recording did. */
    auto& feed = feeds_.begin()->second;
    if (feed.news) feed.news->reason = "call-ended";
    end_feed(feed.number, now);
  }
  account_.finish(now);
  finished_ = true;
}

}  // namespace media
