/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/world.h"

/* What the clients send, and what they see of each other's. */
namespace world {

using namespace matrix;
using namespace std::chrono_literals;

namespace {

constexpr TrackSource all_sources[] = {TrackSource::Microphone, TrackSource::Camera,
                                       TrackSource::Screen, TrackSource::ScreenAudio};

FeedKind kind_of(TrackSource source) {
  switch (source) {
    case TrackSource::Microphone:
      return FeedKind::Audio;
    case TrackSource::Camera:
      return FeedKind::Video;
    case TrackSource::Screen:
      return FeedKind::Screen;
    case TrackSource::ScreenAudio:
      return FeedKind::ScreenAudio;
  }
  return FeedKind::Audio;
}

std::string text(const std::map<FeedKind, bool>& feeds) {
  std::string text;
  for (const auto& [kind, muted] : feeds)
    text += (text.empty() ? "" : " ") + std::to_string(static_cast<int>(kind)) +
            (muted ? " (muted)" : "");
  return "[" + text + "]";
}

}  // namespace

/* In the end each client changes at least one mute, which tells everybody everything. */
void World::plan_media() {
  for (auto& client : clients_) {
    for (const auto source : all_sources)
      if (dice_.chance(0.4)) client->media[source] = dice_.chance(0.3);
    for (int i = dice_.between(0, 6); i > 0; i--)
      time_.after(dice_.time(1000, 55000), [this, &client] {
        dice_.chance(0.5) ? change_tracks(*client) : change_mute(*client);
      });
    time_.after(trouble_lasts + changes_last, [this, &client] { change_mute(*client); });
  }
  for (int i = dice_.between(1, 4); i > 0; i--) {
    const Time when = trouble_lasts + dice_.time(1000, 18000);
    for (auto& client : clients_)
      if (dice_.chance(0.7)) time_.after(when, [this, &client] { change_tracks(*client); });
  }
}

void World::change_tracks(Client& client) {
  counts_["track changes"]++;
  const TrackSource source = all_sources[dice_.between(0, 3)];
  if (client.media.erase(source) == 0) client.media[source] = dice_.chance(0.3);
  note(name(client) + " sends " + text(feeds(client)));
  if (client.call) run_effects(client, client.call->set_local_tracks(sources(client), time_.now()));
}

void World::change_mute(Client& client) {
  counts_["mutes"]++;
  if (client.media.empty()) return;
  auto track = client.media.begin();
  std::advance(track, dice_.between(0, static_cast<int>(client.media.size()) - 1));
  track->second = !track->second;
  note(name(client) + " sends " + text(feeds(client)));
  if (client.call)
    run_effects(client, client.call->set_muted(track->first, track->second, time_.now()));
}

std::vector<LocalSource> World::sources(const Client& client) {
  std::vector<LocalSource> sources;
  for (const auto& [source, muted] : client.media) sources.push_back({source, muted});
  return sources;
}

std::map<FeedKind, bool> World::feeds(const Client& client) {
  std::map<FeedKind, bool> feeds;
  for (const auto& [source, muted] : client.media) feeds[kind_of(source)] = muted;
  return feeds;
}

/* What it should see of the others as well. */
void World::note_feeds(const Client& client) {
  for (const auto& other : clients_)
    if (other.get() != &client && client.call && other->call)
      note(name(client) + " sees of " + name(*other) + ": " +
           text(client.reports.live_feeds(other->user_id, other->device_id)) + " of " +
           text(feeds(*other)));
}

}  // namespace world
