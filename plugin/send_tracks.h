/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "gst/send_hold.h"
#include "gst/send_input.h"
#include "gst/transport.h"
#include "plugin/send_settings.h"
#include "signalling/base/loop.h"
#include "signalling/core/local_media.h"

namespace matrixcall {

/* What we send, while the element runs: which tracks there are, and which of them are muted.
 *
 * A track is muted by its pad's property, by a pause of the pipeline, by the feed that it sends
 * on, and, if it may be, by silence upstream; one whose stream has ended is taken away. A muted
 * track rests: nothing is encoded or sent. The unmuting of a video is announced when its key
 * frame is on its way. Loop only, but for the constructor, attach() and detach(). */
class SendTracks {
 public:
  using Track = matrix::LocalSource;
  /* Called on the loop. */
  struct Owner {
    std::function<void(const std::vector<Track>&)> on_tracks;
    std::function<void(rtc::TrackSource, bool muted)> on_muted;
    std::function<void()> on_all_ended; /* there is a pad, and the streams of all have ended */
    std::function<void(const std::string& message)> on_trouble;
    std::function<void(GstElement*)> on_encoder; /* on a streaming thread */
  };
  static constexpr std::array sources{rtc::TrackSource::Microphone, rtc::TrackSource::Camera,
                                      rtc::TrackSource::Screen, rtc::TrackSource::ScreenAudio};

  /* @loop and @transport are borrowed. */
  SendTracks(rtc::Loop& loop, media::Transport& transport, const SendSettings& settings,
             Owner owner);
  ~SendTracks();
  SendTracks(const SendTracks&) = delete;
  SendTracks& operator=(const SendTracks&) = delete;

  /* @input is behind the pad of @source. Before the loop runs anything of this. */
  void attach(rtc::TrackSource source, const std::shared_ptr<media::SendInput>& input, bool mute,
              bool present);
  /* With the pads inactive: frees what encodes. Nothing is called on the loop any more. Not on
   * the loop. */
  void detach();

  void set_present(rtc::TrackSource source, bool present);
  void set_mute(rtc::TrackSource source, bool mute);
  void set_playing(bool playing);
  void set_bitrate_range(unsigned minimum, unsigned maximum);
  /* See media::SendHold. */
  void ready() { hold_->ready(); }
  std::vector<Track> tracks() const;

 private:
  struct Link;
  struct Entry {
    rtc::TrackSource source{};
    std::shared_ptr<media::Sender> sender{};
    std::shared_ptr<media::SendInput> input{};
    bool present = false;
    bool mute = false;
    bool idle = false;
    bool ended = false;
    bool passive = false; /* the feed that it sends on is muted */
    bool announced_muted = false;
    rtc::Loop::Timer idle_timer{};
  };

  Entry& entry(rtc::TrackSource source);
  template <typename F>
  std::function<void()> posted(rtc::TrackSource source, F function);
  std::shared_ptr<media::Sender> make_sender(rtc::TrackSource source, const SendSettings& settings);
  bool is_muted(const Entry& entry) const;
  void update(Entry& entry);
  void announce(Entry& entry, bool muted);
  void announce_tracks();
  void watch(Entry& entry);
  void check_idle(Entry& entry);
  void ended(Entry& entry);

  rtc::Loop& loop_;
  media::Transport& transport_;
  Owner owner_;
  const bool auto_mute_;
  const std::chrono::milliseconds auto_mute_timeout_; /* 0: by kind */
  std::shared_ptr<media::SendHold> hold_ = std::make_shared<media::SendHold>();
  std::array<Entry, sources.size()> entries_;
  bool playing_ = false;
  bool paused_ = false;        /* after it played */
  std::shared_ptr<Link> link_; /* what callbacks hold instead of this */
};

}  // namespace matrixcall
