/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-matrixcallmix
 * @title: matrixcallmix
 * @short_description: Mixes a whole call into one picture and one sound
 *
 * Takes the feeds of `matrixcall`, encoded or raw, and gives one picture of everybody at `video`
 * and the sound of all at `audio`: from running time 0 on, at a steady rate, with nobody in the
 * call as well, whatever the feeds do. Tiles follow who joins, leaves, mutes and shares; names
 * and muted microphones are written into them, and who speaks is marked. Who shows nothing has a
 * tile with initials. What is not to be seen is not decoded.
 *
 * The pictures of the layouts are in the README.
 *
 * An EOS event (Ctrl-C of `gst-launch-1.0 -e`) and the end of the call end both streams. With
 * feeds that do not come from `matrixcall` they end when all feeds have ended.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 matrixcall homeserver=https://matrix.example.org access-token-file=token
 *   room='#standup:example.org' : matrixcallmix layout=speaker name=mix
 *   mix.video ! videoconvert ! autovideosink   mix.audio ! audioconvert ! autoaudiosink
 * ]| Shows the call.
 * |[
 * gst-launch-1.0 -e matrixcall … : matrixcallmix name=mix   mp4mux name=mux fragment-duration=1000
 *   ! filesink location=call.mp4   mix.video ! queue ! x264enc tune=zerolatency ! h264parse !
 *   mux.video_0   mix.audio ! queue ! audioconvert ! avenc_aac ! mux.audio_0
 * ]| Records it.
 */

#include "plugin/gstmatrixcallmix.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gst/mix_feed.h"
#include "gst/mix_makers.h"
#include "gst/mix_output.h"
#include "plugin/bin_pads.h"
#include "plugin/mix_properties.h"

GST_DEBUG_CATEGORY_STATIC(gst_matrix_call_mix_debug);
#define GST_CAT_DEFAULT gst_matrix_call_mix_debug

