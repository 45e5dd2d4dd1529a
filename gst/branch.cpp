/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/branch.h"

#include <gst/video/video.h>

#include <utility>

#include "gst/media_log.h"

namespace media {

using glib::Ref;
using glib::Unique;

namespace {

constexpr gint64 rebuild_interval = 1 * G_TIME_SPAN_SECOND;
constexpr gint64 key_frame_interval = 500 * G_TIME_SPAN_MILLISECOND;

/* GST_EVENT_IS_SERIALIZED() does not compile as C++20 without a warning. */
bool is_serialized(GstEvent* event) {
  return (gst_event_type_get_flags(GST_EVENT_TYPE(event)) & GST_EVENT_TYPE_SERIALIZED) != 0;
}

Branch* branch_of(GstPad* pad) {
  return static_cast<Branch*>(gst_pad_get_element_private(pad));
}

gboolean copy_sticky(GstPad*, GstEvent** event, gpointer chain) {
  if (GST_EVENT_TYPE(*event) != GST_EVENT_EOS)
    static_cast<Chain*>(chain)->push(Ref<GstEvent>::share(*event));
  return TRUE;
}

}  // namespace

std::shared_ptr<Branch> Branch::create(GstPad* pad, Owner owner) {
  auto branch = std::shared_ptr<Branch>(new Branch(std::move(owner)));
  if (gst_pad_link(pad, branch->door_.get()) != GST_PAD_LINK_OK)
    GST_ERROR_OBJECT(pad, "does not link");
  return branch;
}

Branch::Branch(Owner owner)
    : owner_(std::move(owner)), door_(Ref<GstPad>::sink(gst_pad_new("door", GST_PAD_SINK))) {
  gst_pad_set_element_private(door_.get(), this);
  gst_pad_set_chain_function(door_.get(), door_chain);
  gst_pad_set_event_function(door_.get(), door_event);
  gst_pad_set_query_function(door_.get(), door_query);
  gst_pad_set_active(door_.get(), TRUE);
}

Branch::~Branch() {
  gst_pad_set_active(door_.get(), FALSE);
  chain_.reset(); /* calls us */
}

void Branch::open(std::shared_ptr<Outlet> outlet) {
  const std::lock_guard lock(lock_);
  if (state_ == State::Closed || outlet_ == outlet) return;
  state_ = State::Open;
  outlet_ = std::move(outlet);
  generation_++;
  changed_.notify_all();
}

void Branch::shut() {
  std::unique_ptr<Chain> unused;
  const std::lock_guard lock(lock_);
  if (state_ == State::Closed || state_ == State::Shut) return;
  state_ = State::Shut;
  outlet_.reset();
  generation_++;
  if (inside_ == 0) unused = std::move(chain_);
  changed_.notify_all();
}

void Branch::close() {
  const std::lock_guard lock(lock_);
  state_ = State::Closed;
  outlet_.reset();
  generation_++;
  changed_.notify_all();
}

bool Branch::is_held() const {
  const std::lock_guard lock(lock_);
  return state_ == State::Held;
}

bool Branch::idle() const {
  const std::lock_guard lock(lock_);
  return state_ == State::Closed && inside_ == 0;
}

Branch::Entry Branch::enter(Wait wait) {
  std::unique_lock lock(lock_);
  if (wait == Wait::WhileHeld) changed_.wait(lock, [this] { return state_ != State::Held; });
  if (state_ != State::Open) return {};
  inside_++;
  return {outlet_, generation_};
}

/* A chain whose feed is no longer the branch's has nowhere to go. */
Branch::Entry Branch::enter_from_chain() {
  const std::lock_guard lock(lock_);
  if (state_ != State::Open || chain_generation_ != generation_) return {};
  inside_++;
  return {outlet_, generation_};
}

void Branch::leave() {
  bool idle = false;
  {
    const std::lock_guard lock(lock_);
    inside_--;
    idle = state_ == State::Closed && inside_ == 0;
  }
  if (idle) owner_.on_idle();
}

void Branch::drop_unused_chain() {
  std::unique_ptr<Chain> unused;
  const std::lock_guard lock(lock_);
  if (state_ == State::Shut && inside_ == 0) unused = std::move(chain_);
}

GstFlowReturn Branch::door_chain(GstPad* pad, GstObject*, GstBuffer* buffer) {
  Branch* self = branch_of(pad);
  self->owner_.backlog->enter(g_get_monotonic_time());
  self->deliver(Ref<GstBuffer>::adopt(buffer));
  if (self->owner_.backlog->leave()) {
    GST_WARNING_OBJECT(pad,
                       "what is behind the pad took nothing for so long that packets are gone");
    self->request_key_frame();
  }
  return GST_FLOW_OK;
}

/* Signalling says when a feed ends, and flushes do not cross either. */
gboolean Branch::door_event(GstPad* pad, GstObject*, GstEvent* event) {
  auto owned = Ref<GstEvent>::adopt(event);
  if (is_serialized(event) && GST_EVENT_TYPE(event) != GST_EVENT_EOS &&
      GST_EVENT_TYPE(event) != GST_EVENT_FLUSH_STOP)
    branch_of(pad)->pass_on(std::move(owned));
  return TRUE;
}

gboolean Branch::door_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) == GST_QUERY_ALLOCATION) return FALSE;
  if (GST_QUERY_TYPE(query) != GST_QUERY_CAPS) return gst_pad_query_default(pad, parent, query);
  /* Not what it gets at present: webrtcbin asks what may be sent in the same section. */
  GstCaps* filter = nullptr;
  gst_query_parse_caps(query, &filter);
  const auto any = Ref<GstCaps>::adopt(filter ? gst_caps_ref(filter) : gst_caps_new_any());
  gst_query_set_caps_result(query, any.get());
  return TRUE;
}

