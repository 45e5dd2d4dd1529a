/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/mute/scripted_call.h"

#include <utility>

#include "tests/gst/feed_fixture.h"

GLIB_OBJECT(GstPadTemplate);
GLIB_FREE(GstQuery, gst_query_unref);

namespace test {

using glib::Ref;
using glib::Unique;

namespace {

constexpr GstClockTime step_length = 10 * GST_MSECOND;
/* Before the call: the connections' pipeline counts from there. */
constexpr GstClockTime source_age = 5 * GST_SECOND;
constexpr GstClockTime time_to_end = 30 * GST_SECOND;

Ref<GstElement> parse(const std::string& row) {
  GError* error = nullptr;
  auto pipeline = Ref<GstElement>::sink(gst_parse_launch(row.c_str(), &error));
  const Unique<GError> owned(error);
  if (error) g_error("%s: %s", row.c_str(), error->message);
  return pipeline;
}

Ref<GstPad> make_pad(const std::string& name, rtc::MediaKind kind) {
  const char* caps = kind == rtc::MediaKind::Audio
                         ? "audio/x-opus; audio/x-raw"
                         : "video/x-vp8; video/x-vp9; video/x-h264; video/x-raw";
  const auto pad_template = Ref<GstPadTemplate>::sink(
      gst_pad_template_new(name.c_str(), GST_PAD_SRC, GST_PAD_SOMETIMES, make_caps(caps).get()));
  return Ref<GstPad>::sink(gst_pad_new_from_template(pad_template.get(), name.c_str()));
}

}  // namespace

ScriptedCall::ScriptedCall(const std::string& row, Settings settings)
    : settings_(settings),
      pipeline_(parse(row)),
      call_(Ref<GstElement>::sink(make_live_source("call"))) {
  gst_bin_add(GST_BIN(pipeline_.get()), Ref(call_).release());
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), time_.clock());
}

ScriptedCall::~ScriptedCall() {
  for (auto& feed : feeds_) feed.cut();
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

Ref<GstElement> ScriptedCall::element(const char* name) const {
  return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
}

void ScriptedCall::start() {
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  time_.settle();
  start_ = gst_element_get_base_time(call_.get());
}

std::shared_ptr<media::Feed> ScriptedCall::create_feed(GstPad* pad, const media::Codec& codec,
                                                       bool is_muted) {
  media::Feed::Settings settings;
  settings.kind = codec.kind;
  settings.stream_id = std::string("call/") + GST_PAD_NAME(pad);
  settings.muted_output = settings_.muted_output;
  settings.expected = make_caps(codec.encoded_caps);
  settings.news.muted = is_muted;
  settings.source_clock = Ref<GstClock>::share(time_.clock());
  settings.source_base_time = start_ - source_age;
  auto feed = media::Feed::create(Ref<GstPad>::share(pad), std::move(settings));
  feed->set_latency(settings_.latency);
  return feed;
}

/* As the element does. */
void ScriptedCall::add(const std::string& sink, const char* encoding, Script script) {
  const media::Codec* codec = media::find_codec(encoding);
  const auto pad = make_pad("call_" + sink, codec->kind);
  auto feed = create_feed(pad.get(), *codec, script.is_muted(0));
  gst_pad_set_active(pad.get(), TRUE);
  gst_element_add_pad(call_.get(), pad.get());
  const auto to =
      Ref<GstPad>::adopt(gst_element_get_static_pad(element(sink.c_str()).get(), "sink"));
  if (gst_pad_link(pad.get(), to.get()) != GST_PAD_LINK_OK)
    g_error("%s is not linked", sink.c_str());
  feed->start();
  feeds_.emplace_back(std::move(feed), *codec, std::move(script), source_age);
  gst_element_post_message(call_.get(), gst_message_new_latency(GST_OBJECT(call_.get())));
}

void ScriptedCall::play(GstClockTime until, const std::function<void(GstClockTime)>& step) {
  for (GstClockTime time = now(); time < until; time += step_length) {
    time_.advance_to(start_ + time);
    for (auto& feed : feeds_) feed.take_step(time);
    time_.settle();
    read_bus();
    step(time);
  }
}

GstClockTime ScriptedCall::latency() const {
  const Unique<GstQuery> query(gst_query_new_latency());
  GstClockTime latency = 0;
  if (gst_element_query(pipeline_.get(), query.get()))
    gst_query_parse_latency(query.get(), nullptr, &latency, nullptr);
  return latency;
}

ScriptedCall::End ScriptedCall::end() {
  for (auto& feed : feeds_) feed.cut();
  for (auto& feed : feeds_) feed.end("call-ended");
  time_.advance_until(
      [this] {
        read_bus();
        return has_ended_ || !error_.empty();
      },
      time_.now() + time_to_end);
  if (!error_.empty()) return End::Error;
  return has_ended_ ? End::Eos : End::Never;
}

void ScriptedCall::read_bus() {
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  while (const auto message = Ref<GstMessage>::adopt(gst_bus_pop(bus.get()))) {
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_LATENCY)
      gst_bin_recalculate_latency(GST_BIN(pipeline_.get()));
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS) has_ended_ = true;
    if (GST_MESSAGE_TYPE(message.get()) != GST_MESSAGE_ERROR || !error_.empty()) continue;
    GError* error = nullptr;
    gst_message_parse_error(message.get(), &error, nullptr);
    const Unique<GError> owned(error);
    error_ = error->message;
  }
}

}  // namespace test
