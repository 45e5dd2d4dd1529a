/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <array>
#include <string>

#include "tests/mute/scripted_call.h"
#include "tests/mute/sighting.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

/* Four cameras side by side, any of them muted. */
namespace {

using media::MutedOutput;
using test::Look;
using test::Script;

constexpr size_t tiles = 4;
constexpr GstClockTime length = 6 * GST_SECOND;
/* The picture at a moment may be the one before or after a change that soon before or after. */
constexpr GstClockTime margin = 350 * GST_MSECOND;

std::string make_row() {
  std::string row = "compositor name=mux";
  for (size_t tile = 0; tile < tiles; tile++)
    row += " sink_" + std::to_string(tile) + "::xpos=" + std::to_string(tile * test::picture_width);
  row +=
      " ! video/x-raw,format=I420,width=640,height=90,framerate=20/1 ! "
      "fakesink name=out sync=true";
  for (size_t tile = 0; tile < tiles; tile++)
    row += "  queue name=video" + std::to_string(tile) + " ! mux.sink_" + std::to_string(tile);
  return row;
}

const std::array<Script, tiles>& scripts() {
  constexpr GstClockTime ms = GST_MSECOND;
  static const std::array<Script, tiles> all{{
      {.muted = {{4120 * ms, 5000 * ms}}},
      {.muted = {{1620 * ms, 5000 * ms}}},
      {.muted = {{2320 * ms, 3500 * ms}, {4120 * ms, 5000 * ms}}},
      {.muted = {{0, 5000 * ms}}},
  }};
  return all;
}

bool is_on(Look look) {
  return look == Look::Blue || look == Look::Mark;
}

/* Whether a tile looks as it should while it is muted. @seen: it has been on before. */
bool is_muted_look(MutedOutput output, bool seen, Look look) {
  switch (output) {
    case MutedOutput::Fill:
      return look == Look::Black;
    case MutedOutput::Gap:
      return look == Look::Blank;
    case MutedOutput::Freeze:
      return seen ? is_on(look) : look == Look::Black;
    case MutedOutput::None:
      return seen ? is_on(look) : look == Look::Blank;
  }
  return false;
}

void check_tile(const test::Sighting& tile, const Script& script, MutedOutput output) {
  unsigned looks = 0;
  for (const auto& [time, look] : tile.pictures) {
    const bool early = script.is_on(time < margin ? 0 : time - margin);
    if (early != script.is_on(time) || early != script.is_on(time + margin)) continue;
    looks++;
    const bool seen = script.is_on(0);
    fail_unless(early ? is_on(look) : is_muted_look(output, seen, look),
                "with muted-output %d a tile that is %s looks like %d at %" GST_TIME_FORMAT,
                static_cast<int>(output), early ? "on" : "muted", static_cast<int>(look),
                GST_TIME_ARGS(time));
  }
  fail_unless(looks > 40, "only %u pictures", looks);
}

GST_START_TEST(a_compositor_is_in_time_and_shows_mutes_as_asked) {
  const auto output = static_cast<MutedOutput>(__i__);
  std::array<test::Witness, tiles> witnesses;
  GstClockTime latency = 0;
  {
    test::ScriptedCall call(make_row(), {.muted_output = output});
    const auto sink = call.element("out");
    const auto pad = glib::Ref<GstPad>::adopt(gst_element_get_static_pad(sink.get(), "sink"));
    for (size_t tile = 0; tile < tiles; tile++)
      witnesses.at(tile).watch(pad.get(), static_cast<int>(tile) * test::picture_width,
                               test::picture_width, [&call] { return call.now(); });
    call.start();
    for (size_t tile = 0; tile < tiles; tile++)
      call.add("video" + std::to_string(tile), "VP8", scripts().at(tile));
    call.play(length, [](GstClockTime) {});
    latency = call.latency();
    fail_unless(call.end() == test::ScriptedCall::End::Eos);
  }
  for (size_t tile = 0; tile < tiles; tile++)
    check_tile(witnesses.at(tile).sighting(), scripts().at(tile), output);
  const auto late = witnesses[0].sighting().latest - GST_CLOCK_DIFF(0, latency);
  fail_unless(late < GST_CLOCK_DIFF(0, 50 * GST_MSECOND), "late by %" GST_STIME_FORMAT,
              GST_STIME_ARGS(late));
}
GST_END_TEST;

Suite* mute_compositor_suite() {
  Suite* suite = suite_create("mute_compositor");
  TCase* tiles_case = tcase_create("tiles");
  tcase_set_timeout(tiles_case, 120);
  suite_add_tcase(suite, tiles_case);
  tcase_add_loop_test(tiles_case, a_compositor_is_in_time_and_shows_mutes_as_asked, 0, 4);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(mute_compositor)
