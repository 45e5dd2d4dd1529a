/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_scene.h"

#include <algorithm>
#include <array>

namespace media {
namespace {

bool is_screen(FeedKind kind) {
  return kind == FeedKind::Screen || kind == FeedKind::ScreenAudio;
}

std::string key_of(const std::string& user, const std::string& device, const std::string& session) {
  return user + "\n" + device + "\n" + session;
}

std::string key_of(const ActivityNews& news) {
  const std::string person = key_of(news.user_id, news.device_id, news.session_id);
  return is_screen(news.kind) ? person + "\nscreen" : person;
}

std::string key_of(const RosterEntry& entry) {
  return key_of(entry.user_id, entry.device_id, entry.session_id);
}

std::string anonymous_key(unsigned feed) {
  return "\n" + std::to_string(feed);
}

}  // namespace

MixScene::Place& MixScene::place(const std::string& key, const std::string& name) {
  auto found = std::ranges::find(places_, key, &Place::key);
  if (found == places_.end()) found = places_.insert(found, {++last_id_, key, name});
  if (!name.empty()) found->name = name;
  return *found;
}

void MixScene::add(unsigned feed, bool is_video) {
  feeds_.push_back({feed, is_video, std::nullopt});
  if (is_video) place(anonymous_key(feed), "");
}

void MixScene::news(unsigned number, const ActivityNews& news) {
  const auto feed = std::ranges::find(feeds_, number, &Feed::number);
  if (feed == feeds_.end()) return;
  feed->news = news;
  /* The last pads of a call are nobody's. */
  if (news.activity != Activity::Ended && news.kind != FeedKind::ScreenAudio)
    place(key_of(news), news.display_name.empty() ? news.user_id : news.display_name);
  drop_empty_places();
}

void MixScene::remove(unsigned number) {
  std::erase_if(feeds_, [&](const Feed& feed) { return feed.number == number; });
  drop_empty_places();
}

void MixScene::roster(const Roster& roster) {
  roster_ = roster;
  for (const auto& entry : roster)
    place(key_of(entry), entry.display_name.empty() ? entry.user_id : entry.display_name);
  drop_empty_places();
}

bool MixScene::is_listed(const std::string& key) const {
  return roster_ && std::ranges::any_of(
                        *roster_, [&](const RosterEntry& entry) { return key_of(entry) == key; });
}

void MixScene::drop_empty_places() {
  std::erase_if(places_, [&](const Place& place) {
    const bool has_feed = std::ranges::any_of(feeds_, [&](const Feed& feed) {
      if (!feed.news) return anonymous_key(feed.number) == place.key;
      return feed.news->activity != Activity::Ended && key_of(*feed.news) == place.key;
    });
    return !has_feed && !is_listed(place.key);
  });
}

MixActor MixScene::actor(const Place& place) const {
  MixActor actor{place.id, place.key.ends_with("\nscreen"), place.name, false, {}, {}};
  bool has_open_microphone = false;
  bool has_microphone = false;
  for (const auto& feed : feeds_) {
    const std::string key = feed.news ? key_of(*feed.news) : anonymous_key(feed.number);
    if (key != place.key) continue;
    const bool active = !feed.news || feed.news->activity == Activity::Active;
    if (feed.is_video && active) actor.picture = feed.number;
    if (feed.is_video || actor.is_screen) continue;
    actor.voices.push_back(feed.number);
    has_microphone = true;
    has_open_microphone = has_open_microphone || (feed.news && !feed.news->muted);
  }
  actor.mic_muted = !actor.is_screen && has_microphone && !has_open_microphone;
  return actor;
}

std::vector<MixActor> MixScene::actors(bool show_muted) const {
  std::vector<MixActor> actors;
  for (const auto& place : places_) {
    auto one = actor(place);
    if (one.picture || (show_muted && !one.is_screen)) actors.push_back(std::move(one));
  }
  return actors;
}

std::string initials(const std::string& name) {
  const glib::Unique<char> valid(g_utf8_make_valid(name.c_str(), -1));
  std::string result;
  bool at_start = true;
  int letters = 0;
  for (const char* at = valid.get(); *at && letters < 2; at = g_utf8_next_char(at)) {
    const gunichar c = g_utf8_get_char(at);
    const bool is_letter = g_unichar_isalnum(c);
    if (is_letter && at_start) {
      std::array<char, 6> utf8{};
      result.append(utf8.data(),
                    static_cast<size_t>(g_unichar_to_utf8(g_unichar_toupper(c), utf8.data())));
      letters++;
    }
    at_start = !is_letter;
  }
  return result.empty() ? "?" : result;
}

}  // namespace media
