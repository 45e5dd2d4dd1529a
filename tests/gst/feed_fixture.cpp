/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/feed_fixture.h"

#include <gst/video/video.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace test {
namespace {

constexpr std::chrono::seconds deadline(10);
constexpr unsigned thought = 500; /* ms, of a feed, on what to wait for */
constexpr GstClockTime source_base_time = 5 * GST_SECOND;
constexpr GstClockTime base_time = 7 * GST_SECOND;

struct LiveSource {
  GstElement parent;
};
struct LiveSourceClass {
  GstElementClass parent_class;
};

GstStateChangeReturn change_state(GstElement* element, GstStateChange change) {
  auto* parent = GST_ELEMENT_CLASS(g_type_class_peek_parent(GST_ELEMENT_GET_CLASS(element)));
  const GstStateChangeReturn result = parent->change_state(element, change);
  const bool pausing =
      change == GST_STATE_CHANGE_READY_TO_PAUSED || change == GST_STATE_CHANGE_PLAYING_TO_PAUSED;
  return pausing && result == GST_STATE_CHANGE_SUCCESS ? GST_STATE_CHANGE_NO_PREROLL : result;
}

GType live_source_type() {
  static const GType type = g_type_register_static_simple(
      GST_TYPE_ELEMENT, "TestLiveSource", sizeof(LiveSourceClass),
      [](gpointer klass, gpointer) { GST_ELEMENT_CLASS(klass)->change_state = change_state; },
      sizeof(LiveSource),
      [](GTypeInstance* self, gpointer) { GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SOURCE); },
      GTypeFlags(0));
  return type;
}

glib::Ref<GstPad> make_source_pad(const char* template_caps) {
  if (!template_caps) return glib::Ref<GstPad>::sink(gst_pad_new("src", GST_PAD_SRC));
  auto* pad_template = GST_PAD_TEMPLATE(g_object_ref_sink(
      gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_SOMETIMES, make_caps(template_caps).get())));
  auto pad = glib::Ref<GstPad>::sink(gst_pad_new_from_template(pad_template, "src"));
  gst_object_unref(pad_template);
  return pad;
}

}  // namespace

Caps make_caps(const char* text) {
  return Caps::adopt(gst_caps_from_string(text));
}

Buffer make_buffer(bool is_key_frame) {
  auto buffer = Buffer::adopt(gst_buffer_new_allocate(nullptr, 1, nullptr));
  gst_buffer_memset(buffer.get(), 0, 0, 1);
  if (!is_key_frame) GST_BUFFER_FLAG_SET(buffer.get(), GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

Event make_sticky(const char* name) {
  return Event::adopt(
      gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, gst_structure_new_empty(name)));
}

Receiver::Receiver(const char* caps)
    : pad_(glib::Ref<GstPad>::sink(gst_pad_new("sink", GST_PAD_SINK))),
      caps_(caps ? make_caps(caps) : Caps::adopt(gst_caps_new_any())) {
  gst_pad_set_element_private(pad_.get(), this);
  gst_pad_set_chain_function(pad_.get(), chain);
  gst_pad_set_event_function(pad_.get(), event);
  gst_pad_set_query_function(pad_.get(), query);
  gst_pad_set_active(pad_.get(), TRUE);
}

Receiver::~Receiver() {
  release();
  gst_pad_set_active(pad_.get(), FALSE);
  if (const auto peer = glib::Ref<GstPad>::adopt(gst_pad_get_peer(pad_.get())))
    gst_pad_unlink(peer.get(), pad_.get());
}

void Receiver::answer(GstFlowReturn result) {
  const std::scoped_lock lock(mutex_);
  result_ = result;
}

void Receiver::block() {
  const std::scoped_lock lock(mutex_);
  blocking_ = true;
}

void Receiver::release() {
  const std::scoped_lock lock(mutex_);
  blocking_ = false;
  changed_.notify_all();
}

bool Receiver::wait(const std::function<bool()>& condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, deadline, condition);
}

bool Receiver::wait_until_blocked() {
  return wait([this] { return is_blocked_; });
}

bool Receiver::wait_for(const std::string& note) {
  return wait([this, &note] { return std::ranges::find(notes_, note) != notes_.end(); });
}

std::vector<std::string> Receiver::notes() {
  const std::scoped_lock lock(mutex_);
  return notes_;
}

std::string Receiver::text() {
  std::string text;
  for (const auto& note : notes()) text += (text.empty() ? "" : ", ") + note;
  return text;
}

std::vector<Buffer> Receiver::buffers() {
  const std::scoped_lock lock(mutex_);
  return buffers_;
}

void Receiver::note(std::string text) {
  const std::scoped_lock lock(mutex_);
  notes_.push_back(std::move(text));
  changed_.notify_all();
}

GstFlowReturn Receiver::chain(GstPad* pad, GstObject*, GstBuffer* raw) {
  auto* self = static_cast<Receiver*>(gst_pad_get_element_private(pad));
  auto buffer = Buffer::adopt(raw);
  std::unique_lock lock(self->mutex_);
  self->is_blocked_ = self->blocking_;
  self->changed_.notify_all();
  self->changed_.wait(lock, [self] { return !self->blocking_; });
  self->is_blocked_ = false;
  const char* mark = GST_BUFFER_FLAG_IS_SET(raw, GST_BUFFER_FLAG_DISCONT) ? "!" : "";
  self->notes_.push_back(std::string("buffer") + mark + " " +
                         std::to_string(GST_BUFFER_PTS(raw) / GST_MSECOND));
  self->buffers_.push_back(std::move(buffer));
  self->changed_.notify_all();
  return self->result_;
}

