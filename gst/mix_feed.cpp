/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/mix_feed.h"

#include <utility>

GLIB_COUNTED(GstQuery, gst_query_ref, gst_query_unref);

namespace media {
namespace {

using glib::Ref;

void ask_for_key_frame(GstPad* pad) {
  gst_pad_push_event(pad,
                     gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

}  // namespace

GstClockTime latency_of(GstPad* pad) {
  const auto query = Ref<GstQuery>::adopt(gst_query_new_latency());
  gboolean live = FALSE;
  GstClockTime least = 0;
  if (!gst_pad_peer_query(pad, query.get())) return 0;
  gst_query_parse_latency(query.get(), &live, &least, nullptr);
  return live && least != GST_CLOCK_TIME_NONE ? least : 0;
}

MixFeed::MixFeed(GstPad* sink, Kind kind, unsigned number, GstBin* bin, Mixer& mixer, Owner& owner)
    : sink_(sink), number_(number), mixer_(mixer), owner_(owner) {
  gst_segment_init(&segment_, GST_FORMAT_TIME);
  switch (kind) {
    case Kind::Video:
      video_ = std::make_shared<MixVideoInput>(bin, [sink] { ask_for_key_frame(sink); });
      mixer.add_video(number, video_);
      break;
    case Kind::Audio:
      audio_ = std::make_unique<MixAudioInput>(
          [this](GstClockTime running_time, std::span<const std::int16_t> samples) {
            mixer_.sound(number_, running_time, samples);
          });
      mixer.add_audio(number);
      break;
  }
}

std::shared_ptr<MixFeed> MixFeed::create(GstPad* sink, Kind kind, unsigned number, GstBin* bin,
                                         Mixer& mixer, Owner& owner) {
  std::shared_ptr<MixFeed> feed(new MixFeed(sink, kind, number, bin, mixer, owner));
  const auto keep = [&] { return new std::shared_ptr<MixFeed>(feed); };
  const auto let_go = [](gpointer kept) { delete static_cast<std::shared_ptr<MixFeed>*>(kept); };
  gst_pad_set_chain_function(sink, chain);
  gst_pad_set_event_function_full(sink, event, keep(), let_go);
  glib::connect<void, GstPad*>(sink, "unlinked", [weak = std::weak_ptr(feed)](GstPad*) {
    const auto self = weak.lock();
    if (self && self->ended()) self->owner_.on_feed_unused(self->number_);
  });
  return feed;
}

MixFeed& MixFeed::of(GstPad* pad) {
  return **static_cast<std::shared_ptr<MixFeed>*>(pad->eventdata);
}

GstFlowReturn MixFeed::chain(GstPad* pad, GstObject*, GstBuffer* buffer) {
  auto& self = of(pad);
  auto owned = Ref<GstBuffer>::adopt(buffer);
  if (!GST_BUFFER_PTS_IS_VALID(buffer)) return GST_FLOW_OK;
  const GstClockTime time =
      gst_segment_to_running_time(&self.segment_, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  if (time == GST_CLOCK_TIME_NONE) return GST_FLOW_OK;
  if (self.video_)
    self.video_->push(std::move(owned), time);
  else
    self.audio_->push(buffer, time);
  return GST_FLOW_OK;
}

void MixFeed::listen(GstEvent* event) {
  if (const auto news = parse_activity(event)) {
    /* The last pads of a call are nobody's: to be forgotten at once. */
    if (news->activity == Activity::Ended && news->reason == "call-ended") {
      call_ended_ = true;
      if (identified_) mixer_.freeze();
    }
    identified_ = true;
    mixer_.news(number_, *news);
  } else if (const auto roster = parse_roster(event)) {
    mixer_.roster(*roster);
  }
}

void MixFeed::end() {
  if (ended_.exchange(true)) return;
  mixer_.remove(number_);
  owner_.on_feed_ended(call_ended_);
}

void MixFeed::on_event(GstEvent* event) {
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_CAPS: {
      GstCaps* caps = nullptr;
      gst_event_parse_caps(event, &caps);
      if (video_)
        video_->set_caps(caps);
      else
        audio_->set_caps(caps);
      owner_.on_feed_latency(latency_of(sink_));
      break;
    }
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment(event, &segment_);
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM_STICKY:
      listen(event);
      break;
    case GST_EVENT_EOS:
      end();
      break;
    default:
      break;
  }
}

gboolean MixFeed::event(GstPad* pad, GstObject*, GstEvent* event) {
  const auto owned = Ref<GstEvent>::adopt(event);
  of(pad).on_event(event);
  return TRUE;
}

void MixFeed::clear() {
  if (video_) video_->clear();
  if (audio_) audio_->clear();
}

}  // namespace media
