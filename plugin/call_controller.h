/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "gst/transport.h"
#include "plugin/call_roster.h"
#include "plugin/enums.h"
#include "plugin/feed_pads.h"
#include "plugin/leave_policy.h"
#include "plugin/send_pads.h"
#include "plugin/send_tracks.h"
#include "plugin/settings.h"
#include "plugin/stats_request.h"
#include "signalling/base/loop.h"
#include "signalling/client/session.h"

namespace matrixcall {

/* What the element's read-only properties show of the call. */
struct CallStatus {
  CallState state = CallState::Idle;
  std::vector<matrix::Participant> participants;
};

/* One run of the element, from READY->PAUSED to PAUSED->READY: the session and the
 * connections on one side, pads, messages and properties on the other.
 *
 * Any thread may call the methods in the first block; the caller sees to it that none is
 * called during or after stop(). */
class CallController final : matrix::Session::Observer {
 public:
  /* What it tells the element. */
  struct Owner {
    std::function<void(const CallStatus&)> show; /* the status has changed; on the loop */
    std::function<bool()> is_watched;            /* a source pad is or was linked; on the loop */
    std::function<void(GstElement*)> on_encoder; /* before it starts; on a streaming thread */
  };

  /* @element and @loop are borrowed. */
  CallController(GstElement* element, rtc::Loop& loop, Settings settings,
                 matrix::SessionConfig config, Owner owner);
  ~CallController() override;
  CallController(const CallController&) = delete;
  CallController& operator=(const CallController&) = delete;

  void start();
  void set_playing(bool playing);
  void set_latency(unsigned latency_ms);
  void set_muted_output(media::MutedOutput output);
  void set_bitrate_range(unsigned minimum, unsigned maximum);
  /* Before the pads are active and before start(). */
  void attach(const SendPads& pads) { pads.attach(send_); }
  void set_sending(rtc::TrackSource source, bool sending);
  void set_mute(rtc::TrackSource source, bool mute);
  /* Leaves the call and ends every stream; posts EOS when all are out. Repeatable. */
  void leave();
  /* Leaves the call; what streams carry does not matter any more. Repeatable. */
  void abandon();
  /* The property "stats", by a @reply on the loop. */
  void get_stats(StatsHandler reply);

  /* Waits at most three seconds for the farewells, then takes everything down. The parent
   * has deactivated the pads. Not on the loop. */
  void stop();

 private:
  void on_session_state(matrix::SessionState state) override;
  void on_report(const matrix::Report& report) override;

  void report(const matrix::ParticipantJoined& news);
  void report(const matrix::ParticipantChanged& news);
  void report(const matrix::ParticipantLeft& news);
  void report(const matrix::ParticipantTrouble& news);
  void report(const matrix::CallTrouble& news);
  void report(const matrix::FeedAdded& news) { pads_.add(news); }
  void report(const matrix::FeedMuted& news) { pads_.set_muted(news); }
  void report(const matrix::FeedTrusted& news) { pads_.set_trust(news); }
  void report(const matrix::FeedMoved& news) { pads_.move(news); }
  void report(const matrix::FeedRemoved& news) { pads_.remove(news); }
  void report(const matrix::CallJoined& news);
  void report(const matrix::CallEnded& news);

  void start_session();
  SendTracks::Owner track_owner();
  void check_ready();
  void all_ended();
  void leave_for(const std::string& reason);
  void end_streams(const std::string& reason);
  glib::Unique<GstStructure> counters() const;

  GstElement* element_;
  rtc::Loop& loop_;
  Settings settings_;
  matrix::SessionConfig config_;
  Owner owner_;

  std::unique_ptr<media::Transport> transport_;
  SendTracks send_;
  FeedPads pads_;
  std::unique_ptr<matrix::Session> session_;
  std::unique_ptr<LeavePolicy> policy_;

  CallStatus status_;
  CallRoster roster_;
  std::string room_id_;
  std::string call_id_;
  std::string reason_;
  bool joined_ = false;
  rtc::Loop::Timer ready_timer_; /* we wait for those who were in the call */
  bool leaving_ = false;
  bool abandoned_ = false;
  bool ended_ = false;
  std::promise<void> ended_promise_;
};

}  // namespace matrixcall