namespace {

using glib::Ref;
using media::MixFeed;
using media::MixLayout;
using media::MixOutput;

GstStaticPadTemplate video_sink =
    GST_STATIC_PAD_TEMPLATE("video_%u", GST_PAD_SINK, GST_PAD_REQUEST,
                            GST_STATIC_CAPS("video/x-vp8; video/x-vp9; video/x-h264; video/x-raw"));
GstStaticPadTemplate audio_sink = GST_STATIC_PAD_TEMPLATE(
    "audio_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS("audio/x-opus; audio/x-raw, layout=(string)interleaved"));
GstStaticPadTemplate video_src = GST_STATIC_PAD_TEMPLATE(
    "video", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("video/x-raw, format=(string)I420, width=(int)[16, 8192], "
                    "height=(int)[16, 8192], framerate=(fraction)[1/1, 240/1], "
                    "pixel-aspect-ratio=(fraction)1/1, interlace-mode=(string)progressive, "
                    "colorimetry=(string)bt601"));
GstStaticPadTemplate audio_src = GST_STATIC_PAD_TEMPLATE(
    "audio", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("audio/x-raw, format=(string)" GST_AUDIO_NE(
        S16) ", rate=(int)48000, channels=(int)2, layout=(string)interleaved, "
             "channel-mask=(bitmask)3"));

struct Private final : MixFeed::Owner {
  explicit Private(GstElement* element) : self(element) {}
  void on_feed_ended(bool call_ended) override;
  void on_feed_unused(unsigned number) override;
  void on_feed_latency(GstClockTime of_feed) override;

  GstElement* const self;
  media::Mixer mixer;
  media::MixLatency latency;
  media::MixVideoMaker video_maker{mixer, latency};
  media::MixAudioMaker audio_maker{mixer, latency};
  std::unique_ptr<MixOutput> video;
  std::unique_ptr<MixOutput> audio;
  std::mutex lock;
  media::MixSettings settings;                        /* lock */
  std::map<unsigned, std::shared_ptr<MixFeed>> feeds; /* lock */
  unsigned last_feed = 0;                             /* lock */
  bool had_identified = false;                        /* lock */
};

}  // namespace

struct _GstMatrixCallMix {
  GstBin parent;
  Private* priv;
};

G_DEFINE_TYPE_WITH_CODE(GstMatrixCallMix, gst_matrix_call_mix, GST_TYPE_BIN,
                        GST_DEBUG_CATEGORY_INIT(gst_matrix_call_mix_debug, "matrixcallmix", 0,
                                                "Matrix call mixer"))
GST_ELEMENT_REGISTER_DEFINE(matrixcallmix, "matrixcallmix", GST_RANK_NONE, GST_TYPE_MATRIX_CALL_MIX)

namespace {

Private& priv(gpointer self) {
  return *GST_MATRIX_CALL_MIX(self)->priv;
}

/* --- Feeds --- */

void end_outputs(GstElement* self) {
  const GstClockTime now = matrixcall::running_time(self);
  priv(self).video->end_at(now);
  priv(self).audio->end_at(now);
}

void Private::on_feed_ended(bool call_ended) {
  bool over = call_ended;
  {
    std::lock_guard guard(lock);
    const bool all_ended =
        std::ranges::all_of(feeds, [](const auto& entry) { return entry.second->ended(); });
    for (const auto& [number, feed] : feeds) had_identified = had_identified || feed->identified();
    over = over || (all_ended && !had_identified);
  }
  if (over) end_outputs(self);
}

void remove_feed(GstElement* self, unsigned number) {
  std::shared_ptr<MixFeed> feed;
  {
    std::lock_guard lock(priv(self).lock);
    auto node = priv(self).feeds.extract(number);
    if (node.empty()) return;
    feed = std::move(node.mapped());
    priv(self).had_identified = priv(self).had_identified || feed->identified();
  }
  gst_pad_set_active(feed->sink(), FALSE);
  priv(self).mixer.remove(number);
  feed->clear();
  gst_element_remove_pad(self, feed->sink());
}

void Private::on_feed_unused(unsigned number) {
  {
    std::lock_guard guard(lock);
    if (!feeds.contains(number)) return;
  }
  matrixcall::call_later(self, remove_feed, number);
}

void Private::on_feed_latency(GstClockTime of_feed) {
  if (latency.include(of_feed))
    gst_element_post_message(self, gst_message_new_latency(GST_OBJECT(self)));
}

GstPad* request_new_pad(GstElement* self, GstPadTemplate* pad_template, const char* name,
                        const GstCaps*) {
  const bool is_video =
      g_str_equal(GST_PAD_TEMPLATE_NAME_TEMPLATE(pad_template), video_sink.name_template);
  const std::string kind = is_video ? "video" : "audio";
  const auto number = matrixcall::pad_number(self, kind, name);
  if (!number) return nullptr;
  auto* pad =
      gst_pad_new_from_template(pad_template, (kind + "_" + std::to_string(*number)).c_str());
  {
    auto& data = priv(self);
    std::lock_guard lock(data.lock);
    const unsigned feed = ++data.last_feed;
    data.feeds[feed] = MixFeed::create(pad, is_video ? MixFeed::Kind::Video : MixFeed::Kind::Audio,
                                       feed, GST_BIN(self), data.mixer, data);
  }
  gst_pad_set_active(pad, TRUE);
  gst_element_add_pad(self, pad);
  return pad;
}

void release_pad(GstElement* self, GstPad* pad) {
  unsigned number = 0;
  {
    std::lock_guard lock(priv(self).lock);
    for (const auto& [its_number, feed] : priv(self).feeds)
      if (feed->sink() == pad) number = its_number;
  }
  remove_feed(self, number);
}

/* --- The source pads --- */

gboolean answer_latency(GstElement* self, GstQuery* query) {
  std::vector<std::shared_ptr<MixFeed>> feeds;
  {
    std::lock_guard lock(priv(self).lock);
    for (const auto& [number, feed] : priv(self).feeds) feeds.push_back(feed);
  }
  for (const auto& feed : feeds) priv(self).latency.include(media::latency_of(feed->sink()));
  gst_query_set_latency(query, TRUE, priv(self).latency.total(), GST_CLOCK_TIME_NONE);
  return TRUE;
}

gboolean src_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  switch (GST_QUERY_TYPE(query)) {
    case GST_QUERY_LATENCY:
      return answer_latency(GST_ELEMENT(parent), query);
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default(pad, parent, query);
    default:
      return FALSE;
  }
}

/* Nothing that is asked for here concerns the feeds. */
gboolean src_event(GstPad*, GstObject*, GstEvent* event) {
  const bool known = GST_EVENT_TYPE(event) != GST_EVENT_SEEK;
  gst_event_unref(event);
  return known;
}

std::unique_ptr<MixOutput> add_output(GstElement* self, GstStaticPadTemplate& pad_template,
                                      const char* stream_id, MixOutput::Maker& maker) {
  auto* pad = gst_pad_new_from_static_template(&pad_template, pad_template.name_template);
  gst_pad_set_query_function(pad, src_query);
  gst_pad_set_event_function(pad, src_event);
  auto output = std::make_unique<MixOutput>(pad, stream_id, maker);
  gst_element_add_pad(self, pad);
  return output;
}

/* --- States, events --- */

void set_playing(GstElement* self, bool playing) {
  priv(self).video->set_playing(playing);
  priv(self).audio->set_playing(playing);
}

void stop(GstElement* self) {
  auto& data = priv(self);
  data.video->reset();
  data.audio->reset();
  data.latency.forget_feeds();
  data.mixer.thaw();
  std::lock_guard lock(data.lock);
  data.had_identified = false;
  for (const auto& [number, feed] : data.feeds) feed->clear();
}

GstStateChangeReturn change_state(GstElement* self, GstStateChange transition) {
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED ||
      transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    set_playing(self, false);
  const auto result =
      GST_ELEMENT_CLASS(gst_matrix_call_mix_parent_class)->change_state(self, transition);
  if (result == GST_STATE_CHANGE_FAILURE) return result;
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) set_playing(self, true);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) stop(self);
  const bool to_paused = GST_STATE_TRANSITION_NEXT(transition) == GST_STATE_PAUSED;
  return to_paused ? GST_STATE_CHANGE_NO_PREROLL : result;
}

