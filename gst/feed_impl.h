/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gst/activity_state.h"
#include "gst/alarm.h"
#include "gst/feed.h"
#include "gst/feed_pad.h"
#include "gst/picture_fill.h"
#include "gst/preamble.h"
#include "gst/sound_fill.h"
#include "gst/timeline.h"

namespace media {

/* What is behind a Feed; its pad and the calls that are under way in it may outlive that.
 * See there for states, threads and locks. */
class Feed::Impl final : public FeedPadOwner, public std::enable_shared_from_this<Impl> {
 public:
  Impl(glib::Ref<GstPad> pad, Settings settings);

  GstPad* pad() const { return pad_.get(); }
  Output output() const { return settings_.output; }
  bool is_wanted() const { return phase_ == Phase::Open && flow_ == Flow::Open && !is_shut_; }

  void start();
  void send_sticky(glib::Ref<GstEvent> event);
  void set_muted(bool muted);
  void describe(const ActivityNews& news);
  void set_muted_output(MutedOutput output);
  void end(const std::string& reason);
  void stop();
  void set_paused(bool paused);
  void set_latency(GstClockTime latency) { latency_ = latency; }

  void connect_branch(std::function<void(glib::Ref<GstEvent>)> upstream,
                      std::function<void()> rebuild);
  void disconnect_branch();
  void note_packet();
  void set_caps(GstCaps* caps);
  void push(glib::Ref<GstBuffer> buffer, GstClockTime running_time);

  void on_link_changed() override;
  void on_reconfigure() override;
  void on_key_frame_wanted(glib::Ref<GstEvent> event) override;
  void on_deactivate() override;
  void on_deactivated() override;
  void on_turn() override;
  GstClockTime latency() const override { return latency_; }

 private:
  enum class Phase { Waiting, Open, Draining, Ended };
  /* Refused: by what is linked, until it is linked anew or wants to be asked again. */
  enum class Flow { Open, Unlinked, Refused };
  struct Branch {
    std::function<void(glib::Ref<GstEvent>)> upstream;
    std::function<void()> rebuild;
  };

  bool is_video() const { return settings_.kind == rtc::MediaKind::Video; }
  std::shared_ptr<const Branch> branch();
  void rebuild_branch();
  void ask_for_key_frame();
  void revive(bool linked);
  void reopen();
  void on_alarm();
  void wake();
  void wake_for_news();
  void say_ended();

  /* With the push lock. */
  std::optional<Timeline::Target> target() const;
  static GstClockTime now(const Timeline::Target& target);
  void take_news(std::optional<GstClockTime> now);
  void announce(ActivityNews news, std::optional<GstClockTime> now);
  void send_caps(GstCaps* caps);
  bool stand_in_caps();
  void send_eos(std::optional<GstClockTime> now);
  void rest(const std::optional<Timeline::Target>& target);

  bool admit(GstBuffer* buffer, GstClockTime running_time, const Timeline::Target& target);
  std::optional<GstClockTime> place(GstClockTime running_time, const Timeline::Target& target);
  void deliver(glib::Ref<GstBuffer> buffer);
  void push_out(glib::Ref<GstBuffer> buffer);
  void note_refusal(GstFlowReturn result, unsigned revivals);
  void note_loss();

  bool is_quiet() const;
  GstClockTime lag() const;
  void note_hold_up(GstClockTime now);
  void note_backlog(GstClockTime time, GstClockTime now);
  void fill(GstClockTime now);
  void fill_sound(GstClockTime now, std::optional<GstClockTime> edge);
  void fill_hole_before(GstClockTime time);
  void fill_pictures(GstClockTime now, std::optional<GstClockTime> edge);
  void send(Filler filler);
  std::optional<GstClockTime> next_turn(GstClockTime now) const;
  GstClockTime sound_patience(GstClockTime now) const;

  const glib::Ref<GstPad> pad_;
  Settings settings_;

  std::atomic<Phase> phase_ = Phase::Waiting; /* changed with the mutex */
  std::atomic<Flow> flow_ = Flow::Unlinked;   /* changed with the mutex */
  std::atomic<unsigned> revivals_ = 0;        /* changed with the mutex */
  std::atomic<bool> has_news_ = true;         /* set with the mutex */
  std::atomic<bool> paused_ = false;
  std::atomic<bool> interrupted_ = false; /* what comes next does not follow what came before */
  std::atomic<bool> reopened_ = false;    /* what is linked has missed something */
  std::atomic<bool> is_encoded_video_ = false;
  std::atomic<bool> is_shut_ = false;     /* a muted video */
  std::atomic<GstClockTime> reopened_at_; /* running time of the source: what is older is late */
  std::atomic<bool> arrived_ = false;     /* packets, since somebody looked */
  std::atomic<bool> attentive_ = false;   /* the next packet is news */
  std::atomic<bool> is_pushing_ = false;  /* media of the branch */
  std::atomic<MutedOutput> muted_output_;
  std::atomic<GstClockTime> latency_ = 0;

  std::mutex mutex_;
  bool has_thread_ = false;
  bool relinked_ = false; /* the new peer has seen nothing yet */
  bool has_rung_ = false; /* the alarm */
  bool was_held_up_ = false;
  bool end_asked_ = false;
  ActivityNews news_;
  std::vector<glib::Ref<GstEvent>> stickies_;
  std::shared_ptr<const Branch> branch_;
  gint64 key_frame_asked_ = 0; /* monotonic, us */

  /* With the push lock. */
  Preamble preamble_;
  Timeline timeline_;
  ActivityState activity_;
  std::optional<ActivityNews> told_;
  SoundFill sound_;
  PictureFill pictures_;
  std::optional<Alarm> alarm_;
  std::optional<GstClockTime> held_up_; /* until then what was held up may still come */
  glib::Ref<GstCaps> caps_;             /* to be sent */
  bool tried_stand_in_ = false;
  bool discont_ = true;
  bool needs_key_frame_ = true;      /* counts for encoded video */
  std::optional<GstClockTime> last_; /* timestamp that went out */
  /* Where fillers begin of what never came: some muxers would shift a track that begins later. */
  std::optional<GstClockTime> opened_;
};

}  // namespace media
