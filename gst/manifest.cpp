/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/manifest.h"

#include <json-glib/json-glib.h>

#include <algorithm>

#include "signalling/base/glib_ptr.h"

GLIB_OBJECT(JsonBuilder);
GLIB_OBJECT(JsonGenerator);
GLIB_COUNTED(JsonNode, json_node_ref, json_node_unref);
GLIB_COUNTED(GDateTime, g_date_time_ref, g_date_time_unref);

namespace media {
namespace {

std::string iso8601(std::int64_t utc_us) {
  const auto seconds = glib::Ref<GDateTime>::adopt(g_date_time_new_from_unix_utc(utc_us / 1000000));
  if (!seconds) return "";
  const auto time = glib::Ref<GDateTime>::adopt(
      g_date_time_add(seconds.get(), static_cast<GTimeSpan>(utc_us % 1000000)));
  const glib::Unique<char> text(g_date_time_format(time.get(), "%Y-%m-%dT%H:%M:%S.%fZ"));
  return text.get();
}

}  // namespace

/* Builds one JSON value. Strangers' strings may be no UTF-8. */
class Manifest::Writer {
 public:
  Writer() : builder_(glib::Ref<JsonBuilder>::adopt(json_builder_new())) {}

  Writer& object() { return (json_builder_begin_object(builder_.get()), *this); }
  Writer& end_object() { return (json_builder_end_object(builder_.get()), *this); }
  Writer& array(const char* key) { return (name(key), array()); }
  Writer& array() { return (json_builder_begin_array(builder_.get()), *this); }
  Writer& end_array() { return (json_builder_end_array(builder_.get()), *this); }
  Writer& set(const char* key, const std::string& value) {
    const glib::Unique<char> valid(
        g_utf8_make_valid(value.data(), static_cast<gssize>(value.size())));
    name(key);
    json_builder_add_string_value(builder_.get(), valid.get());
    return *this;
  }
  Writer& set(const char* key, std::int64_t value) { return (name(key), add(value)); }
  Writer& set(const char* key, std::optional<std::int64_t> value) {
    return (name(key), add(value));
  }
  Writer& add(std::optional<std::int64_t> value) {
    if (value)
      json_builder_add_int_value(builder_.get(), *value);
    else
      json_builder_add_null_value(builder_.get());
    return *this;
  }
  Writer& set(const ManifestPerson& person) {
    return set("user-id", person.user_id)
        .set("device-id", person.device_id)
        .set("session-id", person.session_id);
  }
  std::string text(bool pretty = false) {
    const auto root = glib::Ref<JsonNode>::adopt(json_builder_get_root(builder_.get()));
    const auto generator = glib::Ref<JsonGenerator>::adopt(json_generator_new());
    json_generator_set_root(generator.get(), root.get());
    json_generator_set_pretty(generator.get(), pretty);
    const glib::Unique<char> text(json_generator_to_data(generator.get(), nullptr));
    return std::string(text.get()) + "\n";
  }

 private:
  void name(const char* key) { json_builder_set_member_name(builder_.get(), key); }

