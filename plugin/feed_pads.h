/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "gst/feed.h"
#include "gst/roster.h"
#include "gst/transport.h"
#include "plugin/pad_names.h"
#include "plugin/settings.h"
#include "signalling/base/loop.h"
#include "signalling/core/report.h"

namespace matrixcall {

/* The element's source pads, each with the feed behind it. A pad exists from when the call
 * reports a feed, but not before the element plays, until its EOS is out:
 *
 *   Reported --playing--> Open --removed, end_all--> Ending --EOS is out--> gone
 *
 * Loop only, but for the constructor and release(). */
class FeedPads {
 public:
  /* @element, @loop and @transport are borrowed. */
  FeedPads(GstElement* element, rtc::Loop& loop, media::Transport& transport,
           const Settings& settings);
  FeedPads(const FeedPads&) = delete;
  FeedPads& operator=(const FeedPads&) = delete;

  /* The ids of the call that we are in, before anything is added. */
  void set_call(const std::string& room_id, const std::string& call_id);
  /* Who is in the call, for every feed. */
  void set_roster(const media::Roster& roster);
  void add(const matrix::FeedAdded& news);
  void set_muted(const matrix::FeedMuted& news);
  void set_trust(const matrix::FeedTrusted& news);
  void move(const matrix::FeedMoved& news);
  void remove(const matrix::FeedRemoved& news);
  void rename(const matrix::Participant& participant);

  void set_playing(bool playing);
  void set_latency(unsigned latency_ms);
  void set_muted_output(media::MutedOutput output);

  /* Sends EOS everywhere; nothing is added afterwards. With @last_pads, also on one last pad
   * for each kind of audio and video that a number given out, or the next one, has not had:
   * somebody may wait for it. @on_all_ended: every pad is gone. */
  void end_all(const std::string& reason, bool last_pads, std::function<void()> on_all_ended);

  /* Nothing more happens to any pad on the loop. */
  void close();
  /* After close(), with the pads inactive: removes them. Not on the loop. */
  void release();

 private:
  struct Link;
  struct Entry {
    unsigned serial = 0;
    matrix::FeedAdded news;
    glib::Ref<GstPad> pad{}; /* from Open on */
    std::shared_ptr<media::Feed> feed{};
    bool ending = false;
    std::string reason{}; /* of the end */
  };
  /* A number that has not had a pad of each kind yet. */
  struct Lacking {
    matrix::Participant participant;
    bool audio = true;
    bool video = true;
  };

  Entry* find(matrix::FeedId id);
  Entry* find(unsigned serial);
  Entry& remember(const matrix::FeedAdded& news);
  void open_all();
  bool is_name_free(const Entry& entry) const;
  void open(Entry& entry);
  std::shared_ptr<media::Feed> create_feed(const Entry& entry);
  media::ActivityNews news_of(const Entry& entry) const;
  GstPad* create_pad(const Entry& entry);
  void send_title(const Entry& entry);
  /* @told: the reason that goes downstream. */
  void end(Entry& entry, const std::string& reason, const std::string& told);
  void add_last_pad(matrix::FeedId id, const matrix::Participant& participant);
  void add_last_pads();
  void ended(unsigned serial);
  void remove_pad(Entry& entry);
  void tell_all(const glib::Ref<GstEvent>& event);
  void show(unsigned serial, const media::ActivityNews& news);
  void check_all_ended();

  GstElement* element_;
  rtc::Loop& loop_;
  media::Transport& transport_;
  media::Feed::Output output_;
  media::MutedOutput muted_output_;
  glib::Ref<GstCaps> idle_caps_;
  GstClockTime stall_timeout_;
  std::string room_;
  std::string call_id_;
  media::Roster roster_;
  unsigned latency_ms_;
  guint group_id_;

  PadNames names_;
  std::list<Entry> entries_;
  std::map<unsigned, Lacking> lacking_;
  unsigned next_number_ = 0;
  unsigned next_serial_ = 1;
  bool playing_ = false;
  bool ending_all_ = false;
  std::function<void()> on_all_ended_;
  std::shared_ptr<Link> link_; /* what feeds' callbacks hold instead of this */
};

}  // namespace matrixcall
