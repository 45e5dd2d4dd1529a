/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "gst/activity.h"
#include "gst/feed_input.h"
#include "gst/filler.h"
#include "signalling/base/peer_connection.h"

namespace media {

/* One feed's way out: a source pad of the user's element with a streaming thread of its
 * own. It sends what comes first (stream-start, caps, segment, tags, sticky events), then
 * what its branch delivers, and EOS; keeps one timeline in the running time of the user's
 * pipeline; swallows every flow error of what is linked; costs nothing while nobody is
 * linked. While the participant has muted it, or nothing comes, its own thread sends fillers,
 * so that nothing downstream waits.
 *
 *   Waiting --start--> Open --end--> Draining --EOS is out--> Ended
 *      |                 |              |                       ^
 *      '---end-----------+--pad is deactivated, stop------------'
 *
 * Media goes straight from the branch's thread into the pad. That thread and the feed's own
 * exclude each other by the push lock, which is the pad's stream lock: deactivating the pad
 * waits for both. The loop never takes it; what it wants sent is stored for whoever holds
 * the lock next. Locks are taken in this order: push lock, the feed's mutex, the pad's
 * object lock; callbacks are called without the mutex.
 *
 * After a buffer was dropped, for whatever reason, encoded video goes on with a key frame,
 * which is asked for, and everything with DISCONT. */
class Feed final : public FeedInput {
 public:
  enum class Output { Auto, Raw, Encoded };

  struct Settings {
    rtc::MediaKind kind = rtc::MediaKind::Audio;
    std::string stream_id;                 /* of STREAM_START */
    guint group_id = GST_GROUP_ID_INVALID; /* none */
    Output output = Output::Auto;
    MutedOutput muted_output = MutedOutput::Fill;
    GstClockTime stall_timeout = 2 * GST_SECOND; /* without a packet: stalled */
    /* Width, height and framerate of a video that fillers begin; nullptr: 640x360, 0/1. */
    glib::Ref<GstCaps> idle_caps;
    /* As what it comes encoded once it comes, which fillers begin with; nullptr: not known. */
    glib::Ref<GstCaps> expected;
    ActivityNews news; /* whose feed it is, and whether it is muted */
    /* The clock and base time that incoming running times count by. */
    glib::Ref<GstClock> source_clock;
    GstClockTime source_base_time = 0;
    /* Said once after end(), when EOS is out, or cannot be because the pad was deactivated.
     * Any thread, with the push lock: must not wait, and must not deactivate the pad. */
    std::function<void()> on_ended;
    /* What was sent downstream of it, right after that; on a streaming thread, with the push
     * lock: must not wait. */
    std::function<void(const ActivityNews&)> on_activity;
  };

  /* @pad: a source pad without functions set yet, not active. Its element (its parent, once
   * added) gives clock and base time: nothing passes while that is not PLAYING. The feed
   * holds a reference. To be stopped, or its pad deactivated, before it is destroyed. */
  static std::shared_ptr<Feed> create(glib::Ref<GstPad> pad, Settings settings);
  ~Feed() override;

  /* The pad was added and, if ever, linked in pad-added: starts its thread. Loop. */
  void start();
  /* Sends @event (sticky) serialized with the data, at once if nothing flows; after the
   * segment, so not before there are caps. Loop. */
  void send_sticky(glib::Ref<GstEvent> event);
  /* What the participant says of it. Video stops at once; sound that still comes passes. Any
   * thread. */
  void set_muted(bool muted);
  /* Who the participant is, where that has changed; the rest of @news does not matter. Any
   * thread. */
  void describe(const ActivityNews& news);
  /* Any thread. */
  void set_muted_output(MutedOutput output);
  /* Sends EOS from the feed's own thread after what it is pushing at present; repeatable.
   * If no media ever came the pad gets caps that what is linked can take, from its template.
   * The pad must be active if EOS is to pass. @reason: of the activity "ended". Loop. */
  void end(const std::string& reason);
  /* The pipeline is paused: what arrives is dropped; on resuming video waits for a key
   * frame, which it asks for. Loop or application. */
  void set_paused(bool paused);
  /* Of the LATENCY query, ns. */
  void set_latency(GstClockTime latency);
  /* Stops the thread, as deactivating the pad does; the pad must be inactive or its
   * downstream stopped. Not on the loop unless the feed has ended. */
  void stop();

  Form form_for(GstCaps* encoded) override;
  glib::Ref<GstCaps> choose(GstCaps* possible) override;
  bool wanted() const override;
  void note_packet() override;
  void connect_branch(std::function<void(glib::Ref<GstEvent>)> upstream,
                      std::function<void()> rebuild) override;
  void disconnect_branch() override;
  void set_caps(GstCaps* caps) override;
  void push(glib::Ref<GstBuffer> buffer, GstClockTime running_time) override;

 private:
  class Impl;
  explicit Feed(std::shared_ptr<Impl> impl);
  const std::shared_ptr<Impl> impl_;
};

}  // namespace media
