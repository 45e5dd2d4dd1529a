/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-matrixcall
 * @title: matrixcall
 * @short_description: Takes part in a Matrix room call
 *
 * Joins the group call (MSC3401) of a Matrix room. Each camera, microphone and screen of each
 * participant becomes a source pad: `video_0`, `audio_0`, `screen_0`, `screen_audio_0`. All of
 * one participant's pads have the same number, which is never used again; with
 * `pad-naming=user` they have the user's name instead. A pad gives what the participant sent,
 * encoded, where what is linked to it takes that, else decoded. A pad that nobody linked costs
 * next to nothing. A feed that ends sends EOS, then its pad is removed.
 *
 * The element is live. Pads appear in PLAYING. An EOS event (Ctrl-C of `gst-launch-1.0 -e`), the
 * action signal `leave`, the end of the call, `leave-when-empty` and `max-duration` all end
 * every stream and leave the call. So that no muxer waits for ever for a pad that never came,
 * one last pad of audio and of video that carries EOS only is then added for each participant
 * who had none, and for the one who would have come next.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 -e matrixcall homeserver=https://matrix.example.org
 *   access-token-file=token room='#standup:example.org' name=c
 *   c.video_0 ! queue ! mux.video_0  c.audio_0 ! queue ! mux.audio_0
 *   matroskamux name=mux ! filesink location=first.mkv
 * ]| Records the first participant as it was sent, until Ctrl-C or until the participant leaves.
 * |[
 * gst-launch-1.0 matrixcall homeserver=https://matrix.example.org
 *   access-token-file=token room='#standup:example.org' pad-naming=user name=c
 *   c.video_alice ! videoconvert ! autovideosink
 * ]| Shows Alice.
 *
 * What its sink pads get is sent to everybody: `send_video` and `send_audio` are our camera and
 * microphone, `send_screen` and `send_screen_audio` what we share. They can be requested and
 * released at any time. Raw media is encoded once for all, encoded media (VP8, VP9, H.264, Opus)
 * passed on as it is. Live media goes out as it comes; what is not live is paced by the pipeline's
 * clock and begins when we are connected to those who were in the call.
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! c.send_video  audiotestsrc is-live=true ! c.send_audio
 *   matrixcall homeserver=https://matrix.example.org access-token-file=token
 *   room='#standup:example.org' name=c send_audio::mute=true
 * ]| Sends a test picture, and joins with the microphone muted.
 *
 * ## Mute
 * What flows while a feed is muted, or while nothing of it arrives, is `muted-output`. Each feed
 * has two sticky events before its first buffer, and again at each change:
 *
 * * `matrixcall/activity`: `version` (1), `room`, `call-id`, `user-id`, `device-id`, `session-id`,
 *   `display-name`, `kind`, `activity`, `muted` (boolean), `trust`, `reason` (of `ended`;
 *   `call-ended` if it is the end of the call), `running-time` (of the change, ns), `utc`
 *   (microseconds since 1970).
 * * `matrixcall/roster`: `version` (1), `participants` (a JSON array of objects with `user-id`,
 *   `device-id`, `session-id`, `display-name` and `joined`, microseconds since 1970).
 *
 * ## Messages
 * Element messages on the bus; all fields are strings unless it says otherwise, and empty where
 * there is nothing to say.
 *
 * * `matrixcall-state`: `state` (as the property), `room-id`, `call-id`, `reason` (why we leave:
 *   `left`, `empty`, `max-duration`, `terminated`, ...).
 * * `matrixcall-participant`: `event` (`joined`, `changed`, `left`), `user-id`, `device-id`,
 *   `session-id`, `display-name`, `reason` (of `left`).
 * * `matrixcall-feed`: `event` (`added`, `changed`, `removed`), `pad`, `kind` (`audio`, `video`,
 *   `screen`, `screen_audio`), `user-id`, `device-id`, `display-name`, `activity` (as the pad's
 *   property), `muted` (boolean), `trust` (as the pad's property), `reason` (of `removed`).
 *
 * An ERROR ends the call, and says what to do. Trouble with one participant is a WARNING.
 *
 * The children of its GstChildProxy are its pads; those that send can be set up before they are
 * requested.
 */

#include "plugin/gstmatrixcall.h"

#include <atomic>
#include <memory>
#include <mutex>

#include "plugin/call_controller.h"
#include "plugin/messages.h"
#include "plugin/pad_children.h"
#include "plugin/pad_templates.h"
#include "plugin/properties.h"
#include "plugin/send_pads.h"
#include "plugin/signals.h"
#include "plugin/stats_request.h"

GST_DEBUG_CATEGORY_STATIC(gst_matrix_call_debug);
#define GST_CAT_DEFAULT gst_matrix_call_debug

using matrixcall::CallController;
using matrixcall::CallStatus;

namespace {

/* The element's C++ part, constructed and destroyed by init() and finalize(). */
struct Private {
  std::mutex lock;
  matrixcall::Settings settings; /* lock */
  CallStatus status;             /* lock */
  std::unique_ptr<matrixcall::SendPads> send_pads;
  std::atomic<bool> watched = false;          /* since PAUSED, a source pad was linked */
  std::unique_ptr<rtc::Loop> loop;            /* READY and above; state changes only */
  std::unique_ptr<CallController> controller; /* lock; PAUSED and above */
};

void child_proxy_init(gpointer iface, gpointer);

}  // namespace

struct _GstMatrixCall {
  GstBin parent;
  Private* priv;
};

G_DEFINE_TYPE_WITH_CODE(GstMatrixCall, gst_matrix_call, GST_TYPE_BIN,
                        G_IMPLEMENT_INTERFACE(GST_TYPE_CHILD_PROXY, child_proxy_init)
                            GST_DEBUG_CATEGORY_INIT(gst_matrix_call_debug, "matrixcall", 0,
                                                    "Matrix call element"))
GST_ELEMENT_REGISTER_DEFINE(matrixcall, "matrixcall", GST_RANK_NONE, GST_TYPE_MATRIX_CALL)

namespace {

Private& priv(gpointer self) {
  return *GST_MATRIX_CALL(self)->priv;
}

/* Calls @method of the controller if there is one: it cannot go away meanwhile, for it is
 * taken out of sight under the lock. */
template <typename... A>
bool with_controller(gpointer self, void (CallController::*method)(A...), A... args) {
  std::lock_guard lock(priv(self).lock);
  if (!priv(self).controller) return false;
  (*priv(self).controller.*method)(std::move(args)...);
  return true;
}

/* --- Properties --- */

void show(GstMatrixCall* self, const CallStatus& status) {
  CallStatus old = status;
  {
    std::lock_guard lock(self->priv->lock);
    std::swap(self->priv->status, old);
  }
  if (old.state != status.state)
    g_object_notify_by_pspec(G_OBJECT(self), matrixcall::property_spec(matrixcall::PROP_STATE));
  if (old.participants != status.participants)
    g_object_notify_by_pspec(G_OBJECT(self),
                             matrixcall::property_spec(matrixcall::PROP_PARTICIPANTS));
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  bool known = false;
  unsigned latency_ms = 0;
  matrixcall::SendSettings send;
  media::MutedOutput muted_output{};
  {
    std::lock_guard lock(priv(object).lock);
    known = matrixcall::set_setting(priv(object).settings, id, value);
    latency_ms = priv(object).settings.latency_ms;
    send = priv(object).settings.send;
    muted_output = priv(object).settings.muted_output;
  }
  if (!known)
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  else if (id == matrixcall::PROP_LATENCY)
    with_controller(object, &CallController::set_latency, latency_ms);
  else if (matrixcall::is_bitrate(id))
    with_controller(object, &CallController::set_bitrate_range, send.min_bitrate, send.bitrate);
  else if (id == matrixcall::PROP_MUTED_OUTPUT)
    with_controller(object, &CallController::set_muted_output, muted_output);
}

void get_participants(const CallStatus& status, GValue* array) {
  for (const auto& participant : status.participants) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, GST_TYPE_STRUCTURE);
    g_value_take_boxed(&value, matrixcall::participant_structure(participant));
    gst_value_array_append_and_take_value(array, &value);
  }
}

