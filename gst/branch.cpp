/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/branch.h"

#include <gst/video/video.h>

#include <algorithm>
#include <utility>

#include "gst/media_log.h"

namespace media {

using glib::Ref;
using glib::Unique;
using namespace std::chrono_literals;

namespace {

constexpr auto rebuild_delay = 1000ms;
constexpr gint64 key_frame_interval = 500 * G_TIME_SPAN_MILLISECOND;

constexpr auto hold_mask = GstPadProbeType(GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM);

gboolean copy_sticky(GstPad*, GstEvent** event, gpointer entry) {
  gst_pad_push_event(static_cast<GstPad*>(entry), gst_event_ref(*event));
  return TRUE;
}

}  // namespace

struct RunningChain {
  std::unique_ptr<Chain> chain;
  unsigned inside = 0; /* Branch::lock_ */
  bool failed = false; /* Branch::lock_ */
};

std::shared_ptr<Branch> Branch::create(GstPad* pad, Owner owner) {
  auto branch = std::shared_ptr<Branch>(new Branch(pad, std::move(owner)));
  gst_pad_link(pad, branch->door_.get());
  return branch;
}

Branch::Branch(GstPad* pad, Owner owner)
    : pad_(Ref<GstPad>::share(pad)),
      door_(Ref<GstPad>::sink(gst_pad_new("door", GST_PAD_SINK))),
      owner_(std::move(owner)) {
  gst_pad_set_element_private(door_.get(), this);
  gst_pad_set_chain_function(door_.get(), chain_function);
  gst_pad_set_event_function(door_.get(), event_function);
  gst_pad_set_active(door_.get(), TRUE);
  hold_probe_ = gst_pad_add_probe(
      pad, hold_mask, [](GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_OK; }, nullptr,
      nullptr);
}

Branch::~Branch() {
  gst_pad_set_active(door_.get(), FALSE);
}

std::string Branch::encoding_name() const {
  auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad_.get()));
  if (!caps) caps = Ref<GstCaps>::adopt(gst_pad_query_caps(pad_.get(), nullptr));
  if (!caps || gst_caps_get_size(caps.get()) == 0) return "";
  const char* name =
      gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "encoding-name");
  const Unique<char> upper(g_ascii_strup(name ? name : "", -1));
  return upper.get();
}

void Branch::bind(std::shared_ptr<FeedInput> feed) {
  if (closed_) return;
  unbind();
  feed_ = std::move(feed);
  const std::weak_ptr<Branch> weak = weak_from_this();
  auto* loop = owner_.loop;
  feed_->connect_branch(
      [weak, loop](Ref<GstEvent> event) {
        loop->post([weak, event = std::move(event)] {
          if (const auto self = weak.lock()) self->send_upstream(event);
        });
      },
      [weak, loop] {
        loop->post([weak] {
          if (const auto self = weak.lock()) self->rebuild();
        });
      });
  rebuild();
}

void Branch::unbind() {
  if (!feed_) return;
  feed_->disconnect_branch();
  retire();
  feed_.reset();
}

void Branch::release() {
  if (const gulong probe = std::exchange(hold_probe_, 0)) gst_pad_remove_probe(pad_.get(), probe);
}

void Branch::close() {
  unbind();
  closed_ = true;
}

bool Branch::idle() const {
  return retired_.empty() && !current_;
}

/* Asks the feed once more what it wants, and changes the chain only if that has changed. */
void Branch::rebuild() {
  if (closed_ || !feed_) return;
  if (!feed_->wanted()) {
    retire();
    return;
  }
  bool fits = false;
  if (const Codec* codec = find_codec(encoding_name())) {
    const std::lock_guard lock(lock_);
    const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(codec->encoded_caps));
    fits = current_ && !current_->failed && current_->chain->form() == feed_->form_for(caps.get());
  }
  if (fits) return;
  retire();
  build();
}

void Branch::build() {
  const std::string name = encoding_name();
  const Codec* codec = find_codec(name);
  if (!codec) {
    owner_.on_trouble("Nothing here can take " + (name.empty() ? "this codec" : name) +
                      " out of RTP.");
    return;
  }
  auto chain = Chain::create(owner_.pipeline, *codec, feed_);
  if (!chain) {
    owner_.on_trouble(chain.error().message);
    return;
  }
  auto running = std::make_shared<RunningChain>();
  running->chain = std::move(*chain);
  GstPad* entry = running->chain->entry();
  gst_pad_set_element_private(entry, this);
  gst_pad_set_event_function(entry, upstream_function);
  gst_pad_sticky_events_foreach(door_.get(), copy_sticky, entry);
  {
    const std::lock_guard lock(lock_);
    current_ = std::move(running);
  }
  if (codec->kind == rtc::MediaKind::Video) request_key_frame();
}

