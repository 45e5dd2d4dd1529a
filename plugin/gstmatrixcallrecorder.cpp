/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-matrixcallrecorder
 * @title: matrixcallrecorder
 * @short_description: Records a whole call, everybody in a file of their own
 *
 * Takes the feeds of `matrixcall`, encoded, and writes them to Matroska or WebM files as they
 * came. It is a tap: what comes in at `video_N` or `audio_N` goes on at `src_video_N` or
 * `src_audio_N`, if that is linked. Neither the disk nor what is linked there can fail the call.
 *
 * Each participant has a file of camera and microphone, and one of their screen beside it
 * (`-screen`). If `location` has a `{kind}`, each feed has a file of its own. A track that comes
 * later, or changes its codec, begins the next file (`-2`, `-3`, ...); a change of resolution
 * stays in the file and is noted in the manifest. What was written is on the disk within half a
 * second, and readable whatever happens then.
 *
 * The manifest tells who joined, left, muted, shared and spoke when, on one clock, and where on
 * it each file begins: line by line in NAME.jsonl while recording, as one document NAME.json at
 * the end. NAME.vtt has who spoke when as WebVTT. The README describes the schema.
 *
 * When the call is over (or, with feeds that do not come from `matrixcall`, when all of them are
 * at their end) the files are completed and EOS is posted.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 -e matrixcall homeserver=https://matrix.example.org
 *   access-token-file=token room='#standup:example.org' :
 *   matrixcallrecorder location='{room}/{time}-{user}.mkv'
 * ]| Records everybody, until Ctrl-C or the end of the call.
 * |[
 * gst-launch-1.0 -e matrixcall … : matrixcallrecorder name=rec
 * location='{room}/{time}-{user}-{kind}.webm' rec.src_video_0 ! queue ! decodebin ! videoconvert !
 * autovideosink
 * ]| Records each feed, and shows the first.
 *
 * ## Messages
 * * `matrixcall-recording`: `event` (`file-closed`: the file is complete), `file` (its path).
 *
 * What the disk does not allow is one ERROR. What was recorded until then can be read.
 */

#include "plugin/gstmatrixcallrecorder.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "gst/record_tap.h"
#include "plugin/bin_pads.h"
#include "plugin/recorder_properties.h"

GST_DEBUG_CATEGORY_STATIC(gst_matrix_call_recorder_debug);
#define GST_CAT_DEFAULT gst_matrix_call_recorder_debug

/* What Matroska holds. H.264 with parameter sets in the stream survives a change of size. */
#define VIDEO_CAPS                                                   \
  "video/x-vp8; video/x-vp9; "                                       \
  "video/x-h264, stream-format=(string)avc3, alignment=(string)au; " \
  "video/x-h264, stream-format=(string)avc, alignment=(string)au"
#define AUDIO_CAPS "audio/x-opus"