gboolean Receiver::event(GstPad* pad, GstObject*, GstEvent* raw) {
  auto* self = static_cast<Receiver*>(gst_pad_get_element_private(pad));
  const auto event = Event::adopt(raw);
  if (GST_EVENT_TYPE(raw) == GST_EVENT_CAPS) {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(raw, &caps);
    self->note(std::string("caps ") + gst_structure_get_name(gst_caps_get_structure(caps, 0)));
  } else if (const auto news = media::parse_activity(raw)) {
    if (self->notes_activities_)
      self->note(std::string("activity ") + media::name_of(news->activity));
  } else if (GST_EVENT_TYPE(raw) == GST_EVENT_GAP) {
    GstClockTime time = 0;
    gst_event_parse_gap(raw, &time, nullptr);
    self->note("gap " + std::to_string(time / GST_MSECOND));
  } else if (GST_EVENT_TYPE(raw) == GST_EVENT_CUSTOM_DOWNSTREAM_STICKY) {
    self->note(gst_structure_get_name(gst_event_get_structure(raw)));
  } else {
    self->note(GST_EVENT_TYPE_NAME(raw));
  }
  return TRUE;
}

gboolean Receiver::query(GstPad* pad, GstObject* parent, GstQuery* query) {
  auto* self = static_cast<Receiver*>(gst_pad_get_element_private(pad));
  if (GST_QUERY_TYPE(query) == GST_QUERY_CAPS) {
    GstCaps* filter = nullptr;
    gst_query_parse_caps(query, &filter);
    const auto result =
        filter ? Caps::adopt(gst_caps_intersect(filter, self->caps_.get())) : self->caps_;
    gst_query_set_caps_result(query, result.get());
    return TRUE;
  }
  if (GST_QUERY_TYPE(query) == GST_QUERY_ACCEPT_CAPS) {
    gst_query_set_accept_caps_result(query, TRUE);
    return TRUE;
  }
  return gst_pad_query_default(pad, parent, query);
}

GstElement* make_live_source(const char* name) {
  return GST_ELEMENT(g_object_new(live_source_type(), "name", name, nullptr));
}

Stage::Stage(media::Feed::Settings settings, const char* pad_template_caps)
    : clock(glib::Ref<GstClock>::sink(gst_test_clock_new_with_start_time(base_time))),
      element(glib::Ref<GstElement>::sink(make_live_source("source"))),
      pad(make_source_pad(pad_template_caps)) {
  settings.source_clock = clock;
  settings.source_base_time = source_base_time;
  settings.on_ended = [this] { ended++; };
  settings.on_activity = [this](const media::ActivityNews& news) {
    const std::scoped_lock lock(mutex_);
    news_.push_back(news);
  };
  feed = media::Feed::create(pad, std::move(settings));
  feed->connect_branch(
      [this](const Event& event) {
        if (gst_video_event_is_force_key_unit(event.get())) key_frames_asked++;
      },
      [this] { rebuilds++; });
  gst_element_set_clock(element.get(), clock.get());
  gst_element_set_base_time(element.get(), base_time);
  gst_element_set_state(element.get(), GST_STATE_PLAYING);
  gst_pad_set_active(pad.get(), TRUE);
  gst_element_add_pad(element.get(), pad.get());
}

Stage::~Stage() {
  gst_pad_set_active(pad.get(), FALSE);
  gst_element_set_state(element.get(), GST_STATE_NULL);
}

void Stage::link(Receiver& receiver) {
  gst_pad_link_full(pad.get(), receiver.pad(), GST_PAD_LINK_CHECK_NOTHING);
}

void Stage::unlink(Receiver& receiver) {
  gst_pad_unlink(pad.get(), receiver.pad());
}

void Stage::push(unsigned ms, bool is_key_frame) {
  feed->push(make_buffer(is_key_frame), ms * GST_MSECOND + base_time - source_base_time);
}

std::vector<media::ActivityNews> Stage::news() {
  const std::scoped_lock lock(mutex_);
  return news_;
}

bool Stage::wait_for(media::Activity activity) {
  return eventually([&] {
    const auto all = news();
    return !all.empty() && all.back().activity == activity;
  });
}

void Stage::advance(unsigned ms) {
  auto* test_clock = GST_TEST_CLOCK(clock.get());
  const GstClockTime end = base_time + ms * GST_MSECOND;
  for (;;) {
    GstClockID id = nullptr;
    if (!eventually([&] { return gst_test_clock_peek_next_pending_id(test_clock, &id); }, thought))
      break;
    const GstClockTime next = gst_clock_id_get_time(id);
    gst_clock_id_unref(id);
    if (next > end) break;
    if (next > gst_clock_get_time(clock.get())) gst_test_clock_set_time(test_clock, next);
    if (GstClockID processed = gst_test_clock_process_next_clock_id(test_clock))
      gst_clock_id_unref(processed);
  }
  gst_test_clock_set_time(test_clock, end);
}

bool Stage::wait_until_ended() {
  return eventually([this] { return ended > 0; });
}

media::Feed::Settings audio() {
  media::Feed::Settings settings;
  settings.kind = rtc::MediaKind::Audio;
  settings.stream_id = "test/audio";
  return settings;
}

media::Feed::Settings video() {
  media::Feed::Settings settings;
  settings.kind = rtc::MediaKind::Video;
  settings.stream_id = "test/video";
  return settings;
}

bool eventually(const std::function<bool()>& condition, unsigned limit_ms) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace test