void Branch::deliver(Ref<GstBuffer> packet) {
  const Entry entry = enter(Wait::WhileHeld);
  if (!entry.outlet) {
    lost_packets_ = true;
    return drop_unused_chain();
  }
  entry.outlet->feed->note_packet();
  if (entry.outlet->feed->wanted() && prepare(entry)) {
    if (std::exchange(lost_packets_, false)) request_key_frame();
    if (chain_->push(std::move(packet)) < GST_FLOW_EOS) {
      GST_WARNING_OBJECT(door_.get(), "a decoder or depayloader failed and is made anew");
      failed_at_ = g_get_monotonic_time();
      lost_packets_ = true;
      chain_.reset();
    }
  } else {
    lost_packets_ = true;
  }
  leave();
  drop_unused_chain();
}

void Branch::pass_on(Ref<GstEvent> event) {
  if (!enter(Wait::No).outlet) return;
  /* A chain that is not there yet gets what is sticky from the door. */
  if (chain_) chain_->push(std::move(event));
  leave();
}

/* Sees to a chain that does what the feed wants. */
bool Branch::prepare(const Entry& entry) {
  const bool fits = chain_ && chain_generation_ == entry.generation;
  if (fits && !reconsider_.exchange(false)) return true;
  if (failed_at_ && g_get_monotonic_time() - *failed_at_ < rebuild_interval) return false;
  const std::string name = rtp_field("encoding-name");
  const Codec* codec = find_codec(name);
  if (!codec) return give_up("Nothing installed can take " + name + " out of RTP.");
  auto plan = Chain::plan_for(*codec, *entry.outlet->feed);
  if (fits && chain_->plan() == plan) return true;
  chain_.reset();
  chain_generation_ = entry.generation;
  return build(*codec, std::move(plan));
}

bool Branch::build(const Codec& codec, Chain::Plan plan) {
  auto chain = Chain::create(owner_.pipeline, codec, std::move(plan), *this);
  if (!chain) return give_up(chain.error().message);
  failed_at_.reset();
  chain_ = std::move(*chain);
  gst_pad_sticky_events_foreach(door_.get(), copy_sticky, chain_.get());
  return true;
}

/* For a while. */
bool Branch::give_up(const std::string& message) {
  failed_at_ = g_get_monotonic_time();
  if (std::exchange(reported_, message) != message) owner_.on_trouble(message);
  return false;
}

/* Of the pad's caps, in upper case. */
std::string Branch::rtp_field(const char* name) const {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(door_.get()));
  const char* value =
      caps ? gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), name) : nullptr;
  const Unique<char> upper(g_ascii_strup(value ? value : "", -1));
  return upper.get();
}

void Branch::on_caps(GstCaps* caps) {
  const auto entry = enter_from_chain();
  if (!entry.outlet) return;
  caps_ = Ref<GstCaps>::share(caps);
  entry.outlet->speaker = this;
  entry.outlet->feed->set_caps(caps);
  leave();
}

void Branch::on_buffer(Ref<GstBuffer> buffer, GstClockTime running_time) {
  const auto entry = enter_from_chain();
  if (!entry.outlet) return;
  if (entry.outlet->speaker.exchange(this) != this && caps_)
    entry.outlet->feed->set_caps(caps_.get());
  entry.outlet->feed->push(std::move(buffer), running_time);
  leave();
}

void Branch::on_upstream(Ref<GstEvent> event) {
  send_upstream(event);
}

void Branch::send_upstream(const Ref<GstEvent>& event) {
  if (gst_video_event_is_force_key_unit(event.get())) request_key_frame();
}

void Branch::request_key_frame() {
  if (rtp_field("media") != "VIDEO") return;
  const gint64 now = g_get_monotonic_time();
  gint64 last = key_frame_requested_at_;
  if (last != 0 && now - last < key_frame_interval) return;
  if (!key_frame_requested_at_.compare_exchange_strong(last, now)) return;
  gst_pad_push_event(door_.get(),
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

}  // namespace media
