/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_account.h"

#include <algorithm>
#include <utility>

#include "gst/record_captions.h"
#include "gst/record_name.h"

namespace media {
namespace {

std::int64_t to_ms(GstClockTime time) {
  return static_cast<std::int64_t>(time / GST_MSECOND);
}

}  // namespace

ManifestPerson person_of(const ActivityNews& news) {
  return {news.user_id, news.device_id, news.session_id};
}

RecordAccount::RecordAccount(Settings settings, std::int64_t started_us,
                             std::function<void(DiskError)> on_error)
    : settings_(std::move(settings)), started_us_(started_us), on_error_(std::move(on_error)) {}

void RecordAccount::append(DiskFile& file, const std::string& text) {
  if (!file.is_open() || text.empty()) return;
  if (const auto error = file.append(text)) on_error_(*error);
}

void RecordAccount::open(const std::string& room, const std::string& call_id) {
  if (!base_.empty()) return;
  base_ = expand_name(settings_.path,
                      {{"room", room}, {"call", call_id}, {"time", time_name(started_us_)}});
  if (const auto error = lines_.create(base_ + ".jsonl")) on_error_(*error);
  append(lines_, manifest_.start(room, call_id, started_us_));
  if (!settings_.captions || !lines_.is_open()) return;
  if (const auto error = captions_.create(base_ + ".vtt")) on_error_(*error);
  append(captions_, captions_header());
}

std::string RecordAccount::folder() const {
  const glib::Unique<char> folder(g_path_get_dirname(base_.c_str()));
  return base_.empty() ? "" : folder.get();
}

void RecordAccount::write(const std::string& lines) {
  append(lines_, lines);
}

void RecordAccount::feed_started(unsigned feed, const ActivityNews& news, GstClockTime time) {
  const auto person = person_of(news);
  if (!manifest_.is_there(person)) write(manifest_.joined(person, news.display_name, to_ms(time)));
  write(manifest_.feed_started(feed, person, news.kind, to_ms(time)));
}

void RecordAccount::muted(unsigned feed, bool muted, GstClockTime time) {
  write(manifest_.muted(feed, muted, to_ms(time)));
}

void RecordAccount::feed_ended(unsigned feed, GstClockTime time) {
  write(manifest_.feed_ended(feed, to_ms(time)));
}

void RecordAccount::left(const ManifestPerson& person, GstClockTime time) {
  write(manifest_.left(person, to_ms(time)));
}

void RecordAccount::roster(const Roster& roster, GstClockTime time) {
  const auto as_person = [](const RosterEntry& entry) {
    return ManifestPerson{entry.user_id, entry.device_id, entry.session_id};
  };
  for (const auto& entry : roster) {
    if (manifest_.is_there(as_person(entry))) continue;
    const std::int64_t joined =
        entry.joined == 0 ? to_ms(time) : (entry.joined - started_us_) / 1000;
    write(manifest_.joined(as_person(entry), entry.display_name, joined));
  }
  for (const auto& person : manifest_.people())
    if (std::ranges::find(roster, person, as_person) == roster.end()) left(person, time);
}

void RecordAccount::speech(unsigned feed, const std::string& name, const SpeechInterval& interval) {
  const std::int64_t from = to_ms(interval.from);
  const std::int64_t to = to_ms(interval.to);
  write(manifest_.speech(feed, from, to));
  append(captions_, caption(name, from, to));
}

void RecordAccount::paused(bool paused, GstClockTime time) {
  write(manifest_.paused(paused, to_ms(time)));
}

void RecordAccount::finish(GstClockTime time) {
  write(manifest_.end(to_ms(time)));
  if (!lines_.is_open()) return;
  DiskFile document;
  if (const auto error = document.create(base_ + ".json"))
    on_error_(*error);
  else
    append(document, manifest_.document());
}

}  // namespace media
