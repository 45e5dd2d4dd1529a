/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mixer.h"

#include <algorithm>
#include <utility>

namespace media {

void Mixer::add_video(unsigned feed, std::shared_ptr<MixVideoInput> input) {
  std::lock_guard lock(lock_);
  videos_[feed] = std::move(input);
  scene_.add(feed, true);
}

void Mixer::add_audio(unsigned feed) {
  std::lock_guard lock(lock_);
  sounds_.try_emplace(feed);
  scene_.add(feed, false);
}

void Mixer::remove(unsigned feed) {
  std::lock_guard lock(lock_);
  if (frozen_)
    gone_.push_back(feed);
  else
    erase(feed);
}

/* Caller holds the lock. */
void Mixer::erase(unsigned feed) {
  videos_.erase(feed);
  sounds_.erase(feed);
  speaker_.remove(feed);
  scene_.remove(feed);
}

void Mixer::freeze() {
  std::lock_guard lock(lock_);
  frozen_ = true;
}

void Mixer::thaw() {
  std::lock_guard lock(lock_);
  frozen_ = false;
  for (const unsigned feed : std::exchange(gone_, {})) erase(feed);
  for (const auto& [feed, input] : videos_) input->forget();
}

void Mixer::news(unsigned feed, const ActivityNews& news) {
  std::lock_guard lock(lock_);
  if (frozen_) return;
  scene_.news(feed, news);
  const auto video = videos_.find(feed);
  /* So that the key frame that comes now is decoded, before the next picture shows it. */
  if (video != videos_.end() && news.activity == Activity::Active) video->second->set_shown(true);
}

void Mixer::roster(const Roster& roster) {
  std::lock_guard lock(lock_);
  if (!frozen_) scene_.roster(roster);
}

void Mixer::sound(unsigned feed, GstClockTime running_time, std::span<const std::int16_t> samples) {
  if (samples.empty()) return;
  const double level = level_of(samples);
  const GstClockTime duration =
      gst_util_uint64_scale(samples.size() / mix_channels, GST_SECOND, mix_rate);
  std::lock_guard lock(lock_);
  const auto found = sounds_.find(feed);
  if (found == sounds_.end()) return;
  found->second.push(running_time, samples);
  speaker_.push(feed, running_time, duration, level);
}

void Mixer::set(const MixSettings& settings) {
  std::lock_guard lock(lock_);
  settings_ = settings;
}

Mixer::Plan Mixer::plan(MixSize size, GstClockTime running_time) {
  std::lock_guard lock(lock_);
  Plan plan;
  plan.settings = settings_;
  auto actors = scene_.actors(settings_.show_muted);
  /* A feed that has neither said whose it is nor shown anything is not to be seen yet. */
  std::erase_if(actors, [&](const MixActor& actor) {
    const auto video = actor.picture ? videos_.find(*actor.picture) : videos_.end();
    return actor.name.empty() && (video == videos_.end() || !video->second->has_come());
  });
  const auto voice = speaker_.at(running_time);
  std::vector<MixSubject> subjects;
  std::optional<unsigned> speaker;
  for (const auto& actor : actors) {
    subjects.push_back({actor.id, actor.is_screen});
    if (voice && std::ranges::find(actor.voices, *voice) != actor.voices.end()) speaker = actor.id;
  }
  for (const auto& tile : lay_out(settings_.layout, size, subjects, speaker)) {
    const auto& actor = *std::ranges::find(actors, tile.id, &MixActor::id);
    MixPanel panel{tile.area, actor.name, actor.mic_muted};
    panel.speaks = std::ranges::any_of(
        actor.voices, [&](unsigned feed) { return speaker_.speaks(feed, running_time); });
    const auto video = actor.picture ? videos_.find(*actor.picture) : videos_.end();
    plan.panels.push_back(std::move(panel));
    plan.inputs.push_back(video == videos_.end() ? nullptr : video->second);
    plan.feeds.push_back(actor.picture.value_or(0));
  }
  return plan;
}

void Mixer::show_only(const Plan& plan) {
  std::vector<std::shared_ptr<MixVideoInput>> all;
  {
    std::lock_guard lock(lock_);
    std::erase_if(scalers_, [&](const auto& entry) { return !videos_.contains(entry.first); });
    for (const auto& [feed, input] : videos_) all.push_back(input);
  }
  for (const auto& input : all)
    input->set_shown(std::ranges::find(plan.inputs, input) != plan.inputs.end());
}

void Mixer::hide() {
  show_only({});
}

void Mixer::paint(GstVideoFrame& frame, GstClockTime running_time) {
  auto plan =
      this->plan({GST_VIDEO_FRAME_WIDTH(&frame), GST_VIDEO_FRAME_HEIGHT(&frame)}, running_time);
  show_only(plan);
  for (size_t i = 0; i < plan.panels.size(); i++) {
    auto& panel = plan.panels[i];
    const auto picture = plan.inputs[i] ? plan.inputs[i]->at(running_time) : std::nullopt;
    if (!picture) continue;
    panel.inner = fit(picture->shape(), panel.area);
    panel.picture =
        scalers_[plan.feeds[i]].scale(*picture, {panel.inner.width, panel.inner.height});
    panel.empty = !panel.picture;
  }
  painter_.paint(frame, plan.panels, plan.settings.background, plan.settings.labels);
}

void Mixer::mix(std::int64_t position, std::span<std::int16_t> samples) {
  sum_.assign(samples.size(), 0);
  {
    std::lock_guard lock(lock_);
    for (auto& [feed, sound] : sounds_) sound.add_to(position, sum_);
  }
  clip(sum_, samples);
}

}  // namespace media
