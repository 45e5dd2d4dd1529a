/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/send_outlet.h"

#include <gst/video/video.h>

#include <string>
#include <utility>

#include "gst/media_log.h"

namespace media {

using glib::Ref;

namespace {

/* Both ends of a connection draw theirs at random, and 0 means none. */
std::uint32_t random_ssrc() {
  return 1 + static_cast<std::uint32_t>(g_random_int()) % (G_MAXUINT32 - 1);
}

}  // namespace

std::shared_ptr<SendOutlet> SendOutlet::create(Ref<GstPad> sink, const Codec& codec,
                                               std::function<void()> on_key_frame_wanted) {
  std::shared_ptr<SendOutlet> outlet(
      new SendOutlet(std::move(sink), codec, std::move(on_key_frame_wanted)));
  if (gst_pad_link(outlet->source_.get(), outlet->sink_.get()) != GST_PAD_LINK_OK) return nullptr;
  gst_pad_push_event(outlet->source_.get(),
                     gst_event_new_stream_start(std::to_string(outlet->ssrc_).c_str()));
  return outlet;
}

SendOutlet::SendOutlet(Ref<GstPad> sink, const Codec& codec,
                       std::function<void()> on_key_frame_wanted)
    : sink_(std::move(sink)),
      codec_(codec),
      ssrc_(random_ssrc()),
      on_key_frame_wanted_(std::move(on_key_frame_wanted)),
      source_(Ref<GstPad>::sink(gst_pad_new("outlet", GST_PAD_SRC))),
      sequence_number_(static_cast<std::uint16_t>(g_random_int_range(0, G_MAXINT16))) {
  gst_pad_set_element_private(source_.get(), this);
  gst_pad_set_event_function(source_.get(), handle_event);
  gst_pad_set_active(source_.get(), TRUE);
}

/* webrtcbin is gone, or nobody pushes: both wait for the threads that are inside. */
SendOutlet::~SendOutlet() {
  gst_pad_unlink(source_.get(), sink_.get());
  gst_pad_set_active(source_.get(), FALSE);
}

/* A peer's request for a key frame comes as an event from the RTCP of its session. */
gboolean SendOutlet::handle_event(GstPad* pad, GstObject*, GstEvent* raw) {
  const auto event = Ref<GstEvent>::adopt(raw);
  auto& outlet = *static_cast<SendOutlet*>(gst_pad_get_element_private(pad));
  if (gst_video_event_is_force_key_unit(raw)) outlet.on_key_frame_wanted_();
  return TRUE;
}

void SendOutlet::set_format(unsigned payload, unsigned transport_cc_id, const SdpFormat* format) {
  const PacketAddress next{payload, ssrc_, transport_cc_id};
  {
    const std::lock_guard lock(lock_);
    address_ = next;
  }
  const auto caps = sent_caps(codec_, next, format);
  const auto old = Ref<GstCaps>::adopt(gst_pad_get_current_caps(source_.get()));
  if (old && gst_caps_is_equal(old.get(), caps.get())) return;
  gst_pad_push_event(source_.get(), gst_event_new_caps(caps.get()));
  if (Ref<GstEvent>::adopt(gst_pad_get_sticky_event(source_.get(), GST_EVENT_SEGMENT, 0))) return;
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(source_.get(), gst_event_new_segment(&segment));
}

PacketAddress SendOutlet::address() const {
  const std::lock_guard lock(lock_);
  return address_;
}

void SendOutlet::open() {
  if (is_open()) return;
  state_ = State::Opening;
  if (codec_.kind == rtc::MediaKind::Video) on_key_frame_wanted_();
}

void SendOutlet::close() {
  state_ = State::Closed;
}

void SendOutlet::restart() {
  State expected = State::Open;
  state_.compare_exchange_strong(expected, State::Opening);
}

bool SendOutlet::admits(bool key_frame, bool starts) {
  /* webrtcbin would hold the thread that all peers share. */
  if (state_ == State::Closed || gst_pad_is_blocked(sink_.get())) return false;
  if (state_ == State::Open) return true;
  if (codec_.kind == rtc::MediaKind::Video && !(key_frame && starts)) {
    if (starts) on_key_frame_wanted_();
    return false;
  }
  State expected = State::Opening;
  return state_.compare_exchange_strong(expected, State::Open);
}

void SendOutlet::push(GstBufferList* packets, bool key_frame, bool starts) {
  if (!admits(key_frame, starts)) return;
  const PacketAddress to = address();
  const guint count = gst_buffer_list_length(packets);
  auto list = Ref<GstBufferList>::adopt(gst_buffer_list_new_sized(count));
  for (guint i = 0; i < count; i++) {
    auto packet = readdress(gst_buffer_list_get(packets, i), to, sequence_number_);
    if (!packet) continue;
    ++sequence_number_;
    gst_buffer_list_add(list.get(), packet.release());
  }
  packets_sent_ += gst_buffer_list_length(list.get());
  const GstFlowReturn flow = gst_pad_push_list(source_.get(), list.release());
  if (flow != GST_FLOW_OK)
    GST_DEBUG_OBJECT(sink_.get(), "packets are lost: %s", gst_flow_get_name(flow));
}

}  // namespace media