glib::Unique<GstStructure> get_stats(GObject* object) {
  return matrixcall::wait_for_stats([object](matrixcall::StatsHandler reply) {
    return with_controller(object, &CallController::get_stats, std::move(reply));
  });
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  if (id == matrixcall::PROP_STATS) return g_value_take_boxed(value, get_stats(object).release());
  std::lock_guard lock(priv(object).lock);
  if (id == matrixcall::PROP_STATE)
    g_value_set_enum(value, static_cast<int>(priv(object).status.state));
  else if (id == matrixcall::PROP_PARTICIPANTS)
    get_participants(priv(object).status, value);
  else if (!matrixcall::get_setting(priv(object).settings, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

/* --- States --- */

/* The settings, or an ERROR that says what is wrong with them. */
std::optional<matrix::SessionConfig> checked_config(GstMatrixCall* self,
                                                    const matrixcall::Settings& settings) {
  auto config = matrixcall::session_config(settings);
  if (config) return std::move(*config);
  matrixcall::post_error(GST_ELEMENT(self), config.error());
  return std::nullopt;
}

matrixcall::Settings settings_of(GstMatrixCall* self) {
  std::lock_guard lock(self->priv->lock);
  return self->priv->settings;
}

bool prepare(GstMatrixCall* self) {
  if (!checked_config(self, settings_of(self))) return false;
  self->priv->loop = std::make_unique<rtc::Loop>();
  return true;
}

bool begin(GstMatrixCall* self) {
  const auto settings = settings_of(self);
  auto config = checked_config(self, settings);
  if (!config) return false;
  self->priv->watched = false;
  auto controller = std::make_unique<CallController>(
      GST_ELEMENT(self), *self->priv->loop, settings, std::move(*config),
      CallController::Owner{.show = [self](const CallStatus& status) { show(self, status); },
                            .is_watched = [self] { return self->priv->watched.load(); },
                            .on_encoder =
                                [self](GstElement* encoder) {
                                  matrixcall::emit_encoder_setup(GST_ELEMENT(self), encoder);
                                }});
  std::lock_guard lock(self->priv->lock);
  controller->attach(*self->priv->send_pads);
  controller->start();
  self->priv->controller = std::move(controller);
  return true;
}

void finish(GstMatrixCall* self) {
  std::unique_ptr<CallController> controller;
  {
    std::lock_guard lock(self->priv->lock);
    controller = std::move(self->priv->controller);
  }
  controller->abandon();
  controller->stop();
}

GstStateChangeReturn change_state(GstElement* element, GstStateChange transition) {
  auto* self = GST_MATRIX_CALL(element);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !prepare(self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !begin(self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    with_controller(self, &CallController::set_playing, false);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    with_controller(self, &CallController::abandon);

  const auto result =
      GST_ELEMENT_CLASS(gst_matrix_call_parent_class)->change_state(element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING && result != GST_STATE_CHANGE_FAILURE)
    with_controller(self, &CallController::set_playing, true);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY ||
      (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
    finish(self);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL) self->priv->loop.reset();
  if (result == GST_STATE_CHANGE_SUCCESS && (transition == GST_STATE_CHANGE_READY_TO_PAUSED ||
                                             transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED))
    return GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

/* --- Sink pads --- */

GstPad* request_new_pad(GstElement* element, GstPadTemplate* pad_template, const char*,
                        const GstCaps*) {
  GstPad* pad = priv(element).send_pads->request(pad_template);
  if (pad)
    with_controller(element, &CallController::set_sending,
                    matrixcall::source_of(GST_MATRIX_CALL_SEND_PAD(pad)), true);
  return pad;
}

void release_pad(GstElement* element, GstPad* pad) {
  with_controller(element, &CallController::set_sending,
                  matrixcall::source_of(GST_MATRIX_CALL_SEND_PAD(pad)), false);
  priv(element).send_pads->release(pad);
}

void note_links(GstMatrixCall* self, GstPad* pad) {
  if (GST_PAD_IS_SRC(pad))
    glib::connect<void, GstPad*>(pad, "linked", [self](GstPad*) { self->priv->watched = true; });
}

/* --- Events, queries, messages --- */

void leave(GstElement* element) {
  with_controller(element, &CallController::leave);
}

gboolean send_event(GstElement* element, GstEvent* event) {
  const auto owned = glib::Ref<GstEvent>::adopt(event);
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS)
    return with_controller(element, &CallController::leave);
  /* The pipeline tells its sinks. */
  return GST_EVENT_TYPE(event) == GST_EVENT_LATENCY;
}

gboolean query(GstElement* element, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY)
    return GST_ELEMENT_CLASS(gst_matrix_call_parent_class)->query(element, query);
  const unsigned ms = settings_of(GST_MATRIX_CALL(element)).latency_ms;
  gst_query_set_latency(query, TRUE, matrixcall::total_latency(ms), GST_CLOCK_TIME_NONE);
  return TRUE;
}

/* What children say is no news of this element's. */
void handle_message(GstBin*, GstMessage* message) {
  gst_message_unref(message);
}

GObject* get_child_by_name(GstChildProxy* proxy, const char* name) {
  GstPad* send_pad = priv(proxy).send_pads->find(name);
  if (send_pad) return G_OBJECT(g_object_ref(send_pad));
  return G_OBJECT(gst_element_get_static_pad(GST_ELEMENT(proxy), name));
}

void child_proxy_init(gpointer iface, gpointer) {
  auto* proxy = static_cast<GstChildProxyInterface*>(iface);
  proxy->get_child_by_name = get_child_by_name;
  proxy->get_child_by_index = matrixcall::get_pad_by_index;
  proxy->get_children_count = matrixcall::get_pad_count;
}

void finalize(GObject* object) {
  delete GST_MATRIX_CALL(object)->priv;
  G_OBJECT_CLASS(gst_matrix_call_parent_class)->finalize(object);
}

}  // namespace

static void gst_matrix_call_class_init(GstMatrixCallClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  auto* element_class = GST_ELEMENT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  element_class->change_state = change_state;
  element_class->send_event = send_event;
  element_class->query = query;
  element_class->request_new_pad = request_new_pad;
  element_class->release_pad = release_pad;
  GST_BIN_CLASS(klass)->handle_message = handle_message;

  matrixcall::install_properties(object_class);
  matrixcall::add_pad_templates(element_class);
  matrixcall::add_send_pad_templates(element_class);

  matrixcall::install_signals(G_TYPE_FROM_CLASS(klass), leave);

  gst_element_class_set_static_metadata(element_class, "Matrix call", "Source/Sink/Network/WebRTC",
                                        "Takes part in a Matrix room call: each participant's "
                                        "camera, microphone and screen is a pad, "
                                        "and so is each of ours",
                                        "gst-matrix-call contributors");
  gst_type_mark_as_plugin_api(GST_TYPE_MATRIX_CALL_PAD, GstPluginAPIFlags(0));
  gst_type_mark_as_plugin_api(GST_TYPE_MATRIX_CALL_SEND_PAD, GstPluginAPIFlags(0));
}

static void gst_matrix_call_init(GstMatrixCall* self) {
  self->priv = new Private;
  self->priv->send_pads = std::make_unique<matrixcall::SendPads>(
      GST_ELEMENT(self), [self](rtc::TrackSource source, bool mute) {
        with_controller(self, &CallController::set_mute, source, mute);
      });
  glib::connect<void, GstPad*>(self, "pad-added", [self](GstPad* pad) { note_links(self, pad); });
  constexpr auto both = GstElementFlags(GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
  gst_bin_set_suppressed_flags(GST_BIN(self), both);
  /* A source always; a sink, for which the pipeline waits with its EOS, until a pad appears
   * and after the call has ended. */
  GST_OBJECT_FLAG_SET(self, both);
}
