/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "call_double.h"

#include <gst/video/video.h>
#include <opus/opus.h>

#include <array>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <numbers>
#include <thread>
#include <utility>

#include "signalling/base/glib_ptr.h"

namespace {

using glib::Ref;
using media::Activity;
using media::FeedKind;

constexpr GstClockTime latency = 100 * GST_MSECOND;

bool is_sound(FeedKind kind) {
  return kind == FeedKind::Audio || kind == FeedKind::ScreenAudio;
}

GstStaticPadTemplate audio_template = GST_STATIC_PAD_TEMPLATE(
    "audio_%s", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS("audio/x-opus"));
GstStaticPadTemplate video_template = GST_STATIC_PAD_TEMPLATE(
    "video_%s", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS("video/x-vp8"));

/* Two seconds of VP8 that can be repeated, with a key frame every half second. */
std::vector<Ref<GstBuffer>> encode_color(std::uint32_t color) {
  std::vector<Ref<GstBuffer>> frames;
  const glib::Unique<char> line(g_strdup_printf(
      "videotestsrc num-buffers=30 pattern=solid-color foreground-color=%u ! "
      "video/x-raw,format=I420,width=320,height=180,framerate=15/1 ! vp8enc deadline=1 "
      "keyframe-max-dist=8 ! fakesink name=sink sync=false signal-handoffs=true",
      color | 0xFF000000U));
  const auto pipeline = Ref<GstElement>::sink(gst_parse_launch(line.get(), nullptr));
  const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "sink"));
  glib::connect<void, GstBuffer*, GstPad*>(
      sink.get(), "handoff", [&frames](GstBuffer* buffer, GstPad*) {
        frames.push_back(Ref<GstBuffer>::adopt(gst_buffer_copy_deep(buffer)));
      });
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  const auto end = Ref<GstMessage>::adopt(gst_bus_timed_pop_filtered(
      bus.get(), 20 * GST_SECOND, GstMessageType(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  g_assert(end && GST_MESSAGE_TYPE(end.get()) == GST_MESSAGE_EOS);
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return frames;
}

/* A second of Opus. */
std::vector<Ref<GstBuffer>> encode_tone(double frequency) {
  int error = OPUS_OK;
  OpusEncoder* encoder = opus_encoder_create(48000, 2, OPUS_APPLICATION_AUDIO, &error);
  std::vector<Ref<GstBuffer>> packets;
  for (size_t packet = 0; packet < 50; packet++) {
    std::array<std::int16_t, 1920> samples{};
    for (size_t i = 0; i < samples.size(); i++) {
      const size_t sample = i / 2;
      const double time = static_cast<double>(packet * 960 + sample) / 48000;
      samples[i] =
          static_cast<std::int16_t>(8000 * std::sin(2 * std::numbers::pi * frequency * time));
    }
    std::array<std::uint8_t, 1500> bytes{};
    const int size = opus_encode(encoder, samples.data(), 960, bytes.data(), bytes.size());
    g_assert(size > 0);
    packets.push_back(
        Ref<GstBuffer>::adopt(gst_buffer_new_memdup(bytes.data(), static_cast<gsize>(size))));
  }
  opus_encoder_destroy(encoder);
  return packets;
}

}  // namespace

struct CallDouble::Feed {
  GstElement* element = nullptr;
  GstPad* pad = nullptr;
  FeedKind kind = FeedKind::Audio;
  media::ActivityNews news;
  std::vector<Ref<GstBuffer>> media;
  std::thread thread;
  std::atomic<unsigned> asked = 0;
  std::atomic<bool> wants_key = false;

  std::mutex lock;
  std::condition_variable changed;
  bool muted = false;      /* lock */
  bool news_due = true;    /* lock */
  bool stalled = false;    /* lock */
  bool over = false;       /* lock */
  std::string reason = {}; /* lock */

  void run();
  void introduce();
  void push(size_t& next, GstClockTime time);
  void announce(bool is_muted);
  void end();
  GstClockTime now() const;
};

GstClockTime CallDouble::Feed::now() const {
  const auto clock = Ref<GstClock>::adopt(gst_element_get_clock(element));
  if (!clock) return 0;
  const GstClockTime time = gst_clock_get_time(clock.get());
  const GstClockTime base = gst_element_get_base_time(element);
  return time > base ? time - base : 0;
}

void CallDouble::Feed::introduce() {
  const auto caps = Ref<GstCaps>::adopt(
      gst_caps_from_string(is_sound(kind) ? "audio/x-opus,channels=2,channel-mapping-family=0"
                                          : "video/x-vp8,width=320,height=180,framerate=15/1"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(pad, gst_event_new_stream_start(GST_PAD_NAME(pad)));
  gst_pad_push_event(pad, gst_event_new_caps(caps.get()));
  gst_pad_push_event(pad, gst_event_new_segment(&segment));
}

void CallDouble::Feed::announce(bool is_muted) {
  news.activity = is_muted ? Activity::Muted : Activity::Active;
  news.muted = is_muted;
  news.running_time = now();
  gst_pad_push_event(pad, media::activity_event(news).release());
}

void CallDouble::Feed::push(size_t& next, GstClockTime time) {
  if (wants_key.exchange(false))
    while (GST_BUFFER_FLAG_IS_SET(media[next].get(), GST_BUFFER_FLAG_DELTA_UNIT))
      next = (next + 1) % media.size();
  auto* buffer = gst_buffer_copy(media[next].get());
  next = (next + 1) % media.size();
  GST_BUFFER_PTS(buffer) = time;
  GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION(buffer) = is_sound(kind) ? 20 * GST_MSECOND : GST_CLOCK_TIME_NONE;
  gst_pad_push(pad, buffer);
}

void CallDouble::Feed::end() {
  news.activity = Activity::Ended;
  news.reason = reason;
  news.running_time = now();
  gst_pad_push_event(pad, media::activity_event(news).release());
  gst_pad_push_event(pad, gst_event_new_eos());
}

void CallDouble::Feed::run() {
  introduce();
  const GstClockTime interval = is_sound(kind) ? 20 * GST_MSECOND : GST_SECOND / 15;
  GstClockTime time = now();
  size_t next = 0;
  std::unique_lock guard(lock);
  while (!over) {
    const bool is_muted = muted;
    const bool is_stalled = stalled;
    const bool is_due = std::exchange(news_due, false);
    guard.unlock();
    if (is_due) announce(is_muted);
    /* A microphone that is muted is silent; a camera that is muted sends nothing new. */
    if (!is_stalled && !is_muted) push(next, time);
    time += interval;
    const GstClockTime present = now();
    guard.lock();
    if (time > present)
      changed.wait_for(guard, std::chrono::nanoseconds(time - present),
                       [this] { return over || news_due; });
  }
  guard.unlock();
  end();
}

/* --- The element --- */

typedef struct {
  GstElement parent;
} GstCallDouble;
typedef struct {
  GstElementClass parent;
} GstCallDoubleClass;
GType gst_call_double_get_type();
G_DEFINE_TYPE(GstCallDouble, gst_call_double, GST_TYPE_ELEMENT)

static GstStateChangeReturn call_double_change_state(GstElement* element,
                                                     GstStateChange transition) {
  const auto result =
      GST_ELEMENT_CLASS(gst_call_double_parent_class)->change_state(element, transition);
  const bool to_paused = transition == GST_STATE_CHANGE_READY_TO_PAUSED ||
                         transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED;
  return to_paused ? GST_STATE_CHANGE_NO_PREROLL : result;
}

static void gst_call_double_class_init(GstCallDoubleClass* klass) {
  auto* element_class = GST_ELEMENT_CLASS(klass);
  element_class->change_state = call_double_change_state;
  gst_element_class_add_static_pad_template(element_class, &audio_template);
  gst_element_class_add_static_pad_template(element_class, &video_template);
  gst_element_class_set_static_metadata(element_class, "Call double", "Source", "For tests", "-");
}

static void gst_call_double_init(GstCallDouble* self) {
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SOURCE);
}

/* --- The script --- */

void CallDouble::register_element() {
  gst_element_register(nullptr, "calldouble", GST_RANK_NONE, gst_call_double_get_type());
}

CallDouble::CallDouble(GstElement* pipeline)
    : element_(gst_bin_get_by_name(GST_BIN(pipeline), "call")) {}

CallDouble::~CallDouble() {
  for (const auto& feed : feeds_) {
    {
      std::lock_guard lock(feed->lock);
      feed->over = true;
      feed->changed.notify_all();
    }
    if (feed->thread.joinable()) feed->thread.join();
  }
  gst_object_unref(element_);
}

static gboolean feed_pad_event(GstPad* pad, GstObject*, GstEvent* event) {
  auto* feed = static_cast<CallDouble::Feed*>(gst_pad_get_element_private(pad));
  if (gst_video_event_is_force_key_unit(event)) {
    feed->asked++;
    feed->wants_key = true;
  }
  gst_event_unref(event);
  return TRUE;
}

static gboolean feed_pad_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return gst_pad_query_default(pad, parent, query);
  gst_query_set_latency(query, TRUE, latency, GST_CLOCK_TIME_NONE);
  return TRUE;
}

void CallDouble::begin(const std::shared_ptr<Feed>& feed) {
  feed->element = element_;
  feeds_.push_back(feed);
  const std::string name =
      std::string(is_sound(feed->kind) ? "audio_" : "video_") + std::to_string(feeds_.size() - 1);
  feed->pad = gst_pad_new_from_static_template(
      is_sound(feed->kind) ? &audio_template : &video_template, name.c_str());
  gst_pad_set_element_private(feed->pad, feed.get());
  gst_pad_set_event_function(feed->pad, feed_pad_event);
  gst_pad_set_query_function(feed->pad, feed_pad_query);
  gst_pad_set_active(feed->pad, TRUE);
  gst_element_add_pad(element_, feed->pad);
  feed->thread = std::thread([feed] { feed->run(); });
}

unsigned CallDouble::add(const std::string& user, FeedKind kind, std::uint32_t what) {
  auto feed = std::make_shared<Feed>();
  feed->kind = kind;
  feed->media = is_sound(kind) ? encode_tone(what) : encode_color(what);
  feed->news.room = "!room:a";
  feed->news.call_id = "call";
  feed->news.user_id = "@" + user + ":a";
  feed->news.device_id = "DEV";
  feed->news.session_id = "s";
  feed->news.display_name = user;
  feed->news.kind = kind;
  begin(feed);
  return static_cast<unsigned>(feeds_.size() - 1);
}

void CallDouble::mute(unsigned number, bool muted) {
  auto& feed = *feeds_.at(number);
  std::lock_guard lock(feed.lock);
  feed.muted = muted;
  feed.news_due = true;
  feed.changed.notify_all();
}

void CallDouble::stall(unsigned number) {
  auto& feed = *feeds_.at(number);
  std::lock_guard lock(feed.lock);
  feed.stalled = true;
}

void CallDouble::remove(unsigned number, const std::string& reason) {
  auto& feed = *feeds_.at(number);
  if (!feed.thread.joinable()) return;
  {
    std::lock_guard lock(feed.lock);
    feed.over = true;
    feed.reason = reason;
    feed.changed.notify_all();
  }
  feed.thread.join();
  gst_pad_set_active(feed.pad, FALSE);
  gst_element_remove_pad(element_, feed.pad);
}

void CallDouble::end_call() {
  const auto present = static_cast<unsigned>(feeds_.size());
  for (const auto kind : {FeedKind::Audio, FeedKind::Video}) {
    auto last = std::make_shared<Feed>();
    last->kind = kind;
    last->news.room = "!room:a";
    last->news.kind = kind;
    last->over = true;
    last->reason = "call-ended";
    begin(last);
  }
  for (unsigned number = 0; number < present; number++) remove(number, "call-ended");
  for (unsigned number = present; number < feeds_.size(); number++) feeds_[number]->thread.join();
}

unsigned CallDouble::key_frames_asked(unsigned feed) const {
  return feeds_.at(feed)->asked;
}

/* Goertzel's algorithm. */
bool has_tone(const std::vector<std::int16_t>& samples, double frequency) {
  const double factor = 2 * std::cos(2 * std::numbers::pi * frequency / 48000);
  double before = 0;
  double last = 0;
  double energy = 0;
  for (size_t i = 0; i < samples.size(); i += 2) {
    const double next = samples[i] + factor * last - before;
    before = std::exchange(last, next);
    energy += static_cast<double>(samples[i]) * samples[i];
  }
  const double power = before * before + last * last - factor * before * last;
  const auto frames = static_cast<double>(samples.size()) / 2;
  return energy > 0 && power / frames > 0.05 * energy;
}