  glib::Ref<JsonBuilder> builder_;
};

std::string Manifest::start(std::string room, std::string call_id, std::int64_t started_us) {
  room_ = std::move(room);
  call_id_ = std::move(call_id);
  started_us_ = started_us;
  return Writer()
      .object()
      .set("time", 0)
      .set("event", "started")
      .set("schema", schema)
      .set("version", version)
      .set("room", room_)
      .set("call-id", call_id_)
      .set("started", iso8601(started_us))
      .end_object()
      .text();
}

Manifest::Participant* Manifest::present(const ManifestPerson& person) {
  const auto found = std::ranges::find_if(participants_, [&](const Participant& participant) {
    return participant.person == person && !participant.present.second;
  });
  return found == participants_.end() ? nullptr : &*found;
}

Manifest::Feed* Manifest::feed(unsigned number) {
  for (auto& participant : participants_)
    for (auto& feed : participant.feeds)
      if (feed.number == number) return &feed;
  return nullptr;
}

Manifest::File* Manifest::file(const std::string& name) {
  const auto found = std::ranges::find(files_, name, &File::name);
  return found == files_.end() ? nullptr : &*found;
}

bool Manifest::is_there(const ManifestPerson& person) const {
  return std::ranges::any_of(participants_, [&](const Participant& participant) {
    return participant.person == person && !participant.present.second;
  });
}

std::vector<ManifestPerson> Manifest::people() const {
  std::vector<ManifestPerson> people;
  for (const auto& participant : participants_)
    if (!participant.present.second) people.push_back(participant.person);
  return people;
}

std::string Manifest::joined(const ManifestPerson& person, const std::string& display_name,
                             std::int64_t time) {
  participants_.push_back({person, display_name, {time, std::nullopt}, {}});
  return Writer()
      .object()
      .set("time", time)
      .set("event", "joined")
      .set(person)
      .set("display-name", display_name)
      .end_object()
      .text();
}

std::string Manifest::left(const ManifestPerson& person, std::int64_t time) {
  auto* participant = present(person);
  if (!participant) return "";
  participant->present.second = time;
  return Writer().object().set("time", time).set("event", "left").set(person).end_object().text();
}

std::string Manifest::feed_started(unsigned number, const ManifestPerson& person, FeedKind kind,
                                   std::int64_t time) {
  if (auto* participant = present(person))
    participant->feeds.push_back({number, kind, {time, std::nullopt}, {}, {}});
  return Writer()
      .object()
      .set("time", time)
      .set("event", "feed-started")
      .set("feed", number)
      .set("kind", name_of(kind))
      .set(person)
      .end_object()
      .text();
}

std::string Manifest::muted(unsigned number, bool muted, std::int64_t time) {
  auto* its = feed(number);
  if (!its) return "";
  const bool was = !its->muted.empty() && !its->muted.back().second;
  if (was == muted) return "";
  if (muted)
    its->muted.emplace_back(time, std::nullopt);
  else
    its->muted.back().second = time;
  return Writer()
      .object()
      .set("time", time)
      .set("event", muted ? "muted" : "unmuted")
      .set("feed", number)
      .end_object()
      .text();
}

std::string Manifest::feed_ended(unsigned number, std::int64_t time) {
  auto* its = feed(number);
  if (!its || its->present.second) return "";
  its->present.second = time;
  if (!its->muted.empty() && !its->muted.back().second) its->muted.back().second = time;
  return Writer()
      .object()
      .set("time", time)
      .set("event", "feed-ended")
      .set("feed", number)
      .end_object()
      .text();
}

std::string Manifest::speech(unsigned number, std::int64_t from, std::int64_t to) {
  auto* its = feed(number);
  if (!its) return "";
  its->speech.emplace_back(from, to);
  return Writer()
      .object()
      .set("time", to)
      .set("event", "speech")
      .set("feed", number)
      .set("from", from)
      .set("to", to)
      .end_object()
      .text();
}

void Manifest::write(Writer& out, const std::vector<ManifestTrack>& tracks) {
  out.array("tracks");
  for (const auto& track : tracks) {
    out.object().set("feed", track.feed).set("kind", track.kind).set("codec", track.codec);
    if (track.width) out.set("width", track.width).set("height", track.height);
    out.end_object();
  }
  out.end_array();
}

std::string Manifest::file_opened(const std::string& name, std::int64_t offset,
                                  std::vector<ManifestTrack> tracks) {
  Writer line;
  line.object().set("time", offset).set("event", "file-opened").set("file", name);
  line.set("offset", offset);
  write(line, tracks);
  files_.push_back({name, offset, std::move(tracks), {}, {}, std::nullopt, 0});
  return line.end_object().text();
}

std::string Manifest::resized(const std::string& name, unsigned number, int width, int height,
                              std::int64_t time) {
  if (auto* its = file(name)) its->resizes.push_back({number, width, height, time});
  return Writer()
      .object()
      .set("time", time)
      .set("event", "resized")
      .set("file", name)
      .set("feed", number)
      .set("width", width)
      .set("height", height)
      .end_object()
      .text();
}

std::string Manifest::offset_changed(const std::string& name, std::int64_t file_time,
                                     std::int64_t offset) {
  if (auto* its = file(name)) its->offset_changes.emplace_back(file_time, offset);
  return Writer()
      .object()
      .set("time", file_time + offset)
      .set("event", "offset-changed")
      .set("file", name)
      .set("file-time", file_time)
      .set("offset", offset)
      .end_object()
      .text();
}

std::string Manifest::file_closed(const std::string& name, std::int64_t duration,
                                  std::uint64_t bytes) {
  std::int64_t offset = 0;
  if (auto* its = file(name)) {
    its->duration = duration;
    its->bytes = bytes;
    offset = its->offset_changes.empty() ? its->offset : its->offset_changes.back().second;
  }
  return Writer()
      .object()
      .set("time", offset + duration)
      .set("event", "file-closed")
      .set("file", name)
      .set("duration", duration)
      .set("bytes", static_cast<std::int64_t>(bytes))
      .end_object()
      .text();
}

std::string Manifest::paused(bool paused, std::int64_t time) {
  if (paused)
    pauses_.emplace_back(time, std::nullopt);
  else if (!pauses_.empty())
    pauses_.back().second = time;
  return Writer()
      .object()
      .set("time", time)
      .set("event", paused ? "paused" : "resumed")
      .end_object()
      .text();
}

std::string Manifest::end(std::int64_t time) {
  duration_ = time;
  return Writer().object().set("time", time).set("event", "ended").end_object().text();
}

void Manifest::write(Writer& out, const std::vector<Interval>& intervals) {
  for (const auto& [from, to] : intervals) out.array().add(from).add(to).end_array();
}

void Manifest::write(Writer& out, const Participant& participant) {
  out.object()
      .set(participant.person)
      .set("display-name", participant.display_name)
      .set("joined", participant.present.first)
      .set("left", participant.present.second)
      .array("feeds");
  for (const auto& feed : participant.feeds) {
    out.object()
        .set("feed", feed.number)
        .set("kind", name_of(feed.kind))
        .set("started", feed.present.first)
        .set("ended", feed.present.second)
        .array("muted");
    write(out, feed.muted);
    out.end_array().array("speech");
    write(out, feed.speech);
    out.end_array().end_object();
  }
  out.end_array().end_object();
}

void Manifest::write(Writer& out, const File& file) {
  out.object()
      .set("file", file.name)
      .set("offset", file.offset)
      .set("duration", file.duration)
      .set("bytes", static_cast<std::int64_t>(file.bytes));
  write(out, file.tracks);
  out.array("resizes");
  for (const auto& resize : file.resizes)
    out.object()
        .set("time", resize.time)
        .set("feed", resize.feed)
        .set("width", resize.width)
        .set("height", resize.height)
        .end_object();
  out.end_array().array("offset-changes");
  for (const auto& [file_time, offset] : file.offset_changes)
    out.object().set("file-time", file_time).set("offset", offset).end_object();
  out.end_array().end_object();
}

std::string Manifest::document() const {
  Writer out;
  out.object()
      .set("schema", schema)
      .set("version", version)
      .set("room", room_)
      .set("call-id", call_id_)
      .set("started", iso8601(started_us_))
      .set("duration", duration_)
      .array("participants");
  for (const auto& participant : participants_) write(out, participant);
  out.end_array().array("files");
  for (const auto& file : files_) write(out, file);
  out.end_array().array("pauses");
  write(out, pauses_);
  return out.end_array().end_object().text(true);
}

}  // namespace media
