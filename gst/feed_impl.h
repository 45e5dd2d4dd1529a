/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "gst/feed.h"
#include "gst/feed_pad.h"
#include "gst/preamble.h"
#include "gst/timeline.h"

namespace media {

/* What is behind a Feed; its pad and the calls that are under way in it may outlive that.
 * See there for states, threads and locks. */
class Feed::Impl final : public FeedPadOwner {
 public:
  Impl(glib::Ref<GstPad> pad, Settings settings);

  GstPad* pad() const { return pad_.get(); }
  Output output() const { return settings_.output; }
  bool is_wanted() const { return phase_ == Phase::Open && flow_ == Flow::Open; }

  void start();
  void send_sticky(glib::Ref<GstEvent> event);
  void end();
  void stop();
  void set_paused(bool paused);
  void set_latency(GstClockTime latency) { latency_ = latency; }

  void connect_branch(std::function<void(glib::Ref<GstEvent>)> upstream,
                      std::function<void()> rebuild);
  void disconnect_branch();
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

  std::shared_ptr<const Branch> branch();
  void ask_for_key_frame();
  void revive(bool linked);
  void wake();
  void say_ended();

  /* With the push lock. */
  void send_pending();
  void send_eos();
  void rest();
  bool admit(GstBuffer* buffer, GstClockTime running_time);
  std::optional<GstClockTime> place(GstClockTime running_time);
  std::optional<Timeline::Target> target() const;
  void deliver(glib::Ref<GstBuffer> buffer);
  void note_refusal(GstFlowReturn result, unsigned revivals);
  void note_loss();

  const glib::Ref<GstPad> pad_;
  Settings settings_;

  std::atomic<Phase> phase_ = Phase::Waiting; /* changed with the mutex */
  std::atomic<Flow> flow_ = Flow::Unlinked;   /* changed with the mutex */
  std::atomic<unsigned> revivals_ = 0;        /* changed with the mutex */
  std::atomic<bool> paused_ = false;
  std::atomic<bool> interrupted_ = false; /* what comes next does not follow what came before */
  std::atomic<bool> is_encoded_video_ = false;
  std::atomic<GstClockTime> latency_ = 0;

  std::mutex mutex_;
  bool has_thread_ = false;
  bool relinked_ = false; /* the new peer has seen nothing yet */
  bool end_asked_ = false;
  std::vector<glib::Ref<GstEvent>> stickies_;
  std::shared_ptr<const Branch> branch_;
  gint64 key_frame_asked_ = 0; /* monotonic, us */

  /* With the push lock. */
  Preamble preamble_;
  Timeline timeline_;
  glib::Ref<GstCaps> caps_; /* to be sent */
  bool discont_ = true;
  bool needs_key_frame_ = true; /* counts for encoded video */
  bool was_active_ = false;
  std::optional<GstClockTime> last_; /* timestamp that went out */
};

}  // namespace media
