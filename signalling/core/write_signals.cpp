/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/overloaded.h"
#include "signalling/core/signals.h"

namespace matrix {

namespace {

using Type = SessionDescription::Type;

Json write_description(const SessionDescription& description) {
  return JsonObjectBuilder()
      .set("type", description.type == Type::Offer ? "offer" : "answer")
      .set("sdp", description.sdp)
      .build();
}

/* A purpose that we do not know is not ours to announce. */
const char* purpose_name(Purpose purpose) {
  switch (purpose) {
    case Purpose::Usermedia:
      return "m.usermedia";
    case Purpose::Screenshare:
      return "m.screenshare";
    case Purpose::Other:
      break;
  }
  return nullptr;
}

/* Under both names: matrix-js-sdk writes the first and reads both, Hydrogen reads the
 * second only and its handler throws without it. */
void write_streams(JsonObjectBuilder& content, const StreamMetadataMap& streams) {
  JsonObjectBuilder builder;
  for (const auto& [id, stream] : streams) {
    const char* purpose = purpose_name(stream.purpose);
    if (!purpose) continue;
    builder.set(id.c_str(), JsonObjectBuilder()
                                .set("purpose", purpose)
                                .set("audio_muted", stream.audio_muted)
                                .set("video_muted", stream.video_muted)
                                .build());
  }
  const Json map = builder.build();
  content.set("sdp_stream_metadata", map).set("org.matrix.msc3077.sdp_stream_metadata", map);
}

void write_capabilities(JsonObjectBuilder& content) {
  content.set(
      "capabilities",
      JsonObjectBuilder().set("m.call.transferee", false).set("m.call.dtmf", false).build());
}

Json write_candidate(const IceCandidate& candidate) {
  JsonObjectBuilder json;
  json.set("candidate", candidate.candidate);
  if (!candidate.mid.empty()) json.set("sdpMid", candidate.mid);
  if (candidate.mline >= 0) json.set("sdpMLineIndex", candidate.mline);
  return json.build();
}

void write(JsonObjectBuilder& content, const Invite& invite) {
  content.set("offer", write_description(invite.offer)).set("lifetime", invite.lifetime.count());
  if (!invite.invitee.empty()) content.set("invitee", invite.invitee);
  if (invite.streams) write_streams(content, *invite.streams);
  write_capabilities(content);
}

void write(JsonObjectBuilder& content, const Answer& answer) {
  content.set("answer", write_description(answer.answer));
  if (answer.streams) write_streams(content, *answer.streams);
  write_capabilities(content);
}

void write(JsonObjectBuilder& content, const Candidates& message) {
  std::vector<Json> elements;
  elements.reserve(message.candidates.size());
  for (const auto& candidate : message.candidates) elements.push_back(write_candidate(candidate));
  content.set("candidates", json_array(elements));
}

void write(JsonObjectBuilder& content, const Negotiate& negotiate) {
  content.set("description", write_description(negotiate.description))
      .set("lifetime", negotiate.lifetime.count());
  if (negotiate.streams) write_streams(content, *negotiate.streams);
  if (negotiate.description.type == Type::Offer) write_capabilities(content);
}

void write(JsonObjectBuilder& content, const MetadataChanged& changed) {
  write_streams(content, changed.streams);
}

void write(JsonObjectBuilder& content, const Hangup& hangup) {
  content.set("reason", hangup.reason);
}

void write(JsonObjectBuilder& content, const SelectAnswer& select) {
  content.set("selected_party_id", select.selected_party_id);
}

void write(JsonObjectBuilder& /*content*/, const Reject& /*reject*/) {}

void write_id(JsonObjectBuilder& content, const char* key, const std::string& id) {
  if (!id.empty()) content.set(key, id);
}

}  // namespace

const char* call_message_type(const Signal& signal) {
  return std::visit(Overloaded{
                        [](const Invite&) { return "m.call.invite"; },
                        [](const Answer&) { return "m.call.answer"; },
                        [](const Candidates&) { return "m.call.candidates"; },
                        [](const Negotiate&) { return "m.call.negotiate"; },
                        [](const MetadataChanged&) { return "m.call.sdp_stream_metadata_changed"; },
                        [](const Hangup&) { return "m.call.hangup"; },
                        [](const SelectAnswer&) { return "m.call.select_answer"; },
                        [](const Reject&) { return "m.call.reject"; },
                    },
                    signal);
}

Json write_call_message(const CallMessage& message) {
  JsonObjectBuilder content;
  const Envelope& envelope = message.envelope;
  content.set("version", "1").set("call_id", envelope.call_id);
  write_id(content, "conf_id", envelope.conf_id);
  write_id(content, "device_id", envelope.device_id);
  write_id(content, "party_id", envelope.party_id);
  write_id(content, "sender_session_id", envelope.sender_session_id);
  write_id(content, "dest_session_id", envelope.dest_session_id);
  if (envelope.seq) content.set("seq", *envelope.seq);
  std::visit([&](const auto& signal) { write(content, signal); }, message.signal);
  return content.build();
}

}  // namespace matrix
