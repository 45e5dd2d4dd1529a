/* SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * GstMatrixCallPad:
 *
 * A source pad of matrixcall: one feed (camera, microphone, screen) of one participant.
 */

#include "plugin/gstmatrixcallpad.h"

#include <mutex>
#include <utility>

using matrixcall::PadFacts;

namespace {

enum {
  PROP_0,
  PROP_USER_ID,
  PROP_DEVICE_ID,
  PROP_DISPLAY_NAME,
  PROP_PURPOSE,
  PROP_MUTED,
  PROP_ACTIVITY,
  PROP_TRUST,
  PROP_MUTED_OUTPUT,
  PROP_LAST
};
GParamSpec* properties[PROP_LAST];

struct Private {
  std::mutex lock;
  PadFacts facts;                                             /* lock */
  media::MutedOutput muted_output = media::MutedOutput::Fill; /* lock */
  bool has_own_muted_output = false;                          /* lock */
  std::function<void(media::MutedOutput)> on_muted_output;
};

}  // namespace

struct _GstMatrixCallPad {
  GstPad parent;
  Private* priv;
};

G_DEFINE_TYPE(GstMatrixCallPad, gst_matrix_call_pad, GST_TYPE_PAD)

namespace {

void get_property(GObject* object, guint id, GValue* value, GParamSpec* spec) {
  const PadFacts facts = matrixcall::facts_of(GST_MATRIX_CALL_PAD(object));
  switch (id) {
    case PROP_USER_ID:
      return g_value_set_string(value, facts.user_id.c_str());
    case PROP_DEVICE_ID:
      return g_value_set_string(value, facts.device_id.c_str());
    case PROP_DISPLAY_NAME:
      return g_value_set_string(value, facts.display_name.c_str());
    case PROP_PURPOSE:
      return g_value_set_string(value, facts.purpose.c_str());
    case PROP_MUTED:
      return g_value_set_boolean(value, facts.muted);
    case PROP_ACTIVITY:
      return g_value_set_enum(value, static_cast<int>(facts.activity));
    case PROP_TRUST:
      return g_value_set_string(value, facts.trust.c_str());
    case PROP_MUTED_OUTPUT:
      return g_value_set_enum(
          value, static_cast<int>(matrixcall::muted_output_of(GST_MATRIX_CALL_PAD(object))));
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
  }
}

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* spec) {
  if (id != PROP_MUTED_OUTPUT) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    return;
  }
  Private& priv = *GST_MATRIX_CALL_PAD(object)->priv;
  const auto output = static_cast<media::MutedOutput>(g_value_get_enum(value));
  {
    const std::lock_guard lock(priv.lock);
    priv.muted_output = output;
    priv.has_own_muted_output = true;
  }
  if (priv.on_muted_output) priv.on_muted_output(output);
}

void finalize(GObject* object) {
  delete GST_MATRIX_CALL_PAD(object)->priv;
  G_OBJECT_CLASS(gst_matrix_call_pad_parent_class)->finalize(object);
}

GParamSpec* string_property(const char* name, const char* nick, const char* blurb) {
  return g_param_spec_string(name, nick, blurb, nullptr,
                             GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

}  // namespace

static void gst_matrix_call_pad_class_init(GstMatrixCallPadClass* klass) {
  auto* object_class = G_OBJECT_CLASS(klass);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->finalize = finalize;
  const auto flags = GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  properties[PROP_USER_ID] =
      string_property("user-id", "User id", "The participant's user id, like @user:example.org");
  properties[PROP_DEVICE_ID] = string_property(
      "device-id", "Device id", "The participant's device: one user can take part with several");
  properties[PROP_DISPLAY_NAME] =
      string_property("display-name", "Display name",
                      "The participant's name in the room; the user id if the room knows no name");
  properties[PROP_PURPOSE] = string_property(
      "purpose", "Purpose",
      "What the participant says it sends (MSC3077): m.usermedia, or m.screenshare");
  properties[PROP_MUTED] = g_param_spec_boolean(
      "muted", "Muted", "Whether the participant says that this feed is muted", FALSE, flags);
  properties[PROP_ACTIVITY] = g_param_spec_enum(
      "activity", "Activity", "What becomes of the feed at present", matrixcall::activity_type(),
      static_cast<int>(matrixcall::Activity::Idle), flags);
  properties[PROP_TRUST] = string_property(
      "trust", "Trust",
      "How sure it is that this is the participant: clear (the homeservers say so), "
      "unsigned (signalling was encrypted by a device of theirs, which the "
      "homeservers name) or signed (by a device that they have verified)");
  properties[PROP_MUTED_OUTPUT] = g_param_spec_enum(
      "muted-output", "Muted output",
      "What flows while the feed is muted or nothing of it arrives; as the element's property of "
      "the same name until it is set here",
      matrixcall::muted_output_type(), static_cast<int>(media::MutedOutput::Fill),
      GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_properties(object_class, PROP_LAST, properties);
}

static void gst_matrix_call_pad_init(GstMatrixCallPad* self) {
  self->priv = new Private;
}

namespace matrixcall {

GstPad* new_source_pad(const std::string& name, GstPadTemplate* pad_template, PadFacts facts) {
  auto* object = g_object_new(GST_TYPE_MATRIX_CALL_PAD, "name", name.c_str(), "direction",
                              GST_PAD_SRC, "template", pad_template, nullptr);
  auto* pad = GST_MATRIX_CALL_PAD(object);
  pad->priv->facts = std::move(facts);
  return GST_PAD(pad);
}

PadFacts facts_of(GstMatrixCallPad* pad) {
  std::lock_guard lock(pad->priv->lock);
  return pad->priv->facts;
}

void set_facts(GstMatrixCallPad* pad, const PadFacts& facts) {
  PadFacts old = facts;
  {
    std::lock_guard lock(pad->priv->lock);
    std::swap(pad->priv->facts, old);
  }
  const auto notify = [pad](bool changed, int id) {
    if (changed) g_object_notify_by_pspec(G_OBJECT(pad), properties[id]);
  };
  notify(old.user_id != facts.user_id, PROP_USER_ID);
  notify(old.device_id != facts.device_id, PROP_DEVICE_ID);
  notify(old.display_name != facts.display_name, PROP_DISPLAY_NAME);
  notify(old.purpose != facts.purpose, PROP_PURPOSE);
  notify(old.muted != facts.muted, PROP_MUTED);
  notify(old.activity != facts.activity, PROP_ACTIVITY);
  notify(old.trust != facts.trust, PROP_TRUST);
}

void set_muted_output_handler(GstMatrixCallPad* pad,
                              std::function<void(media::MutedOutput)> handler) {
  pad->priv->on_muted_output = std::move(handler);
}

void follow_muted_output(GstMatrixCallPad* pad, media::MutedOutput output) {
  {
    const std::lock_guard lock(pad->priv->lock);
    if (pad->priv->has_own_muted_output || pad->priv->muted_output == output) return;
    pad->priv->muted_output = output;
  }
  g_object_notify_by_pspec(G_OBJECT(pad), properties[PROP_MUTED_OUTPUT]);
  if (pad->priv->on_muted_output) pad->priv->on_muted_output(output);
}

media::MutedOutput muted_output_of(GstMatrixCallPad* pad) {
  const std::lock_guard lock(pad->priv->lock);
  return pad->priv->muted_output;
}

}  // namespace matrixcall
