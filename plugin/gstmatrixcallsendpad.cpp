/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * GstMatrixCallSendPad:
 *
 * A sink pad of matrixcall: our camera, microphone or screen.
 */

#include "plugin/gstmatrixcallsendpad.h"

#include <atomic>
#include <utility>

namespace {

enum { PROP_0, PROP_MUTE };

struct Private {
  rtc::TrackSource source = rtc::TrackSource::Microphone;
  std::shared_ptr<media::SendInput> input;
  std::atomic<bool> mute = false;
  std::function<void(bool)> on_mute;
};

}  // namespace

struct _GstMatrixCallSendPad {
  GstPad parent;
  Private* priv;
};

G_DEFINE_TYPE(GstMatrixCallSendPad, gst_matrix_call_send_pad, GST_TYPE_PAD)

namespace {

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  Private& priv = *GST_MATRIX_CALL_SEND_PAD(object)->priv;
  if (id != PROP_MUTE) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    return;
  }
  const bool mute = g_value_get_boolean(value);
  if (priv.mute.exchange(mute) != mute && priv.on_mute) priv.on_mute(mute);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  if (id == PROP_MUTE)
    g_value_set_boolean(value, GST_MATRIX_CALL_SEND_PAD(object)->priv->mute);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

void finalize(GObject* object) {
  delete GST_MATRIX_CALL_SEND_PAD(object)->priv;
  G_OBJECT_CLASS(gst_matrix_call_send_pad_parent_class)->finalize(object);
}

}  // namespace

static void gst_matrix_call_send_pad_class_init(GstMatrixCallSendPadClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  g_object_class_install_property(
      object_class, PROP_MUTE,
      g_param_spec_boolean(
          "mute", "Mute",
          "Send nothing, and tell the others that this is muted; what the pad gets is dropped and "
          "not encoded. Also before the pad is requested, from gst-launch-1.0 as "
          "send_audio::mute=true: then we join muted",
          FALSE,
          GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING)));
}

static void gst_matrix_call_send_pad_init(GstMatrixCallSendPad* self) {
  self->priv = new Private;
}

namespace matrixcall {

GstPad* new_send_pad(rtc::TrackSource source, GstPadTemplate* pad_template) {
  auto* object = g_object_new(GST_TYPE_MATRIX_CALL_SEND_PAD, "name",
                              GST_PAD_TEMPLATE_NAME_TEMPLATE(pad_template), "direction",
                              GST_PAD_SINK, "template", pad_template, nullptr);
  auto* pad = GST_MATRIX_CALL_SEND_PAD(object);
  pad->priv->source = source;
  pad->priv->input = media::SendInput::create(GST_PAD(pad));
  return GST_PAD(pad);
}

rtc::TrackSource source_of(GstMatrixCallSendPad* pad) {
  return pad->priv->source;
}

const std::shared_ptr<media::SendInput>& input_of(GstMatrixCallSendPad* pad) {
  return pad->priv->input;
}

bool is_muted(GstMatrixCallSendPad* pad) {
  return pad->priv->mute;
}

void set_mute_handler(GstMatrixCallSendPad* pad, std::function<void(bool)> handler) {
  pad->priv->on_mute = std::move(handler);
}

}  // namespace matrixcall