void Branch::retire() {
  {
    const std::lock_guard lock(lock_);
    if (current_) retired_.push_back(std::exchange(current_, nullptr));
  }
  sweep();
}

/* Ends the chains that nobody is inside of. */
void Branch::sweep() {
  std::vector<std::shared_ptr<RunningChain>> done;
  {
    const std::lock_guard lock(lock_);
    const auto busy = std::partition(retired_.begin(), retired_.end(),
                                     [](const auto& chain) { return chain->inside > 0; });
    done.assign(busy, retired_.end());
    retired_.erase(busy, retired_.end());
  }
  done.clear();
  if (closed_ && retired_.empty()) owner_.on_idle();
}

GstFlowReturn Branch::chain_function(GstPad* pad, GstObject*, GstBuffer* buffer) {
  return static_cast<Branch*>(gst_pad_get_element_private(pad))->deliver(buffer);
}

GstFlowReturn Branch::deliver(GstBuffer* buffer) {
  std::shared_ptr<RunningChain> chain;
  {
    const std::lock_guard lock(lock_);
    chain = current_;
    if (chain) chain->inside++;
  }
  if (!chain) {
    gst_buffer_unref(buffer);
    return GST_FLOW_OK;
  }
  const GstFlowReturn flow = gst_pad_push(chain->chain->entry(), buffer);
  leave(chain, flow < GST_FLOW_EOS);
  return GST_FLOW_OK;
}

/* A chain that failed is made anew, once a second at most. */
void Branch::leave(const std::shared_ptr<RunningChain>& chain, bool failed) {
  bool retired = false;
  bool first_failure = false;
  {
    const std::lock_guard lock(lock_);
    chain->inside--;
    retired = chain != current_ && chain->inside == 0;
    first_failure = failed && !retired && !std::exchange(chain->failed, true);
  }
  if (!retired && !first_failure) return;
  owner_.loop->post([weak = weak_from_this(), first_failure] {
    const auto self = weak.lock();
    if (!self) return;
    self->sweep();
    if (!first_failure || self->closed_) return;
    GST_WARNING_OBJECT(self->pad_.get(), "a decoder or depayloader failed, starting it again");
    self->retry_ = self->owner_.loop->after(rebuild_delay, [weak] {
      if (const auto branch = weak.lock()) branch->rebuild();
    });
  });
}

gboolean Branch::event_function(GstPad* pad, GstObject*, GstEvent* event) {
  auto* self = static_cast<Branch*>(gst_pad_get_element_private(pad));
  /* The end of a feed is signalling's to say. Flushes do not cross either. */
  const bool passes = GST_EVENT_TYPE(event) != GST_EVENT_EOS &&
                      GST_EVENT_TYPE(event) != GST_EVENT_FLUSH_START &&
                      GST_EVENT_TYPE(event) != GST_EVENT_FLUSH_STOP;
  std::shared_ptr<RunningChain> chain;
  if (passes) {
    const std::lock_guard lock(self->lock_);
    chain = self->current_;
    if (chain) chain->inside++;
  }
  if (!chain) {
    gst_event_unref(event);
    return TRUE;
  }
  gst_pad_push_event(chain->chain->entry(), event);
  self->leave(chain, false);
  return TRUE;
}

/* What depayloader and decoder ask for. */
gboolean Branch::upstream_function(GstPad* pad, GstObject*, GstEvent* raw) {
  auto* self = static_cast<Branch*>(gst_pad_get_element_private(pad));
  self->send_upstream(Ref<GstEvent>::adopt(raw));
  return TRUE;
}

/* Any thread: a request for a key frame is all that concerns the peer. */
void Branch::send_upstream(Ref<GstEvent> event) {
  if (gst_video_event_is_force_key_unit(event.get())) request_key_frame();
}

void Branch::request_key_frame() {
  const gint64 now = g_get_monotonic_time();
  gint64 last = last_key_frame_request_;
  if (now - last < key_frame_interval && last != 0) return;
  if (!last_key_frame_request_.compare_exchange_strong(last, now)) return;
  gst_pad_push_event(door_.get(),
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

}  // namespace media
