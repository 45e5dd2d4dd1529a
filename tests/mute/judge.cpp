/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <algorithm>
#include <optional>
#include <string_view>

#include "tests/mute/cell.h"

namespace test {
namespace {

/* The unmute has to be heard of, and the next picture to be taken. */
constexpr GstClockTime until_back = ScriptedFeed::signalling_delay + 3 * picture_interval;
constexpr GstClockTime until_back_after_loss = 400 * GST_MSECOND;
/* What is under way when a mute is heard of is not shown any more. */
constexpr GstClockTime stopped_early = ScriptedFeed::delay + picture_interval;
constexpr GstClockTime step_limit = 60 * GST_MSECOND;
constexpr GstClockTime late_limit = 50 * GST_MSECOND;
/* Of encoded fillers of pictures, and what may be added. */
constexpr GstClockTime slowest_picture = GST_SECOND;
constexpr GstClockTime fillers_late = 200 * GST_MSECOND;
constexpr GstClockTime held_up = 200 * GST_MSECOND;
constexpr GstClockTime stall_timeout = 2 * GST_SECOND;
constexpr GstClockTime segment_length = 2 * GST_SECOND;
constexpr GstClockTime fragment_length = GST_SECOND;

bool has_loss(const Scenario& scenario) {
  return !scenario.audio.lost.empty() || !scenario.video.lost.empty();
}

/* How long nothing may come out. */
GstClockTime patience(const Consumer& consumer, const Scenario& scenario) {
  const std::string_view name = consumer.name;
  GstClockTime patience = slowest_picture + 500 * GST_MSECOND;
  if (name == "splitmuxsink" || name == "hlssink2") patience += segment_length;
  if (name == "mp4mux, fragmented") patience += fragment_length;
  if (has_loss(scenario)) patience += stall_timeout;
  return patience;
}

/* flvmux lets times only grow: sound that comes with the latency used up, as silence does, gets
 * those of pictures that have come. */
GstClockTime sound_limit(const Consumer& consumer) {
  return std::string_view(consumer.name) == "flvmux" ? 200 * GST_MSECOND : step_limit;
}

/* Whether all from @from to @to is on. */
bool is_on(const Script& script, GstClockTime from, GstClockTime to) {
  for (GstClockTime time = from; time <= to; time += 10 * GST_MSECOND)
    if (!script.is_on(time)) return false;
  return true;
}

/* The marks that must have been seen and heard. */
std::vector<GstClockTime> expected_marks(const Consumer& consumer, const Scenario& scenario,
                                         GstClockTime length) {
  std::vector<GstClockTime> marks;
  const GstClockTime before = has_loss(scenario) ? until_back_after_loss : until_back;
  for (GstClockTime time = 0; time + ScriptedFeed::delay + mark_tone < length;
       time += mark_interval) {
    const GstClockTime from = time > before ? time - before : 0;
    if (consumer.video && !is_on(scenario.video, from, time + stopped_early)) continue;
    if (consumer.audio && !is_on(scenario.audio, time, time + mark_tone)) continue;
    marks.push_back(time);
  }
  return marks;
}

std::optional<GstClockTime> nearest(const std::vector<GstClockTime>& times, GstClockTime time) {
  const auto distance = [time](GstClockTime other) { return ABS(GST_CLOCK_DIFF(time, other)); };
  const auto found = std::ranges::min_element(
      times, [&](GstClockTime a, GstClockTime b) { return distance(a) < distance(b); });
  if (found == times.end() || distance(*found) > GST_CLOCK_DIFF(0, mark_interval / 2))
    return std::nullopt;
  return *found;
}

std::string text_of(GstClockTime time) {
  return std::to_string(time / GST_MSECOND) + " ms";
}

class Judge {
 public:
  Judge(const Outcome& outcome, const Consumer& consumer, const Scenario& scenario,
        std::string& details)
      : outcome_(outcome),
        consumer_(consumer),
        scenario_(scenario),
        details_(details),
        marks_seen_(outcome.seen.marks_seen()),
        marks_heard_(outcome.seen.marks_heard()) {}

  std::string words() {
    if (outcome_.end == ScriptedCall::End::Error) return "fails";
    if (outcome_.end == ScriptedCall::End::Never) return "never ends";
    if (!outcome_.can_be_played) return "cannot be played";
    std::string words;
    const auto add = [&words](const char* word) {
      words += (words.empty() ? "" : ", ") + std::string(word);
    };
    if (waits()) add("waits");
    if (is_late()) add("late");
    if (is_shorter())
      add("short");
    else
      add(has_holes() ? "holes" : "whole");
    if (is_out_of_step()) add("out of step");
    if (const char* look = look_of_mute()) add(look);
    return words;
  }

 private:
  void tell(const std::string& text) { details_ += "  " + text + "\n"; }