gboolean send_event(GstElement* self, GstEvent* event) {
  const auto owned = Ref<GstEvent>::adopt(event);
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) end_outputs(self);
  return GST_EVENT_TYPE(event) == GST_EVENT_EOS || GST_EVENT_TYPE(event) == GST_EVENT_LATENCY;
}

gboolean query(GstElement* self, GstQuery* query) {
  if (GST_QUERY_TYPE(query) == GST_QUERY_LATENCY) return answer_latency(self, query);
  return GST_ELEMENT_CLASS(gst_matrix_call_mix_parent_class)->query(self, query);
}

/* What decoders say is no news of this element's. */
void handle_message(GstBin*, GstMessage* message) {
  gst_message_unref(message);
}

/* --- Properties --- */

void set_video_property(Private& data, guint id, const GValue* value) {
  auto video = data.video_maker.settings();
  if (id == matrixcall::MIX_WIDTH) video.width = g_value_get_int(value) / 2 * 2;
  if (id == matrixcall::MIX_HEIGHT) video.height = g_value_get_int(value) / 2 * 2;
  if (id == matrixcall::MIX_FRAMERATE) {
    video.fps_n = gst_value_get_fraction_numerator(value);
    video.fps_d = gst_value_get_fraction_denominator(value);
  }
  data.video_maker.set(video);
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  auto& data = priv(object);
  std::lock_guard lock(data.lock);
  switch (id) {
    case matrixcall::MIX_LAYOUT:
      data.settings.layout = static_cast<MixLayout>(g_value_get_enum(value));
      break;
    case matrixcall::MIX_WIDTH:
    case matrixcall::MIX_HEIGHT:
    case matrixcall::MIX_FRAMERATE:
      set_video_property(data, id, value);
      break;
    case matrixcall::MIX_BACKGROUND:
      data.settings.background = g_value_get_uint(value);
      break;
    case matrixcall::MIX_LABELS:
      data.settings.labels = g_value_get_boolean(value);
      break;
    case matrixcall::MIX_SHOW_MUTED:
      data.settings.show_muted = g_value_get_boolean(value);
      break;
    case matrixcall::MIX_LATENCY:
      data.latency.set(g_value_get_uint(value) * GST_MSECOND);
      gst_element_post_message(GST_ELEMENT(object), gst_message_new_latency(GST_OBJECT(object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
  data.mixer.set(data.settings);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  auto& data = priv(object);
  std::lock_guard lock(data.lock);
  const auto video = data.video_maker.settings();
  switch (id) {
    case matrixcall::MIX_LAYOUT:
      return g_value_set_enum(value, static_cast<int>(data.settings.layout));
    case matrixcall::MIX_WIDTH:
      return g_value_set_int(value, video.width);
    case matrixcall::MIX_HEIGHT:
      return g_value_set_int(value, video.height);
    case matrixcall::MIX_FRAMERATE:
      return gst_value_set_fraction(value, video.fps_n, video.fps_d);
    case matrixcall::MIX_BACKGROUND:
      return g_value_set_uint(value, data.settings.background);
    case matrixcall::MIX_LABELS:
      return g_value_set_boolean(value, data.settings.labels);
    case matrixcall::MIX_SHOW_MUTED:
      return g_value_set_boolean(value, data.settings.show_muted);
    case matrixcall::MIX_LATENCY:
      return g_value_set_uint(value, static_cast<guint>(data.latency.wanted() / GST_MSECOND));
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

/* Pads that go now are no news. */
void dispose(GObject* object) {
  {
    std::lock_guard lock(priv(object).lock);
    priv(object).feeds.clear();
  }
  G_OBJECT_CLASS(gst_matrix_call_mix_parent_class)->dispose(object);
}

void finalize(GObject* object) {
  delete GST_MATRIX_CALL_MIX(object)->priv;
  G_OBJECT_CLASS(gst_matrix_call_mix_parent_class)->finalize(object);
}

}  // namespace

static void gst_matrix_call_mix_class_init(GstMatrixCallMixClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  auto* element_class = GST_ELEMENT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  element_class->change_state = change_state;
  element_class->send_event = send_event;
  element_class->query = query;
  element_class->request_new_pad = request_new_pad;
  element_class->release_pad = release_pad;
  GST_BIN_CLASS(klass)->handle_message = handle_message;
  matrixcall::install_mix_properties(object_class);
  for (auto* pad_template : {&video_sink, &audio_sink, &video_src, &audio_src})
    gst_element_class_add_static_pad_template(element_class, pad_template);
  gst_element_class_set_static_metadata(
      element_class, "Matrix call mixer", "Filter/Editor/Audio/Video/Compositor",
      "Mixes a whole call into one picture, laid out by who is there and speaks, and one sound",
      "gst-matrix-call contributors");
}

static void gst_matrix_call_mix_init(GstMatrixCallMix* self) {
  auto* element = GST_ELEMENT(self);
  self->priv = new Private(element);
  self->priv->video =
      add_output(element, video_src, "matrixcallmix/video", self->priv->video_maker);
  self->priv->audio =
      add_output(element, audio_src, "matrixcallmix/audio", self->priv->audio_maker);
  constexpr auto both = GstElementFlags(GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
  gst_bin_set_suppressed_flags(GST_BIN(self), both);
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SOURCE);
}
