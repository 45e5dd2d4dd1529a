/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_layout.h"

#include <algorithm>
#include <cstdint>

namespace media {
namespace {

/* Chroma has half the resolution. */
int even(std::int64_t value) {
  return static_cast<int>(value / 2 * 2);
}

/* @part of @parts of the way along @length. */
int fraction(int length, size_t part, size_t parts) {
  return even(static_cast<std::int64_t>(length) * static_cast<std::int64_t>(part) /
              static_cast<std::int64_t>(parts));
}

/* With how many columns 16:9 pictures are largest. */
size_t best_columns(MixSize canvas, size_t count) {
  size_t best = 1;
  std::int64_t best_width = 0;
  for (size_t columns = 1; columns <= count; columns++) {
    const size_t rows = (count + columns - 1) / columns;
    const std::int64_t by_width = canvas.width / static_cast<int>(columns);
    const std::int64_t by_height =
        static_cast<std::int64_t>(canvas.height) * 16 / 9 / static_cast<std::int64_t>(rows);
    const std::int64_t width = std::min(by_width, by_height);
    if (width < best_width) continue;
    best = columns;
    best_width = width;
  }
  return best;
}

std::vector<MixTile> grid(MixSize canvas, const std::vector<MixSubject>& subjects) {
  std::vector<MixTile> tiles;
  const size_t count = subjects.size();
  if (count == 0) return tiles;
  const size_t columns = best_columns(canvas, count);
  const size_t rows = (count + columns - 1) / columns;
  for (size_t i = 0; i < count; i++) {
    const size_t row = i / columns;
    const size_t column = i % columns;
    const size_t in_row = std::min(columns, count - row * columns);
    const int indent = even((canvas.width - fraction(canvas.width, in_row, columns)) / 2);
    const int left = fraction(canvas.width, column, columns);
    const int top = fraction(canvas.height, row, rows);
    tiles.push_back({subjects[i].id,
                     {indent + left, top, fraction(canvas.width, column + 1, columns) - left,
                      fraction(canvas.height, row + 1, rows) - top}});
  }
  return tiles;
}

bool is_portrait(MixSize canvas) {
  return canvas.height > canvas.width;
}

/* One subject large, above a row of small ones; who does not fit is not seen. */
std::vector<MixTile> above_a_strip(MixSize canvas, unsigned large,
                                   const std::vector<MixSubject>& small) {
  const size_t places = is_portrait(canvas) ? 3 : 5;
  const size_t shown = std::min(places, small.size());
  const int width = fraction(canvas.width, 1, places);
  const int height = shown == 0 ? 0 : even(std::min(width * 9 / 16, canvas.height / 3));
  std::vector<MixTile> tiles{{large, {0, 0, canvas.width, canvas.height - height}}};
  const int indent = even((canvas.width - width * static_cast<int>(shown)) / 2);
  for (size_t i = 0; i < shown; i++)
    tiles.push_back(
        {small[i].id,
         {indent + width * static_cast<int>(i), canvas.height - height, width, height}});
  return tiles;
}

/* One subject large, left of a column of small ones. */
std::vector<MixTile> beside_a_column(MixSize canvas, unsigned large,
                                     const std::vector<MixSubject>& small) {
  const int width = small.empty() ? 0 : fraction(canvas.width, 1, 5);
  const int height = std::max(2, even(width * 9 / 16));
  const size_t shown = std::min(static_cast<size_t>(canvas.height / height), small.size());
  std::vector<MixTile> tiles{{large, {0, 0, canvas.width - width, canvas.height}}};
  const int indent = even((canvas.height - height * static_cast<int>(shown)) / 2);
  for (size_t i = 0; i < shown; i++)
    tiles.push_back({small[i].id,
                     {canvas.width - width, indent + height * static_cast<int>(i), width, height}});
  return tiles;
}

std::vector<MixSubject> without(const std::vector<MixSubject>& subjects, unsigned id) {
  std::vector<MixSubject> others;
  std::ranges::copy_if(subjects, std::back_inserter(others),
                       [&](const MixSubject& subject) { return subject.id != id; });
  return others;
}

/* Who is shown large: @speaker, if it is one of @subjects. */
unsigned chief(const std::vector<MixSubject>& subjects, std::optional<unsigned> speaker) {
  const auto speaks = std::ranges::find_if(
      subjects, [&](const MixSubject& subject) { return speaker && subject.id == *speaker; });
  if (speaks != subjects.end()) return speaks->id;
  const auto person = std::ranges::find(subjects, false, &MixSubject::is_screen);
  return person != subjects.end() ? person->id : subjects.front().id;
}

std::vector<MixTile> with_screen(MixSize canvas, const std::vector<MixSubject>& subjects) {
  /* Who shared last wants to be seen. */
  const auto screen = std::find_if(subjects.rbegin(), subjects.rend(),
                                   [](const MixSubject& subject) { return subject.is_screen; });
  if (screen == subjects.rend()) return grid(canvas, subjects);
  const auto others = without(subjects, screen->id);
  return is_portrait(canvas) ? above_a_strip(canvas, screen->id, others)
                             : beside_a_column(canvas, screen->id, others);
}

}  // namespace

std::vector<MixTile> lay_out(MixLayout layout, MixSize canvas,
                             const std::vector<MixSubject>& subjects,
                             std::optional<unsigned> speaker) {
  if (subjects.empty()) return {};
  const MixSize size{even(canvas.width), even(canvas.height)};
  switch (layout) {
    case MixLayout::Grid:
      return grid(size, subjects);
    case MixLayout::Speaker: {
      const unsigned large = chief(subjects, speaker);
      return above_a_strip(size, large, without(subjects, large));
    }
    case MixLayout::Screen:
      return with_screen(size, subjects);
    case MixLayout::Single:
      return {{chief(subjects, speaker), {0, 0, size.width, size.height}}};
  }
  return {};
}

MixRect fit(MixSize picture, MixRect area) {
  if (picture.width <= 0 || picture.height <= 0) return area;
  std::int64_t width = area.width;
  std::int64_t height = width * picture.height / picture.width;
  if (height > area.height) {
    height = area.height;
    width = height * picture.width / picture.height;
  }
  /* Shapes that differ by a pixel are the same. */
  if (area.width - width < 4) width = area.width;
  if (area.height - height < 4) height = area.height;
  const int even_width = std::max(2, even(width));
  const int even_height = std::max(2, even(height));
  return {area.x + even((area.width - even_width) / 2),
          area.y + even((area.height - even_height) / 2), even_width, even_height};
}

}  // namespace media
