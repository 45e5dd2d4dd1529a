/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "gst/backlog.h"
#include "gst/chain.h"
#include "gst/feed_input.h"

namespace media {

/* A feed that has branches. Several can be: when the peer changes SSRC or payload type,
 * webrtcbin makes another pad. */
struct Outlet {
  explicit Outlet(std::shared_ptr<FeedInput> input) : feed(std::move(input)) {}
  std::shared_ptr<FeedInput> feed;
  std::atomic<const void*> speaker = nullptr; /* whose caps the feed knows */
};

/* One received track: from a source pad of webrtcbin into a feed. Whatever happens behind it,
 * webrtcbin sees GST_FLOW_OK, since anything else stops the whole peer.
 *
 *   Held ---open---> Open <--open-- Shut        any --close--> Closed
 *     \--shut--> Shut  \--shut--> Shut
 *
 * Held: the track's thread waits here, so its jitter buffer keeps what arrives. Shut: packets
 * are dropped. Closed: for ever. While a thread is inside, the chain belongs to it; the thread
 * builds it, and builds it anew when the feed wants another form or an element fails.
 *
 * open(), shut() and close() are the loop's, do not wait for a thread that is inside, and
 * keep it from entering the feed again. */
class Branch final : private Chain::Exit {
 public:
  struct Owner {
    GstBin* pipeline;
    std::shared_ptr<Backlog> backlog;
    /* A track that cannot be passed on. The track's thread. */
    std::function<void(const std::string&)> on_trouble;
    /* After close(): the last thread has left. That thread. */
    std::function<void()> on_idle;
  };

  /* Links @pad; belongs into pad-added. The branch must outlive @pad. */
  static std::shared_ptr<Branch> create(GstPad* pad, Owner owner);
  ~Branch() override;
  Branch(const Branch&) = delete;
  Branch& operator=(const Branch&) = delete;

  void open(std::shared_ptr<Outlet> outlet);
  void shut();
  void close();
  bool is_held() const;
  /* After close(): no thread is inside, and none will be. */
  bool idle() const;

  /* The feed may want something else than before. Any thread. */
  void reconsider() { reconsider_ = true; }
  /* Only requests for key frames go on, at most one in 500 ms, and only for a video. Any
   * thread. */
  void send_upstream(const glib::Ref<GstEvent>& event);

 private:
  enum class State { Held, Open, Shut, Closed };

  explicit Branch(Owner owner);
  static GstFlowReturn door_chain(GstPad* pad, GstObject* parent, GstBuffer* buffer);
  static gboolean door_event(GstPad* pad, GstObject* parent, GstEvent* event);
  static gboolean door_query(GstPad* pad, GstObject* parent, GstQuery* query);

  void deliver(glib::Ref<GstBuffer> packet);
  void pass_on(glib::Ref<GstEvent> event);
  /* Which outlet a thread is inside for; empty if it must not come in. */
  struct Entry {
    std::shared_ptr<Outlet> outlet;
    unsigned generation = 0;
  };
  enum class Wait { No, WhileHeld };
  Entry enter(Wait wait);
  Entry enter_from_chain();
  void leave();
  void drop_unused_chain();
  bool prepare(const Entry& entry);
  bool build(const Codec& codec, Chain::Plan plan);
  bool give_up(const std::string& message);
  void request_key_frame();
  std::string rtp_field(const char* name) const;

  void on_caps(GstCaps* caps) override;
  void on_buffer(glib::Ref<GstBuffer> buffer, GstClockTime running_time) override;
  void on_upstream(glib::Ref<GstEvent> event) override;

  Owner owner_;
  glib::Ref<GstPad> door_; /* a sink pad without a parent, linked to webrtcbin's */
  std::atomic<bool> reconsider_ = false;
  std::atomic<gint64> key_frame_requested_at_ = 0; /* monotonic, us */

  mutable std::mutex lock_; /* held shortly; never while calling out */
  std::condition_variable changed_;
  State state_ = State::Held;
  std::shared_ptr<Outlet> outlet_; /* while Open */
  unsigned generation_ = 0;        /* which outlet_ it is */
  unsigned inside_ = 0;

  /* Of the thread that is inside; of the loop when there is none. */
  std::unique_ptr<Chain> chain_;
  std::atomic<unsigned> chain_generation_ = 0; /* the outlet that chain_ is for */
  glib::Ref<GstCaps> caps_;                    /* of what chain_ makes */
  bool lost_packets_ = false;                  /* since the last that went into the chain */
  std::optional<gint64> failed_at_;            /* monotonic, us */
  std::string reported_;
};

}  // namespace media
