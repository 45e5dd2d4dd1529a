/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <vector>

/* Where the pictures of a call go on a canvas. Pure. */
namespace media {

enum class MixLayout {
  Grid,    /* everybody and every screen equally large */
  Speaker, /* who speaks large, the others in a strip below */
  Screen,  /* the screen large, people beside it (below it on a portrait canvas) */
  Single,  /* who speaks, nobody else */
};

struct MixSize {
  int width = 0;
  int height = 0;
  bool operator==(const MixSize&) const = default;
};

struct MixRect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  bool operator==(const MixRect&) const = default;
};

/* Something that wants a tile: a person or a screen. */
struct MixSubject {
  unsigned id = 0;
  bool is_screen = false;
};

struct MixTile {
  unsigned id = 0; /* the subject's */
  MixRect area;
  bool operator==(const MixTile&) const = default;
};

/* The tiles of those of @subjects (in their order) that are to be seen, without overlap, with
 * even coordinates, inside @canvas. @speaker: the subject that speaks; the first person
 * stands in for one that is missing. A layout that shows a screen is Grid while there is
 * none. */
std::vector<MixTile> lay_out(MixLayout layout, MixSize canvas,
                             const std::vector<MixSubject>& subjects,
                             std::optional<unsigned> speaker);

/* The largest centred part of @area that has the shape of @picture; even coordinates. */
MixRect fit(MixSize picture, MixRect area);

}  // namespace media
