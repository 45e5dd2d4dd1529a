/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gst/chain.h"
#include "gst/feed_input.h"
#include "signalling/base/loop.h"

namespace media {

/* One received track: from webrtcbin's source pad into a feed. Whatever happens behind it,
 * webrtcbin sees GST_FLOW_OK, since it stops the whole peer otherwise.
 *
 *   Held --release--> Shut --bind--> Open --unbind--> Shut --close--> Closed
 *
 * Held: the pad is blocked, so the jitter buffer keeps what arrives: until the peer has proved
 * who it is, and for at most hold_time after. Shut: buffers are dropped. Loop only but for
 * the construction, which belongs into pad-added. */
class Branch : public std::enable_shared_from_this<Branch> {
 public:
  /* What the branch is for, and whom it tells; both functions are called on the loop. */
  struct Owner {
    rtc::Loop* loop;
    GstBin* pipeline;
    std::function<void()> on_idle; /* nobody is inside any more, after close() */
    std::function<void(std::string)> on_trouble;
  };

  static std::shared_ptr<Branch> create(GstPad* pad, Owner owner);
  ~Branch();
  Branch(const Branch&) = delete;
  Branch& operator=(const Branch&) = delete;

  void bind(std::shared_ptr<FeedInput> feed);
  void unbind();
  /* Lets go of what was held, dropping it unless a feed is bound. */
  void release();
  /* Nothing enters the feed from now on; a push that is under way may last. */
  void close();
  bool idle() const;

  GstPad* pad() const { return pad_.get(); }
  /* Upper-case encoding name of what webrtcbin's pad carries, "" if unknown. */
  std::string encoding_name() const;

 private:
  Branch(GstPad* pad, Owner owner);
  static GstFlowReturn chain_function(GstPad* pad, GstObject* parent, GstBuffer* buffer);
  static gboolean event_function(GstPad* pad, GstObject* parent, GstEvent* event);
  static gboolean upstream_function(GstPad* pad, GstObject* parent, GstEvent* event);
  GstFlowReturn deliver(GstBuffer* buffer);
  void leave(const std::shared_ptr<struct RunningChain>& chain, bool failed);
  void rebuild();
  void build();
  void retire();
  void sweep();
  void send_upstream(glib::Ref<GstEvent> event);
  void request_key_frame();

  glib::Ref<GstPad> pad_;  /* webrtcbin's */
  glib::Ref<GstPad> door_; /* a sink pad without a parent, linked to it */
  Owner owner_;
  gulong hold_probe_ = 0;
  std::shared_ptr<FeedInput> feed_;
  rtc::Loop::Timer retry_;
  std::vector<std::shared_ptr<struct RunningChain>> retired_;
  bool closed_ = false;
  std::atomic<gint64> last_key_frame_request_ = 0; /* monotonic, us */

  mutable std::mutex lock_; /* what the streaming thread and the loop share; held shortly */
  std::shared_ptr<struct RunningChain> current_;
};

}  // namespace media
