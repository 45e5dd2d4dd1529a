/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/downstream_caps.h"

#include <string_view>

namespace media {
namespace {

using Caps = glib::Ref<GstCaps>;

bool is_raw(const GstStructure* structure) {
  return std::string_view(gst_structure_get_name(structure)).ends_with("/x-raw");
}

Caps peer_caps(GstPad* pad) {
  return Caps::adopt(gst_pad_peer_query_caps(pad, nullptr));
}

const char* media_type(rtc::MediaKind kind) {
  return kind == rtc::MediaKind::Audio ? "audio/" : "video/";
}

/* Encoded caps of the peer and template often leave out what the media itself would say. */
void complete(GstStructure* structure, const char* field, int value) {
  if (gst_structure_has_field(structure, field))
    gst_structure_fixate_field_nearest_int(structure, field, value);
  else
    gst_structure_set(structure, field, G_TYPE_INT, value, nullptr);
}

void complete(GstStructure* structure, const char* field, const char* value) {
  if (gst_structure_has_field(structure, field))
    gst_structure_fixate_field_string(structure, field, value);
  else
    gst_structure_set(structure, field, G_TYPE_STRING, value, nullptr);
}

void complete_audio(GstStructure* structure) {
  complete(structure, "rate", 48000);
  complete(structure, "channels", 2);
  if (gst_structure_has_name(structure, "audio/x-opus"))
    complete(structure, "channel-mapping-family", 0);
  if (!is_raw(structure)) return;
  complete(structure, "format", "S16LE");
  complete(structure, "layout", "interleaved");
}

struct Picture {
  gint width = 640;
  gint height = 360;
  gint fps_n = 0;
  gint fps_d = 1;
};

Picture picture_of(const GstCaps* idle) {
  Picture picture;
  if (!idle || gst_caps_is_any(idle) || gst_caps_is_empty(idle)) return picture;
  const GstStructure* structure = gst_caps_get_structure(idle, 0);
  gst_structure_get_int(structure, "width", &picture.width);
  gst_structure_get_int(structure, "height", &picture.height);
  gst_structure_get_fraction(structure, "framerate", &picture.fps_n, &picture.fps_d);
  return picture;
}

/* As a branch chooses it once media come: what is linked may not take another then. */
void choose_h264_form(GstStructure* structure) {
  for (const char* form : {"byte-stream", "avc3", "avc"}) {
    const glib::Unique<GstStructure> one(gst_structure_new(
        gst_structure_get_name(structure), "stream-format", G_TYPE_STRING, form, nullptr));
    if (!gst_structure_can_intersect(structure, one.get())) continue;
    gst_structure_set(structure, "stream-format", G_TYPE_STRING, form, nullptr);
    return;
  }
}

void complete_video(GstStructure* structure, const Picture& picture) {
  if (gst_structure_has_name(structure, "video/x-h264")) choose_h264_form(structure);
  complete(structure, "width", picture.width);
  complete(structure, "height", picture.height);
  if (is_raw(structure)) complete(structure, "format", "I420");
  if (gst_structure_has_field(structure, "framerate"))
    gst_structure_fixate_field_nearest_fraction(structure, "framerate", picture.fps_n,
                                                picture.fps_d);
  else if (is_raw(structure))
    gst_structure_set(structure, "framerate", GST_TYPE_FRACTION, picture.fps_n, picture.fps_d,
                      nullptr);
}

bool is_expected(const GstStructure* structure, const GstCaps* expected) {
  return !expected || is_raw(structure) ||
         gst_structure_has_name(structure,
                                gst_structure_get_name(gst_caps_get_structure(expected, 0)));
}

bool suits(const GstStructure* structure, const GstCapsFeatures* features, rtc::MediaKind kind,
           Wanted wanted) {
  if (!g_str_has_prefix(gst_structure_get_name(structure), media_type(kind))) return false;
  if (wanted != Wanted::Any && is_raw(structure) != (wanted == Wanted::Raw)) return false;
  return gst_caps_features_is_any(features) ||
         gst_caps_features_is_equal(features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY);
}

}  // namespace

bool is_raw(const GstCaps* caps) {
  return gst_caps_get_size(caps) > 0 && is_raw(gst_caps_get_structure(caps, 0));
}

bool says_itself(const GstCaps* known, const GstCaps* changed) {
  const auto is_avc3 = [](const GstCaps* caps) {
    const GstStructure* structure = gst_caps_get_structure(caps, 0);
    return gst_structure_has_name(structure, "video/x-h264") &&
           g_strcmp0(gst_structure_get_string(structure, "stream-format"), "avc3") == 0;
  };
  return is_avc3(known) && is_avc3(changed);
}

bool takes(GstPad* pad, GstCaps* caps) {
  if (!gst_pad_is_linked(pad)) return false;
  return gst_caps_can_intersect(peer_caps(pad).get(), caps);
}

Caps first_taken(GstPad* pad, GstCaps* possible) {
  Caps taken;
  if (gst_pad_is_linked(pad))
    taken = Caps::adopt(
        gst_caps_intersect_full(possible, peer_caps(pad).get(), GST_CAPS_INTERSECT_FIRST));
  if (!taken || gst_caps_is_empty(taken.get())) taken = Caps::adopt(gst_caps_copy(possible));
  return Caps::adopt(gst_caps_truncate(taken.release()));
}

Caps stand_in(GstPad* pad, rtc::MediaKind kind, Wanted wanted, const GstCaps* idle,
              const GstCaps* expected) {
  if (!gst_pad_is_linked(pad)) return {};
  const auto ours = Caps::adopt(gst_pad_get_pad_template_caps(pad));
  const auto taken = Caps::adopt(
      gst_caps_intersect_full(ours.get(), peer_caps(pad).get(), GST_CAPS_INTERSECT_FIRST));
  if (gst_caps_is_any(taken.get())) return {};
  for (guint i = 0; i < gst_caps_get_size(taken.get()); i++) {
    GstStructure* structure = gst_caps_get_structure(taken.get(), i);
    if (!suits(structure, gst_caps_get_features(taken.get(), i), kind, wanted) ||
        !is_expected(structure, expected))
      continue;
    auto caps = Caps::adopt(gst_caps_new_full(gst_structure_copy(structure), nullptr));
    auto* fields = gst_caps_get_structure(caps.get(), 0);
    if (kind == rtc::MediaKind::Audio)
      complete_audio(fields);
    else
      complete_video(fields, picture_of(idle));
    caps = Caps::adopt(gst_caps_fixate(caps.release()));
    if (gst_caps_is_fixed(caps.get())) return caps;
  }
  return {};
}

}  // namespace media
