/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/feed_pads.h"

#include <algorithm>
#include <utility>

#include "plugin/gstmatrixcallpad.h"
#include "plugin/messages.h"

namespace matrixcall {

using matrix::FeedKind;

struct FeedPads::Link {
  FeedPads* pads; /* loop; nullptr once closed */
};

namespace {

bool is_screen(FeedKind kind) {
  return kind == FeedKind::Screen || kind == FeedKind::ScreenAudio;
}

rtc::MediaKind media_kind(FeedKind kind) {
  return kind == FeedKind::Video || kind == FeedKind::Screen ? rtc::MediaKind::Video
                                                             : rtc::MediaKind::Audio;
}

media::FeedKind feed_kind(FeedKind kind) {
  switch (kind) {
    case FeedKind::Audio:
      return media::FeedKind::Audio;
    case FeedKind::Video:
      return media::FeedKind::Video;
    case FeedKind::Screen:
      return media::FeedKind::Screen;
    case FeedKind::ScreenAudio:
      return media::FeedKind::ScreenAudio;
  }
  return media::FeedKind::Audio;
}

/* With a sink pad it is one in any case. */
void set_is_sink(GstElement* element, bool is_sink) {
  GST_OBJECT_LOCK(element);
  if (is_sink || element->numsinkpads > 0)
    GST_OBJECT_FLAG_SET(element, GST_ELEMENT_FLAG_SINK);
  else
    GST_OBJECT_FLAG_UNSET(element, GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_UNLOCK(element);
}

}  // namespace

FeedPads::FeedPads(GstElement* element, rtc::Loop& loop, media::Transport& transport,
                   const Settings& settings)
    : element_(element),
      loop_(loop),
      transport_(transport),
      output_(settings.output),
      muted_output_(settings.muted_output),
      idle_caps_(settings.idle_video_caps),
      stall_timeout_(settings.stall_timeout_ms * GST_MSECOND),
      room_(settings.room),
      latency_ms_(settings.latency_ms),
      group_id_(gst_util_group_id_next()),
      names_(settings.pad_naming),
      link_(std::make_shared<Link>(Link{this})) {}

void FeedPads::set_call(const std::string& room_id, const std::string& call_id) {
  room_ = room_id;
  call_id_ = call_id;
}

void FeedPads::tell_all(const glib::Ref<GstEvent>& event) {
  for (const auto& entry : entries_) {
    if (entry.feed && !entry.ending) entry.feed->send_sticky(event);
  }
}

void FeedPads::set_roster(const media::Roster& roster) {
  roster_ = roster;
  tell_all(media::roster_event(roster_));
}

FeedPads::Entry* FeedPads::find(matrix::FeedId id) {
  const auto it = std::ranges::find_if(
      entries_, [id](const Entry& entry) { return entry.news.id == id && !entry.ending; });
  return it == entries_.end() ? nullptr : &*it;
}

FeedPads::Entry* FeedPads::find(unsigned serial) {
  const auto it = std::ranges::find(entries_, serial, &Entry::serial);
  return it == entries_.end() ? nullptr : &*it;
}

void FeedPads::add(const matrix::FeedAdded& news) {
  if (ending_all_ || find(news.id)) return;
  remember(news);
  if (playing_) open_all();
}

FeedPads::Entry& FeedPads::remember(const matrix::FeedAdded& news) {
  entries_.push_back({.serial = next_serial_++, .news = news});
  const unsigned number = news.id.number;
  if (number >= next_number_) {
    lacking_[number].participant = news.participant;
    next_number_ = number + 1;
  }
  return entries_.back();
}

/* A feed that starts again while the last pad of its name still drains has to wait. */
bool FeedPads::is_name_free(const Entry& entry) const {
  return std::ranges::none_of(entries_, [&](const Entry& other) {
    return &other != &entry && other.pad && other.news.id == entry.news.id;
  });
}

void FeedPads::open_all() {
  for (auto& entry : entries_) {
    if (!entry.pad && is_name_free(entry)) open(entry);
  }
}

media::ActivityNews FeedPads::news_of(const Entry& entry) const {
  const auto& participant = entry.news.participant;
  return {.room = room_,
          .call_id = call_id_,
          .user_id = participant.user_id,
          .device_id = participant.device_id,
          .session_id = participant.session_id,
          .display_name = participant.display_name,
          .kind = feed_kind(entry.news.id.kind),
          .muted = entry.news.muted,
          .trust = nick(entry.news.trust)};
}

std::shared_ptr<media::Feed> FeedPads::create_feed(const Entry& entry) {
  const auto& participant = entry.news.participant;
  const auto post = [&loop = loop_, link = link_](auto task) {
    loop.post([link, task] {
      if (link->pads) task(*link->pads);
    });
  };
  auto feed = media::Feed::create(
      entry.pad,
      {.kind = media_kind(entry.news.id.kind),
       .stream_id = "matrixcall/" + room_ + "/" + participant.user_id + "/" +
                    participant.device_id + "/" + kind_name(entry.news.id.kind),
       .group_id = group_id_,
       .output = output_,
       .muted_output = muted_output_,
       .stall_timeout = stall_timeout_,
       .idle_caps = idle_caps_,
       .expected = transport_.expected_caps(entry.news.source.peer, entry.news.source.mid),
       .news = news_of(entry),
       .source_clock = glib::Ref<GstClock>::share(transport_.clock()),
       .source_base_time = transport_.base_time(),
       .on_ended = [post,
                    serial = entry.serial] { post([serial](auto& pads) { pads.ended(serial); }); },
       .on_activity =
           [post, serial = entry.serial](const media::ActivityNews& news) {
             post([serial, news](auto& pads) { pads.show(serial, news); });
           }});
  feed->set_latency(total_latency(latency_ms_));
  feed->set_paused(!playing_);
  feed->send_sticky(media::roster_event(roster_));
  return feed;
}

GstPad* FeedPads::create_pad(const Entry& entry) {
  const FeedKind kind = entry.news.id.kind;
  const auto& participant = entry.news.participant;
  const std::string template_name = std::string(kind_name(kind)) + "_%s";
  return new_source_pad(names_.name(entry.news.id, participant),
                        gst_element_get_pad_template(element_, template_name.c_str()),
                        {.user_id = participant.user_id,
                         .device_id = participant.device_id,
                         .display_name = participant.display_name,
                         .purpose = is_screen(kind) ? "m.screenshare" : "m.usermedia",
                         .muted = entry.news.muted,
                         .activity = entry.news.muted ? Activity::Muted : Activity::Idle,
                         .trust = nick(entry.news.trust)});
}

void FeedPads::open(Entry& entry) {
  const FeedKind kind = entry.news.id.kind;
  entry.pad = glib::Ref<GstPad>::sink(create_pad(entry));
  entry.feed = create_feed(entry);
  auto* pad = GST_MATRIX_CALL_PAD(entry.pad.get());
  follow_muted_output(pad, muted_output_);
  set_muted_output_handler(pad, [weak = std::weak_ptr(entry.feed)](media::MutedOutput output) {
    if (const auto feed = weak.lock()) feed->set_muted_output(output);
  });
  send_title(entry);
  gst_pad_set_active(entry.pad.get(), TRUE);
  set_is_sink(element_, false);
  gst_element_add_pad(element_, entry.pad.get());
  gst_child_proxy_child_added(GST_CHILD_PROXY(element_), G_OBJECT(entry.pad.get()),
                              GST_PAD_NAME(entry.pad.get()));
  entry.feed->start();
  if (entry.news.source.peer)
    transport_.bind(entry.news.source.peer, entry.news.source.mid, entry.feed);
  post_feed(element_, "added", entry.pad.get(), kind, "");
  /* What was linked may be an aggregator that did not know yet that it is live. */
  gst_element_post_message(element_, gst_message_new_latency(GST_OBJECT(element_)));

  const auto lacking = lacking_.find(entry.news.id.number);
  if (lacking == lacking_.end()) return;
  if (kind == FeedKind::Audio) lacking->second.audio = false;
  if (kind == FeedKind::Video) lacking->second.video = false;
  if (!lacking->second.audio && !lacking->second.video) lacking_.erase(lacking);
}

void FeedPads::send_title(const Entry& entry) {
  const auto& name = entry.news.participant.display_name;
  if (name.empty()) return;
  auto* tags = gst_tag_list_new(GST_TAG_TITLE, name.c_str(), nullptr);
  gst_tag_list_set_scope(tags, GST_TAG_SCOPE_STREAM);
  entry.feed->send_sticky(glib::Ref<GstEvent>::adopt(gst_event_new_tag(tags)));
}

/* Downstream has heard of it already. */
void FeedPads::show(unsigned serial, const media::ActivityNews& news) {
  auto* entry = find(serial);
  if (!entry || !entry->pad) return;
  auto* pad = GST_MATRIX_CALL_PAD(entry->pad.get());
  PadFacts facts = facts_of(pad);
  const PadFacts old = facts;
  facts.display_name = news.display_name;
  facts.muted = news.muted;
  facts.activity = news.activity;
  facts.trust = news.trust;
  if (facts == old) return;
  set_facts(pad, facts);
  if (!entry->ending) post_feed(element_, "changed", entry->pad.get(), entry->news.id.kind, "");
}

void FeedPads::set_muted(const matrix::FeedMuted& news) {
  auto* entry = find(news.id);
  if (!entry) return;
  entry->news.muted = news.muted;
  if (entry->feed) entry->feed->set_muted(news.muted);
}

void FeedPads::set_trust(const matrix::FeedTrusted& news) {
  auto* entry = find(news.id);
  if (!entry) return;
  entry->news.trust = news.trust;
  if (entry->feed) entry->feed->describe(news_of(*entry));
}

void FeedPads::move(const matrix::FeedMoved& news) {
  auto* entry = find(news.id);
  if (!entry) return;
  const auto old = std::exchange(entry->news.source, news.source);
  if (!entry->pad) return;
  if (old.peer) transport_.unbind(old.peer, old.mid);
  if (news.source.peer) transport_.bind(news.source.peer, news.source.mid, entry->feed);
}

void FeedPads::remove(const matrix::FeedRemoved& news) {
  auto* entry = find(news.id);
  if (!entry) return;
  if (entry->pad) return end(*entry, news.reason, news.reason);
  entries_.remove_if([entry](const Entry& other) { return &other == entry; });
}

void FeedPads::rename(const matrix::Participant& participant) {
  for (auto& entry : entries_) {
    auto& known = entry.news.participant;
    if (entry.ending || known.user_id != participant.user_id ||
        known.device_id != participant.device_id)
      continue;
    known = participant;
    if (!entry.pad) continue;
    send_title(entry);
    entry.feed->describe(news_of(entry));
  }
}

void FeedPads::set_playing(bool playing) {
  playing_ = playing;
  for (const auto& entry : entries_) {
    if (entry.feed) entry.feed->set_paused(!playing);
  }
  if (playing) open_all();
}

void FeedPads::set_latency(unsigned latency_ms) {
  latency_ms_ = latency_ms;
  for (const auto& entry : entries_) {
    if (entry.feed) entry.feed->set_latency(total_latency(latency_ms));
  }
}

void FeedPads::set_muted_output(media::MutedOutput output) {
  muted_output_ = output;
  for (const auto& entry : entries_) {
    if (entry.pad) follow_muted_output(GST_MATRIX_CALL_PAD(entry.pad.get()), output);
  }
}

void FeedPads::end(Entry& entry, const std::string& reason, const std::string& told) {
  if (entry.ending) return;
  entry.ending = true;
  entry.reason = reason;
  if (entry.news.source.peer) transport_.unbind(entry.news.source.peer, entry.news.source.mid);
  entry.feed->end(told);
}

void FeedPads::add_last_pad(matrix::FeedId id, const matrix::Participant& participant) {
  if (find(id)) return;
  matrix::FeedAdded last;
  last.id = id;
  last.participant = participant;
  entries_.push_back({.serial = next_serial_++, .news = std::move(last)});
}

void FeedPads::add_last_pads() {
  lacking_[next_number_];
  for (const auto& [number, lacking] : lacking_) {
    if (lacking.audio) add_last_pad({number, FeedKind::Audio}, lacking.participant);
    if (lacking.video) add_last_pad({number, FeedKind::Video}, lacking.participant);
  }
}

void FeedPads::end_all(const std::string& reason, bool last_pads,
                       std::function<void()> on_all_ended) {
  if (ending_all_) return;
  ending_all_ = true;
  on_all_ended_ = std::move(on_all_ended);
  if (last_pads) {
    add_last_pads();
    open_all();
  }
  entries_.remove_if([](const Entry& entry) { return !entry.pad; });
  /* Mixers and recorders finish by this, whatever the reason of the end is. */
  for (auto& entry : entries_) end(entry, reason, "call-ended");
  check_all_ended();
}

void FeedPads::ended(unsigned serial) {
  auto* entry = find(serial);
  if (!entry || !entry->pad) return;
  entry->ending = true;
  entry->feed->stop();
  remove_pad(*entry);
  const unsigned number = entry->news.id.number;
  entries_.remove_if([serial](const Entry& other) { return other.serial == serial; });
  if (std::ranges::none_of(entries_,
                           [number](const Entry& other) { return other.news.id.number == number; }))
    names_.release(number);
  if (playing_ && !ending_all_) open_all();
  check_all_ended();
}

void FeedPads::remove_pad(Entry& entry) {
  auto* pad = entry.pad.get();
  gst_pad_set_active(pad, FALSE);
  PadFacts facts = facts_of(GST_MATRIX_CALL_PAD(pad));
  facts.activity = Activity::Ended; /* its feed may not have come to say so */
  set_facts(GST_MATRIX_CALL_PAD(pad), facts);
  post_feed(element_, "removed", pad, entry.news.id.kind, entry.reason);
  gst_element_remove_pad(element_, pad);
  gst_child_proxy_child_removed(GST_CHILD_PROXY(element_), G_OBJECT(pad), GST_PAD_NAME(pad));
}

void FeedPads::check_all_ended() {
  if (!ending_all_ || !entries_.empty()) return;
  set_is_sink(element_, true);
  if (const auto on_all_ended = std::exchange(on_all_ended_, nullptr)) on_all_ended();
}

void FeedPads::close() {
  ending_all_ = true;
  link_->pads = nullptr;
  for (const auto& entry : entries_) {
    if (entry.pad && entry.news.source.peer)
      transport_.unbind(entry.news.source.peer, entry.news.source.mid);
  }
}

void FeedPads::release() {
  for (auto& entry : entries_) {
    if (!entry.pad) continue;
    gst_pad_set_active(entry.pad.get(), FALSE);
    entry.feed->stop();
    remove_pad(entry);
  }
  entries_.clear();
  set_is_sink(element_, true);
}

}  // namespace matrixcall
