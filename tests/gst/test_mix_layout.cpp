/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_layout.h"

#include <gst/check/gstcheck.h>

#include <algorithm>
#include <array>

namespace {

using namespace media;

constexpr MixSize landscape{1280, 720};
constexpr MixSize portrait{720, 1280};

/* People 1, 2, ...; then a screen if asked for. */
std::vector<MixSubject> people(unsigned count, bool screen = false) {
  std::vector<MixSubject> subjects;
  for (unsigned id = 1; id <= count; id++) subjects.push_back({id, false});
  if (screen) subjects.push_back({100, true});
  return subjects;
}

MixRect area_of(const std::vector<MixTile>& tiles, unsigned id) {
  const auto tile = std::ranges::find(tiles, id, &MixTile::id);
  return tile == tiles.end() ? MixRect{} : tile->area;
}

bool overlap(const MixRect& a, const MixRect& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

void check_sound(MixSize canvas, const std::vector<MixTile>& tiles) {
  for (size_t i = 0; i < tiles.size(); i++) {
    const auto& area = tiles[i].area;
    fail_unless(area.x >= 0 && area.y >= 0 && area.width > 0 && area.height > 0);
    fail_unless(area.x + area.width <= canvas.width && area.y + area.height <= canvas.height);
    fail_unless(area.x % 2 == 0 && area.y % 2 == 0 && area.width % 2 == 0 && area.height % 2 == 0);
    for (size_t j = 0; j < i; j++) fail_if(overlap(area, tiles[j].area));
  }
}

GST_START_TEST(tiles_are_even_inside_and_apart_in_every_layout) {
  for (const auto layout :
       {MixLayout::Grid, MixLayout::Speaker, MixLayout::Screen, MixLayout::Single})
    for (const auto canvas : {landscape, portrait, MixSize{1918, 1078}, MixSize{64, 64}})
      for (const unsigned count : {0U, 1U, 2U, 5U, 9U, 16U, 50U})
        for (const bool screen : {false, true})
          check_sound(canvas, lay_out(layout, canvas, people(count, screen), 3));
}
GST_END_TEST;

GST_START_TEST(a_grid_of_four_has_four_quarters) {
  const auto tiles = lay_out(MixLayout::Grid, landscape, people(4), std::nullopt);
  assert_equals_int(tiles.size(), 4);
  fail_unless((area_of(tiles, 1) == MixRect{0, 0, 640, 360}));
  fail_unless((area_of(tiles, 4) == MixRect{640, 360, 640, 360}));
}
GST_END_TEST;

GST_START_TEST(a_grid_shows_everybody_and_centres_the_last_row) {
  const auto tiles = lay_out(MixLayout::Grid, landscape, people(5), std::nullopt);
  assert_equals_int(tiles.size(), 5);
  const auto fourth = area_of(tiles, 4);
  const auto fifth = area_of(tiles, 5);
  fail_unless(std::abs(fourth.x - (1280 - fifth.x - fifth.width)) <= 2);
}
GST_END_TEST;

GST_START_TEST(a_portrait_grid_of_two_is_a_column) {
  const auto tiles = lay_out(MixLayout::Grid, portrait, people(2), std::nullopt);
  fail_unless((area_of(tiles, 1) == MixRect{0, 0, 720, 640}));
  fail_unless((area_of(tiles, 2) == MixRect{0, 640, 720, 640}));
}
GST_END_TEST;

GST_START_TEST(who_speaks_is_large) {
  const auto tiles = lay_out(MixLayout::Speaker, landscape, people(5), 3);
  fail_unless(area_of(tiles, 3).width == 1280);
  fail_unless(area_of(tiles, 1).width == 256);
  assert_equals_int(tiles.size(), 5);
}
GST_END_TEST;

GST_START_TEST(the_strip_leaves_out_who_does_not_fit) {
  const auto tiles = lay_out(MixLayout::Speaker, landscape, people(16), 16);
  assert_equals_int(tiles.size(), 6);
  fail_unless(area_of(tiles, 16).width == 1280);
}
GST_END_TEST;

GST_START_TEST(somebody_stands_in_for_a_speaker_who_left) {
  const auto tiles = lay_out(MixLayout::Single, landscape, people(2), 77);
  assert_equals_int(tiles.size(), 1);
  assert_equals_int(tiles[0].id, 1);
}
GST_END_TEST;

GST_START_TEST(a_screen_is_large_with_people_beside_it) {
  const auto tiles = lay_out(MixLayout::Screen, landscape, people(9, true), 2);
  fail_unless((area_of(tiles, 100) == MixRect{0, 0, 1024, 720}));
  fail_unless(area_of(tiles, 1).x == 1024);
  assert_equals_int(tiles.size(), 6);
  const auto upright = lay_out(MixLayout::Screen, portrait, people(2, true), 2);
  fail_unless(area_of(upright, 100).width == 720);
  fail_unless(area_of(upright, 1).y >= area_of(upright, 100).height);
}
GST_END_TEST;

GST_START_TEST(without_a_screen_its_layout_is_a_grid) {
  fail_unless(lay_out(MixLayout::Screen, landscape, people(3), 1) ==
              lay_out(MixLayout::Grid, landscape, people(3), 1));
}
GST_END_TEST;

GST_START_TEST(a_picture_keeps_its_shape) {
  fail_unless((fit({640, 360}, {0, 0, 1280, 720}) == MixRect{0, 0, 1280, 720}));
  fail_unless((fit({360, 640}, {100, 0, 640, 360}) == MixRect{318, 0, 202, 360}));
  fail_unless((fit({640, 480}, {0, 0, 640, 360}) == MixRect{80, 0, 480, 360}));
  fail_unless((fit({0, 0}, {2, 4, 6, 8}) == MixRect{2, 4, 6, 8}));
}
GST_END_TEST;

Suite* mix_layout_suite() {
  Suite* suite = suite_create("mix_layout");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, tiles_are_even_inside_and_apart_in_every_layout);
  tcase_add_test(tcase, a_grid_of_four_has_four_quarters);
  tcase_add_test(tcase, a_grid_shows_everybody_and_centres_the_last_row);
  tcase_add_test(tcase, a_portrait_grid_of_two_is_a_column);
  tcase_add_test(tcase, who_speaks_is_large);
  tcase_add_test(tcase, the_strip_leaves_out_who_does_not_fit);
  tcase_add_test(tcase, somebody_stands_in_for_a_speaker_who_left);
  tcase_add_test(tcase, a_screen_is_large_with_people_beside_it);
  tcase_add_test(tcase, without_a_screen_its_layout_is_a_grid);
  tcase_add_test(tcase, a_picture_keeps_its_shape);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(mix_layout);