  bool waits() {
    if (outcome_.longest_rest <= patience(consumer_, scenario_)) return false;
    tell("nothing came out for " + text_of(outcome_.longest_rest));
    return true;
  }
  bool is_late() {
    if (consumer_.writes_files || outcome_.seen.latest == G_MININT64) return false;
    const auto limit = GST_CLOCK_DIFF(0, outcome_.latency + late_limit);
    if (std::string_view(consumer_.name).starts_with("fakesink") || outcome_.seen.latest <= limit)
      return false;
    tell("late by " +
         text_of(static_cast<GstClockTime>(outcome_.seen.latest - limit + late_limit)));
    return true;
  }
  bool is_shorter();
  bool has_holes();
  bool is_out_of_step();
  const char* look_of_mute();
  GstClockTime expected_end(const Script& script, GstClockTime filler) const;

  const Outcome& outcome_;
  const Consumer& consumer_;
  const Scenario& scenario_;
  std::string& details_;
  const std::vector<GstClockTime> marks_seen_;
  const std::vector<GstClockTime> marks_heard_;
};

/* Media come after the delay; fillers are a little later, and one may be due at any moment. Sound
 * that a muxer holds up until it gets the next picture is lost when the call ends. */
GstClockTime Judge::expected_end(const Script& script, GstClockTime filler) const {
  const GstClockTime end = outcome_.length - ScriptedFeed::delay;
  const bool waits_for_filler = consumer_.video && !scenario_.video.is_on(end);
  return script.is_on(end) && !waits_for_filler ? end - picture_interval
                                                : end - fillers_late - std::max(filler, held_up);
}

bool Judge::is_shorter() {
  const auto& seen = outcome_.seen;
  bool is_shorter = false;
  const auto check = [&](const char* what, const Script& script, GstClockTime end,
                         GstClockTime filler) {
    const GstClockTime expected = expected_end(script, filler);
    if (end + step_limit >= expected && end <= outcome_.length + GST_SECOND) return;
    tell(std::string(what) + " ends at " + text_of(end) + ", not " + text_of(expected));
    is_shorter = true;
  };
  if (consumer_.audio)
    check("sound", scenario_.audio, seen.sounds.empty() ? 0 : seen.sounds.back().time,
          packet_interval);
  if (consumer_.video)
    check("video", scenario_.video, seen.pictures.empty() ? 0 : seen.pictures.back().time,
          slowest_picture);
  for (const GstClockTime mark : expected_marks(consumer_, scenario_, outcome_.length)) {
    const auto& marks = consumer_.audio ? marks_heard_ : marks_seen_;
    const auto found = nearest(marks, mark);
    if (found && ABS(GST_CLOCK_DIFF(*found, mark)) <= GST_CLOCK_DIFF(0, step_limit)) continue;
    tell("the mark of " + text_of(mark) + " is " +
         (found ? "at " + text_of(*found) : std::string("missing")));
    is_shorter = true;
  }
  return is_shorter;
}

bool Judge::has_holes() {
  const auto& seen = outcome_.seen;
  bool has_holes = false;
  const auto check = [&](const char* what, const auto& all, GstClockTime begin,
                         GstClockTime limit) {
    GstClockTime last = begin;
    for (const auto& one : all) {
      if (one.time > last + limit) {
        tell(std::string(what) + " is missing from " + text_of(last) + " to " + text_of(one.time));
        has_holes = true;
      }
      last = one.time;
    }
  };
  const GstClockTime stall = has_loss(scenario_) ? stall_timeout + 500 * GST_MSECOND : 0;
  if (consumer_.audio) check("sound", seen.sounds, 0, sound_limit(consumer_));
  if (consumer_.video)
    check("video", seen.pictures, 0, slowest_picture + 200 * GST_MSECOND + stall);
  return has_holes;
}

bool Judge::is_out_of_step() {
  if (!consumer_.audio || !consumer_.video) return false;
  bool is_out = false;
  for (const GstClockTime mark : expected_marks(consumer_, scenario_, outcome_.length)) {
    const auto seen = nearest(marks_seen_, mark);
    const auto heard = nearest(marks_heard_, mark);
    if (seen && heard && ABS(GST_CLOCK_DIFF(*seen, *heard)) < GST_CLOCK_DIFF(0, step_limit))
      continue;
    tell("the mark of " + text_of(mark) + " is seen at " + (seen ? text_of(*seen) : "no time") +
         " and heard at " + (heard ? text_of(*heard) : "no time"));
    is_out = true;
  }
  return is_out;
}

/* Of the only one, or the first that is long enough. */
const char* Judge::look_of_mute() {
  if (!consumer_.video) return nullptr;
  for (const auto& spans : {scenario_.video.muted, scenario_.video.lost}) {
    for (const Span& span : spans) {
      const GstClockTime late = span.from + stall_timeout + slowest_picture + 500 * GST_MSECOND;
      const auto end = std::min(span.to, outcome_.length);
      if (late + 500 * GST_MSECOND > end) continue;
      for (const auto& picture : outcome_.seen.pictures) {
        if (picture.time < late || picture.time + ScriptedFeed::delay > end) continue;
        if (picture.look == Look::Black) return "black";
        if (picture.look == Look::Blank) return "blank";
        return "frozen";
      }
      return nullptr;
    }
  }
  return nullptr;
}

}  // namespace

std::string judge(const Outcome& outcome, const Consumer& consumer, const Scenario& scenario,
                  std::string& details) {
  if (!outcome.error.empty()) details += "  " + outcome.error + "\n";
  return Judge(outcome, consumer, scenario, details).words();
}

}  // namespace test
