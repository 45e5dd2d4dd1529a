/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/send_tracks.h"

#include <algorithm>
#include <utility>

namespace matrixcall {

using media::Sender;
using rtc::TrackSource;
using namespace std::chrono_literals;

struct SendTracks::Link {
  SendTracks* tracks; /* loop; nullptr once detached */
};

namespace {

bool is_video(TrackSource source) {
  return source == TrackSource::Camera || source == TrackSource::Screen;
}

/* A screen on which nothing moves is none the less shown. */
bool is_screen(TrackSource source) {
  return source == TrackSource::Screen || source == TrackSource::ScreenAudio;
}

constexpr unsigned audio_bitrate = 64000;

/* What was chosen first, then what every browser takes. */
std::vector<std::string> codecs_of(TrackSource source, VideoCodec first) {
  if (!is_video(source)) return {"OPUS"};
  std::vector<std::string> codecs{"VP8", "H264", "VP9"};
  const auto chosen = std::ranges::find(codecs, encoding_name(first));
  std::rotate(codecs.begin(), chosen, chosen + 1);
  return codecs;
}

}  // namespace

SendTracks::SendTracks(rtc::Loop& loop, media::Transport& transport, const SendSettings& settings,
                       Owner owner)
    : loop_(loop),
      transport_(transport),
      owner_(std::move(owner)),
      auto_mute_(settings.auto_mute),
      auto_mute_timeout_(settings.auto_mute_timeout_ms),
      link_(std::make_shared<Link>(Link{this})) {
  for (std::size_t i = 0; i < sources.size(); i++) {
    entries_[i].source = sources[i];
    entries_[i].sender = make_sender(sources[i], settings);
  }
}

SendTracks::~SendTracks() = default;

SendTracks::Entry& SendTracks::entry(TrackSource source) {
  return entries_[static_cast<std::size_t>(source)];
}

/* @function(*this, its entry), on the loop, while that is possible; from any thread. */
template <typename F>
std::function<void()> SendTracks::posted(TrackSource source, F function) {
  return [link = link_, loop = &loop_, source, function] {
    loop->post([link, source, function] {
      if (link->tracks) function(*link->tracks, link->tracks->entry(source));
    });
  };
}

std::shared_ptr<Sender> SendTracks::make_sender(TrackSource source, const SendSettings& settings) {
  const bool video = is_video(source);
  const auto on_resumed = posted(source, [](SendTracks& self, Entry& entry) {
    if (!self.is_muted(entry)) self.announce(entry, false);
  });
  return transport_.add_sender(
      source,
      {.kind = video ? rtc::MediaKind::Video : rtc::MediaKind::Audio,
       .codecs = codecs_of(source, settings.video_codec),
       .minimum_bitrate = settings.min_bitrate,
       .encoder = {.bitrate = video ? settings.bitrate : audio_bitrate,
                   .screen = is_screen(source),
                   .fec = settings.opus_fec,
                   .dtx = settings.opus_dtx}},
      {.on_encoder = owner_.on_encoder,
       .on_trouble =
           [this, source](const std::string& message) {
             posted(source,
                    [message](SendTracks& self, Entry&) { self.owner_.on_trouble(message); })();
           },
       .on_key_frame_wanted = [this, source] { entry(source).input->ask_for_key_frame(); },
       .on_resumed = on_resumed});
}

void SendTracks::attach(TrackSource source, const std::shared_ptr<media::SendInput>& input,
                        bool mute, bool present) {
  Entry& it = entry(source);
  it.input = input;
  it.present = present;
  it.mute = it.announced_muted = mute;
  it.sender->set_resting(mute);
  const auto on_activity = [this, source](const media::ActivityNews& news) {
    const bool passive = news.muted || news.activity == media::Activity::Ended;
    posted(source, [passive](SendTracks& self, Entry& entry) {
      entry.passive = passive;
      self.update(entry);
    })();
  };
  input->attach(
      {.sender = it.sender,
       .hold = hold_,
       .time = {glib::Ref<GstClock>::share(transport_.clock()), transport_.base_time()},
       .on_media = posted(source,
                          [](SendTracks& self, Entry& entry) {
                            entry.idle = false;
                            self.update(entry);
                            self.watch(entry);
                          }),
       .on_eos = posted(source, [](SendTracks& self, Entry& entry) { self.ended(entry); }),
       .on_activity = on_activity});
}

void SendTracks::detach() {
  loop_.run_sync([this] {
    link_->tracks = nullptr;
    for (Entry& each : entries_) each.idle_timer = {};
  });
  for (const Entry& each : entries_) {
    if (!each.input) continue;
    each.input->detach();
    each.sender->end();
  }
}

std::vector<SendTracks::Track> SendTracks::tracks() const {
  std::vector<Track> tracks;
  for (const Entry& each : entries_)
    if (each.present && !each.ended) tracks.push_back({each.source, each.announced_muted});
  return tracks;
}

void SendTracks::announce_tracks() {
  owner_.on_tracks(tracks());
}

void SendTracks::set_present(TrackSource source, bool present) {
  Entry& it = entry(source);
  if (std::exchange(it.present, present) == present) return;
  it.ended = present && it.input->has_ended();
  it.idle = false;
  it.passive = false;
  it.idle_timer = {};
  it.announced_muted = is_muted(it);
  it.sender->set_resting(is_muted(it));
  announce_tracks();
  if (present) watch(it);
}

void SendTracks::set_mute(TrackSource source, bool mute) {
  entry(source).mute = mute;
  update(entry(source));
}

void SendTracks::set_playing(bool playing) {
  paused_ = !playing && (paused_ || playing_);
  playing_ = playing;
  hold_->set_playing(playing);
  for (Entry& each : entries_) {
    update(each);
    watch(each);
  }
}

void SendTracks::set_bitrate_range(unsigned minimum, unsigned maximum) {
  for (const Entry& each : entries_)
    if (is_video(each.source)) each.sender->set_bitrate_range(minimum, maximum);
}

bool SendTracks::is_muted(const Entry& entry) const {
  return entry.mute || entry.idle || entry.ended || entry.passive || paused_;
}

void SendTracks::update(Entry& entry) {
  const bool muted = is_muted(entry);
  entry.sender->set_resting(muted);
  if (muted || !is_video(entry.source)) announce(entry, muted);
}

void SendTracks::announce(Entry& entry, bool muted) {
  if (std::exchange(entry.announced_muted, muted) == muted || !entry.present || entry.ended) return;
  owner_.on_muted(entry.source, muted);
}

/* Nothing is missed before the pipeline plays. */
void SendTracks::watch(Entry& entry) {
  entry.idle_timer = {};
  if (auto_mute_ && playing_ && entry.present && !entry.idle && !entry.ended &&
      !is_screen(entry.source))
    check_idle(entry);
}

void SendTracks::check_idle(Entry& entry) {
  const auto by_kind = is_video(entry.source) ? 2000ms : 1000ms;
  const auto limit = auto_mute_timeout_ > 0ms ? auto_mute_timeout_ : by_kind;
  const auto silent = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::microseconds(g_get_monotonic_time() - entry.input->last_media()));
  if (silent < limit) {
    entry.idle_timer = loop_.after(limit - silent, [this, &entry] { check_idle(entry); });
    return;
  }
  entry.idle = true;
  entry.input->set_idle();
  update(entry);
}

void SendTracks::ended(Entry& entry) {
  entry.ended = entry.input->has_ended();
  entry.idle_timer = {};
  update(entry);
  if (!entry.present) return;
  announce_tracks();
  if (!entry.ended) return watch(entry);
  if (std::ranges::all_of(entries_, [](const Entry& e) { return !e.present || e.ended; }))
    owner_.on_all_ended();
}

}  // namespace matrixcall
