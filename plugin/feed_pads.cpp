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
      room_(settings.room),
      latency_ms_(settings.latency_ms),
      group_id_(gst_util_group_id_next()),
      names_(settings.pad_naming),
      link_(std::make_shared<Link>(Link{this})) {}

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

std::shared_ptr<media::Feed> FeedPads::create_feed(const Entry& entry) {
  const auto& participant = entry.news.participant;
  const auto say = [this, serial = entry.serial](void (*what)(FeedPads&, unsigned)) {
    return [&loop = loop_, link = link_, serial, what] {
      loop.post([link, serial, what] {
        if (link->pads) what(*link->pads, serial);
      });
    };
  };
  auto feed = media::Feed::create(
      entry.pad, {.kind = media_kind(entry.news.id.kind),
                  .stream_id = "matrixcall/" + room_ + "/" + participant.user_id + "/" +
                               participant.device_id + "/" + kind_name(entry.news.id.kind),
                  .group_id = group_id_,
                  .output = output_,
                  .source_clock = glib::Ref<GstClock>::share(transport_.clock()),
                  .source_base_time = transport_.base_time(),
                  .on_ended = say([](FeedPads& pads, unsigned serial) { pads.ended(serial); }),
                  .on_active = say([](FeedPads& pads, unsigned serial) {
                    auto* active = pads.find(serial);
                    if (!active || active->ending) return;
                    active->active = true;
                    pads.show(*active, "changed");
                  })});
  feed->set_latency(total_latency(latency_ms_));
  feed->set_paused(!playing_);
  return feed;
}

void FeedPads::open(Entry& entry) {
  const FeedKind kind = entry.news.id.kind;
  const auto& participant = entry.news.participant;
  const std::string template_name = std::string(kind_name(kind)) + "_%s";
  entry.pad = glib::Ref<GstPad>::sink(
      new_source_pad(names_.name(entry.news.id, participant),
                     gst_element_get_pad_template(element_, template_name.c_str()),
                     {.user_id = participant.user_id,
                      .device_id = participant.device_id,
                      .display_name = participant.display_name,
                      .purpose = is_screen(kind) ? "m.screenshare" : "m.usermedia",
                      .muted = entry.news.muted,
                      .activity = entry.news.muted ? Activity::Muted : Activity::Idle,
                      .trust = "clear"}));
  entry.feed = create_feed(entry);
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

void FeedPads::show(const Entry& entry, const char* event) {
  PadFacts facts = facts_of(GST_MATRIX_CALL_PAD(entry.pad.get()));
  const PadFacts old = facts;
  facts.display_name = entry.news.participant.display_name;
  facts.muted = entry.news.muted;
  facts.activity = entry.ending       ? Activity::Ended
                   : entry.news.muted ? Activity::Muted
                   : entry.active     ? Activity::Active
                                      : Activity::Idle;
  if (facts == old) return;
  set_facts(GST_MATRIX_CALL_PAD(entry.pad.get()), facts);
  if (!entry.ending) post_feed(element_, event, entry.pad.get(), entry.news.id.kind, "");
}

void FeedPads::set_muted(const matrix::FeedMuted& news) {
  auto* entry = find(news.id);
  if (!entry) return;
  entry->news.muted = news.muted;
  if (entry->pad) show(*entry, "changed");
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
  if (entry->pad) return end(*entry, news.reason);
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
    show(entry, "changed");
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

void FeedPads::end(Entry& entry, const std::string& reason) {
  if (entry.ending) return;
  entry.ending = true;
  entry.reason = reason;
  if (entry.news.source.peer) transport_.unbind(entry.news.source.peer, entry.news.source.mid);
  show(entry, "changed");
  entry.feed->end();
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
  for (auto& entry : entries_) end(entry, reason);
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