namespace {

using media::RecordSettings;
using media::RecordTap;

GstStaticPadTemplate video_sink =
    GST_STATIC_PAD_TEMPLATE("video_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS(VIDEO_CAPS));
GstStaticPadTemplate audio_sink =
    GST_STATIC_PAD_TEMPLATE("audio_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS(AUDIO_CAPS));
GstStaticPadTemplate video_src = GST_STATIC_PAD_TEMPLATE(
    "src_video_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS(VIDEO_CAPS));
GstStaticPadTemplate audio_src = GST_STATIC_PAD_TEMPLATE(
    "src_audio_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, GST_STATIC_CAPS(AUDIO_CAPS));

/* The element's C++ part. */
struct Private final : RecordTap::Owner {
  explicit Private(GstElement* element);
  void on_tap_ended(bool call_ended) override;
  void on_tap_unused(unsigned feed) override;

  GstElement* const self;
  const std::shared_ptr<media::Recorder> recorder;
  std::mutex lock;
  RecordSettings settings;                             /* lock */
  bool recording = true;                               /* lock */
  bool call_over = false;                              /* lock */
  bool complete = false;                               /* every feed has ended; lock */
  std::map<unsigned, std::shared_ptr<RecordTap>> taps; /* by feed; lock */
  unsigned feeds = 0;                                  /* so far; lock */
};

}  // namespace

struct _GstMatrixCallRecorder {
  GstBin parent;
  Private* priv;
};

G_DEFINE_TYPE_WITH_CODE(GstMatrixCallRecorder, gst_matrix_call_recorder, GST_TYPE_BIN,
                        GST_DEBUG_CATEGORY_INIT(gst_matrix_call_recorder_debug,
                                                "matrixcallrecorder", 0, "Matrix call recorder"))
GST_ELEMENT_REGISTER_DEFINE(matrixcallrecorder, "matrixcallrecorder", GST_RANK_NONE,
                            GST_TYPE_MATRIX_CALL_RECORDER)

namespace {

Private& priv(gpointer self) {
  return *GST_MATRIX_CALL_RECORDER(self)->priv;
}

/* --- The recorder's news --- */

void post_error(GstElement* self, const media::DiskError& error) {
  gst_element_message_full(self, GST_MESSAGE_ERROR, GST_RESOURCE_ERROR, error.code,
                           g_strdup(error.message.c_str()), g_strdup(error.detail.c_str()),
                           __FILE__, GST_FUNCTION, __LINE__);
}

void post_file(GstElement* self, const std::string& path) {
  auto* structure = gst_structure_new("matrixcall-recording", "event", G_TYPE_STRING, "file-closed",
                                      "file", G_TYPE_STRING, path.c_str(), nullptr);
  gst_element_post_message(self, gst_message_new_element(GST_OBJECT(self), structure));
}

void ask_for_key_frame(GstElement* self, unsigned feed) {
  std::shared_ptr<RecordTap> tap;
  {
    std::lock_guard lock(priv(self).lock);
    const auto found = priv(self).taps.find(feed);
    if (found != priv(self).taps.end()) tap = found->second;
  }
  if (tap) tap->ask_for_key_frame();
}

void post_eos_if_complete(GstElement* self) {
  {
    std::lock_guard lock(priv(self).lock);
    if (!priv(self).complete) return;
  }
  gst_element_post_message(self, gst_message_new_eos(GST_OBJECT(self)));
}

void warn_of_overrun(GstElement* self) {
  GST_ELEMENT_WARNING(self, RESOURCE, WRITE,
                      ("The disk is too slow: parts of the recording are missing."), (nullptr));
}

media::Recorder::Callbacks callbacks(GstElement* self) {
  media::Recorder::Callbacks callbacks;
  callbacks.on_error = [self](const media::DiskError& error) { post_error(self, error); };
  callbacks.on_key_frame_wanted = [self](unsigned feed) { ask_for_key_frame(self, feed); };
  callbacks.on_file_closed = [self](const std::string& path) { post_file(self, path); };
  callbacks.on_overrun = [self] { warn_of_overrun(self); };
  callbacks.on_done = [self] { post_eos_if_complete(self); };
  callbacks.now = [self] { return matrixcall::running_time(self); };
  return callbacks;
}

Private::Private(GstElement* element)
    : self(element),
      recorder(std::make_shared<media::Recorder>(callbacks(element))),
      settings(matrixcall::default_record_settings()) {}

/* --- Feeds --- */

/* All feeds have ended, and no more will come. */
bool is_complete(const Private& data) {
  bool identified = false;
  for (const auto& [feed, tap] : data.taps) {
    if (!tap->ended()) return false;
    identified = identified || tap->identified();
  }
  return data.call_over || !identified;
}

void Private::on_tap_ended(bool call_ended) {
  {
    std::lock_guard guard(lock);
    call_over = call_over || call_ended;
    if (complete || !is_complete(*this)) return;
    complete = true;
  }
  recorder->finish();
}

void remove_tap(GstElement* self, unsigned feed) {
  std::shared_ptr<RecordTap> tap;
  {
    std::lock_guard lock(priv(self).lock);
    auto node = priv(self).taps.extract(feed);
    if (node.empty()) return;
    tap = std::move(node.mapped());
    if (!tap->ended()) priv(self).recorder->end_feed(feed);
  }
  for (auto* pad : {tap->sink(), tap->src()}) {
    gst_pad_set_active(pad, FALSE);
    gst_element_remove_pad(self, pad);
  }
}

void Private::on_tap_unused(unsigned feed) {
  {
    std::lock_guard guard(lock);
    if (!taps.contains(feed)) return;
  }
  matrixcall::call_later(self, remove_tap, feed);
}

GstPad* make_pad(GstElement* self, const char* template_name, const std::string& name) {
  auto* pad_template =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(self), template_name);
  return gst_pad_new_from_template(pad_template, name.c_str());
}

void add_pad(GstElement* self, GstPad* pad) {
  gst_pad_set_active(pad, TRUE);
  gst_element_add_pad(self, pad);
}

GstPad* request_new_pad(GstElement* self, GstPadTemplate* pad_template, const char* name,
                        const GstCaps*) {
  const bool is_video =
      g_str_equal(GST_PAD_TEMPLATE_NAME_TEMPLATE(pad_template), video_sink.name_template);
  const std::string kind = is_video ? "video" : "audio";
  const auto number = matrixcall::pad_number(self, kind, name);
  if (!number) return nullptr;
  const std::string sink_name = kind + "_" + std::to_string(*number);
  auto* sink = make_pad(self, is_video ? "video_%u" : "audio_%u", sink_name);
  auto* src = make_pad(self, is_video ? "src_video_%u" : "src_audio_%u", "src_" + sink_name);
  {
    auto& data = priv(self);
    std::lock_guard lock(data.lock);
    const unsigned feed = ++data.feeds;
    data.recorder->add_feed(feed);
    data.taps[feed] = RecordTap::create({sink, src, feed}, data.recorder, data);
  }
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SINK);
  add_pad(self, sink);
  add_pad(self, src);
  return sink;
}

void release_pad(GstElement* self, GstPad* pad) {
  unsigned feed = 0;
  {
    std::lock_guard lock(priv(self).lock);
    for (const auto& [number, tap] : priv(self).taps)
      if (tap->sink() == pad) feed = number;
  }
  remove_tap(self, feed);
}

/* --- States --- */

void start(GstElement* self) {
  const GstClockTime now = matrixcall::running_time(self);
  auto& data = priv(self);
  std::lock_guard lock(data.lock);
  data.recorder->start(data.settings, g_get_real_time() - static_cast<gint64>(now / GST_USECOND));
}

void stop(GstElement* self) {
  auto& data = priv(self);
  data.recorder->finish_and_wait();
  std::lock_guard lock(data.lock);
  data.call_over = false;
  data.complete = false;
  if (!data.recording) data.recorder->set_paused(true, 0);
  for (const auto& [feed, tap] : data.taps)
    if (!tap->ended()) data.recorder->add_feed(feed);
}

GstStateChangeReturn change_state(GstElement* self, GstStateChange transition) {
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) start(self);
  const auto result =
      GST_ELEMENT_CLASS(gst_matrix_call_recorder_parent_class)->change_state(self, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) stop(self);
  return result;
}

/* --- Properties --- */

void set_recording(GstElement* self, bool recording) {
  const GstClockTime now = matrixcall::running_time(self);
  auto& data = priv(self);
  std::lock_guard lock(data.lock);
  data.recording = recording;
  data.recorder->set_paused(!recording, now);
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  if (id == matrixcall::RECORDER_RECORDING)
    return set_recording(GST_ELEMENT(object), g_value_get_boolean(value));
  bool known = false;
  {
    std::lock_guard lock(priv(object).lock);
    known = matrixcall::set_record_setting(priv(object).settings, id, value);
  }
  if (!known) G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  std::lock_guard lock(priv(object).lock);
  if (id == matrixcall::RECORDER_RECORDING)
    g_value_set_boolean(value, priv(object).recording);
  else if (!matrixcall::get_record_setting(priv(object).settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

/* Before the bin lets go of its elements. Pads that go now are no news. */
void dispose(GObject* object) {
  {
    std::lock_guard lock(priv(object).lock);
    priv(object).taps.clear();
  }
  G_OBJECT_CLASS(gst_matrix_call_recorder_parent_class)->dispose(object);
}

void finalize(GObject* object) {
  delete GST_MATRIX_CALL_RECORDER(object)->priv;
  G_OBJECT_CLASS(gst_matrix_call_recorder_parent_class)->finalize(object);
}

}  // namespace

static void gst_matrix_call_recorder_class_init(GstMatrixCallRecorderClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  auto* element_class = GST_ELEMENT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  element_class->change_state = change_state;
  element_class->request_new_pad = request_new_pad;
  element_class->release_pad = release_pad;
  matrixcall::install_recorder_properties(object_class);
  for (auto* pad_template : {&video_sink, &audio_sink, &video_src, &audio_src})
    gst_element_class_add_static_pad_template(element_class, pad_template);
  gst_element_class_set_static_metadata(
      element_class, "Matrix call recorder", "Filter/Sink/File",
      "Records a whole call: everybody's feeds as they came, and who did what when",
      "gst-matrix-call contributors");
}

static void gst_matrix_call_recorder_init(GstMatrixCallRecorder* self) {
  self->priv = new Private(GST_ELEMENT(self));
  constexpr auto both = GstElementFlags(GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
  gst_bin_set_suppressed_flags(GST_BIN(self), both);
}
