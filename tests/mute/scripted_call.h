/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <list>
#include <string>
#include <vector>

#include "tests/mute/scripted_feed.h"
#include "tests/mute/virtual_time.h"

namespace test {

/* A pipeline in which a double of matrixcall plays: a live element whose pads are those of real
 * feeds, and a script in place of the network. One after another, in the test's thread:
 * constructor, join(), play(), end(). */
class ScriptedCall {
 public:
  struct Settings {
    media::MutedOutput muted_output = media::MutedOutput::Fill;
    GstClockTime latency = 240 * GST_MSECOND;
  };
  enum class End { Eos, Error, Never };

  /* @row: what is downstream, with an element for each feed to link to. */
  ScriptedCall(const std::string& row, Settings settings);
  ~ScriptedCall();
  ScriptedCall(const ScriptedCall&) = delete;
  ScriptedCall& operator=(const ScriptedCall&) = delete;

  /* The call begins; then feeds are added. */
  void start();
  /* A feed of @encoding ("VP8") that is linked to the element @sink. */
  void add(const std::string& sink, const char* encoding, Script script);
  /* @step: called each 10 ms when all has been done. */
  void play(GstClockTime until, const std::function<void(GstClockTime)>& step);
  /* Every feed ends; what becomes of the pipeline. */
  End end();

  /* Running time. */
  GstClockTime now() const { return time_.now() - start_; }
  /* Of the pipeline. */
  GstClockTime latency() const;
  glib::Ref<GstElement> element(const char* name) const;
  GstElement* pipeline() const { return pipeline_.get(); }
  /* Of the ERROR, if there was one. */
  const std::string& error() const { return error_; }

 private:
  std::shared_ptr<media::Feed> create_feed(GstPad* pad, const media::Codec& codec, bool is_muted);
  void read_bus();

  const Settings settings_;
  VirtualTime time_;
  const glib::Ref<GstElement> pipeline_;
  const glib::Ref<GstElement> call_;
  GstClockTime start_ = 0;
  std::list<ScriptedFeed> feeds_;
  bool has_ended_ = false;
  std::string error_;
};

}  // namespace test
