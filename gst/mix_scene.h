/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gst/activity.h"
#include "gst/roster.h"

namespace media {

/* Somebody, or somebody's screen, as the picture is to show it. */
struct MixActor {
  unsigned id = 0;
  bool is_screen = false;
  std::string name; /* "": not known */
  bool mic_muted = false;
  std::optional<unsigned> picture; /* the feed that has one at present */
  std::vector<unsigned> voices;    /* feeds of microphones */
  bool operator==(const MixActor&) const = default;
};

/* Who is in a call, from what its feeds say of themselves. A video feed that says nothing is an
 * actor of its own. Pure. */
class MixScene {
 public:
  /* Feeds have numbers of the caller's, never used again. */
  void add(unsigned feed, bool is_video);
  void news(unsigned feed, const ActivityNews& news);
  void remove(unsigned feed);
  void roster(const Roster& roster);

  /* In the order in which they came, screens among them. @show_muted: those as well who have
   * nothing to show. */
  std::vector<MixActor> actors(bool show_muted) const;

 private:
  struct Feed {
    unsigned number;
    bool is_video;
    std::optional<ActivityNews> news;
  };
  struct Place {
    unsigned id;
    std::string key; /* who, and whether it is their screen */
    std::string name;
  };

  Place& place(const std::string& key, const std::string& name);
  bool is_listed(const std::string& key) const;
  void drop_empty_places();
  MixActor actor(const Place& place) const;

  std::vector<Feed> feeds_;
  std::vector<Place> places_;
  std::optional<Roster> roster_;
  unsigned last_id_ = 0;
};

/* "AB" of "alice Brown"; "?" of nothing. */
std::string initials(const std::string& name);

}  // namespace media
