/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/mute/cell.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <list>

namespace test {

using glib::Ref;

namespace {

/* A folder that is gone at the end. */
class Folder {
 public:
  Folder() {
    if (!mkdtemp(name_.data())) g_error("no place for files");
  }
  ~Folder() { std::filesystem::remove_all(name_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& name() const { return name_; }
  guint64 size() const {
    guint64 size = 0;
    for (const auto& entry : std::filesystem::directory_iterator(name_)) size += entry.file_size();
    return size;
  }

 private:
  std::string name_ = std::filesystem::temp_directory_path() / "mute-XXXXXX";
};

/* How long nothing came out. */
class Pulse {
 public:
  void note(guint64 amount, GstClockTime time) {
    if (amount == amount_) return;
    longest_ = longest(time);
    amount_ = amount;
    since_ = time;
  }
  GstClockTime longest(GstClockTime now) const { return std::max(longest_, now - since_); }

 private:
  guint64 amount_ = 0;
  GstClockTime since_ = 0;
  GstClockTime longest_ = 0;
};

/* What comes out of those elements that show it. */
class Outputs {
 public:
  explicit Outputs(const ScriptedCall& call) {
    for (const char* name : {"out", "out2"}) {
      const auto sink = call.element(name);
      if (!sink) continue;
      const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(sink.get(), "sink"));
      witnesses_.emplace_back().watch(pad.get(), 0, picture_width, [&call] { return call.now(); });
    }
  }
  size_t amount() const {
    size_t amount = 0;
    for (const auto& witness : witnesses_)
      amount += witness.sighting().pictures.size() + witness.sighting().sounds.size();
    return amount;
  }
  Sighting seen() const {
    Sighting all;
    for (const auto& witness : witnesses_) {
      const Sighting& one = witness.sighting();
      all.pictures.insert(all.pictures.end(), one.pictures.begin(), one.pictures.end());
      all.sounds.insert(all.sounds.end(), one.sounds.begin(), one.sounds.end());
      all.latest = std::max(all.latest, one.latest);
    }
    return all;
  }

 private:
  std::list<Witness> witnesses_;
};

}  // namespace

Outcome run_cell(const Consumer& consumer, media::MutedOutput output, const Scenario& scenario) {
  const Folder folder;
  Outcome outcome;
  std::unique_ptr<Outputs> outputs;
  {
    ScriptedCall call(in_folder(consumer.row, folder.name()), {.muted_output = output});
    outputs = std::make_unique<Outputs>(call);
    call.start();
    if (consumer.video) call.add("video", consumer.video, scenario.video);
    if (consumer.audio) call.add("audio", consumer.audio, scenario.audio);
    Pulse pulse;
    call.play(scenario.length, [&](GstClockTime time) {
      pulse.note(consumer.writes_files ? folder.size() : outputs->amount(), time);
    });
    outcome.length = call.now();
    outcome.latency = call.latency();
    outcome.longest_rest = pulse.longest(outcome.length);
    outcome.end = call.end();
    outcome.error = call.error();
  }
  if (!consumer.writes_files) {
    outcome.seen = outputs->seen();
    return outcome;
  }
  auto seen = play_back(folder.name());
  outcome.can_be_played = seen.has_value();
  if (seen) outcome.seen = std::move(*seen);
  return outcome;
}

}  // namespace test
