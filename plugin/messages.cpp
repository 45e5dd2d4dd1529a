/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/messages.h"

#include "plugin/pad_names.h"

namespace matrixcall {
namespace {

void post(GstElement* element, GstStructure* structure) {
  gst_element_post_message(element, gst_message_new_element(GST_OBJECT(element), structure));
}

GstResourceError code_of(rtc::Error::Kind kind) {
  switch (kind) {
    case rtc::Error::Kind::Network:
    case rtc::Error::Kind::Tls:
      return GST_RESOURCE_ERROR_OPEN_READ;
    case rtc::Error::Kind::Denied:
    case rtc::Error::Kind::Auth:
      return GST_RESOURCE_ERROR_NOT_AUTHORIZED;
    case rtc::Error::Kind::NotFound:
      return GST_RESOURCE_ERROR_NOT_FOUND;
    case rtc::Error::Kind::RateLimit:
    case rtc::Error::Kind::Busy:
      return GST_RESOURCE_ERROR_BUSY;
    case rtc::Error::Kind::Protocol:
      return GST_RESOURCE_ERROR_READ;
    case rtc::Error::Kind::Settings:
      return GST_RESOURCE_ERROR_SETTINGS;
    case rtc::Error::Kind::Media:
    case rtc::Error::Kind::Cancelled:
      return GST_RESOURCE_ERROR_FAILED;
  }
  return GST_RESOURCE_ERROR_FAILED;
}

void post_trouble(GstElement* element, GstMessageType type, const rtc::Error& error) {
  gst_element_message_full(element, type, GST_RESOURCE_ERROR, code_of(error.kind),
                           g_strdup(error.message.c_str()),
                           error.detail.empty() ? nullptr : g_strdup(error.detail.c_str()),
                           __FILE__, __func__, __LINE__);
}

}  // namespace

void post_state(GstElement* element, const StateNews& news) {
  post(element, gst_structure_new("matrixcall-state", "state", G_TYPE_STRING, nick(news.state),
                                  "room-id", G_TYPE_STRING, news.room_id.c_str(), "call-id",
                                  G_TYPE_STRING, news.call_id.c_str(), "reason", G_TYPE_STRING,
                                  news.reason.c_str(), nullptr));
}

GstStructure* participant_structure(const matrix::Participant& participant) {
  return gst_structure_new("matrixcall-participant", "user-id", G_TYPE_STRING,
                           participant.user_id.c_str(), "device-id", G_TYPE_STRING,
                           participant.device_id.c_str(), "session-id", G_TYPE_STRING,
                           participant.session_id.c_str(), "display-name", G_TYPE_STRING,
                           participant.display_name.c_str(), nullptr);
}

void post_participant(GstElement* element, const char* event,
                      const matrix::Participant& participant, const std::string& reason) {
  auto* structure = participant_structure(participant);
  gst_structure_set(structure, "event", G_TYPE_STRING, event, "reason", G_TYPE_STRING,
                    reason.c_str(), nullptr);
  post(element, structure);
}

void post_feed(GstElement* element, const char* event, GstPad* pad, matrix::FeedKind kind,
               const std::string& reason) {
  const PadFacts facts = facts_of(GST_MATRIX_CALL_PAD(pad));
  post(element,
       gst_structure_new(
           "matrixcall-feed", "event", G_TYPE_STRING, event, "pad", G_TYPE_STRING,
           GST_PAD_NAME(pad), "kind", G_TYPE_STRING, kind_name(kind), "user-id", G_TYPE_STRING,
           facts.user_id.c_str(), "device-id", G_TYPE_STRING, facts.device_id.c_str(),
           "display-name", G_TYPE_STRING, facts.display_name.c_str(), "activity", G_TYPE_STRING,
           nick(facts.activity), "muted", G_TYPE_BOOLEAN, facts.muted, "trust", G_TYPE_STRING,
           facts.trust.c_str(), "reason", G_TYPE_STRING, reason.c_str(), nullptr));
}

void post_error(GstElement* element, const rtc::Error& error) {
  post_trouble(element, GST_MESSAGE_ERROR, error);
}

void post_warning(GstElement* element, const rtc::Error& error) {
  post_trouble(element, GST_MESSAGE_WARNING, error);
}

void post_warning_of(GstElement* element, const matrix::Participant* who, const rtc::Error& error) {
  std::string name = who ? who->display_name : "Somebody who has left";
  if (who && who->display_name != who->user_id) name += " (" + who->user_id + ")";
  post_warning(element, {error.kind, name + ": " + error.message, error.detail});
}

}  // namespace matrixcall
