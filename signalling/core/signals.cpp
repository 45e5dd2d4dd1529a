/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/signals.h"

#include <array>
#include <utility>

#include "signalling/core/identifier.h"

namespace matrix {

namespace {

constexpr size_t max_candidates = 256;
constexpr size_t max_candidate_bytes = 1024;
constexpr size_t max_streams = 64;
constexpr size_t max_sdp_bytes = size_t{256} * 1024;
constexpr std::int64_t max_mline = 1023;
constexpr Time default_lifetime{60000};
constexpr Time max_lifetime{600000};

constexpr const char* metadata_key = "sdp_stream_metadata";
constexpr const char* unstable_metadata_key = "org.matrix.msc3077.sdp_stream_metadata";

using Read = std::optional<Signal> (*)(const Json& content);
using Type = SessionDescription::Type;

/* False if @key holds a string that cannot be an id: the message is not what it seems.
 * Absent and differently typed ones leave @id empty. */
bool read_id(const Json& content, const char* key, std::string& id) {
  auto text = content.string_at(key);
  if (!text) return true;
  id = std::move(*text);
  return is_line(id, max_id_bytes);
}

std::optional<SessionDescription> read_description(const Json& json) {
  auto sdp = json.string_at("sdp");
  if (!sdp || sdp->empty() || sdp->size() > max_sdp_bytes) return std::nullopt;
  const auto type = json.string_at("type");
  if (type == "offer") return SessionDescription{Type::Offer, std::move(*sdp)};
  if (type == "answer") return SessionDescription{Type::Answer, std::move(*sdp)};
  return std::nullopt;
}

Time read_lifetime(const Json& content) {
  const auto lifetime = content.integer_at("lifetime");
  if (!lifetime || *lifetime <= 0) return default_lifetime;
  return std::min(Time(*lifetime), max_lifetime);
}

std::optional<StreamMetadata> read_stream(const Json& json) {
  const auto purpose = json.string_at("purpose");
  if (!purpose) return std::nullopt;
  StreamMetadata stream;
  stream.purpose = *purpose == "m.usermedia"     ? Purpose::Usermedia
                   : *purpose == "m.screenshare" ? Purpose::Screenshare
                                                 : Purpose::Other;
  stream.audio_muted = json.boolean_at("audio_muted").value_or(false);
  stream.video_muted = json.boolean_at("video_muted").value_or(false);
  return stream;
}

/* Matrix-js-sdk writes the stable key, Hydrogen the other; both together may differ. */
std::optional<StreamMetadataMap> read_streams(const Json& content) {
  std::optional<StreamMetadataMap> streams;
  for (const char* key : {metadata_key, unstable_metadata_key}) {
    const Json map = content[key];
    if (!map.is_object()) continue;
    if (!streams) streams.emplace();
    map.for_each_member([&](const char* id, const Json& value) {
      if (streams->size() >= max_streams || !is_identifier(id)) return;
      if (const auto stream = read_stream(value)) streams->emplace(id, *stream);
    });
  }
  return streams;
}

std::optional<IceCandidate> read_candidate(const Json& json) {
  auto text = json.string_at("candidate");
  if (!text || !is_line(*text, max_candidate_bytes)) return std::nullopt;
  IceCandidate candidate;
  candidate.candidate = std::move(*text);
  if (candidate.candidate.starts_with("a=")) candidate.candidate.erase(0, 2);
  if (!read_id(json, "sdpMid", candidate.mid)) return std::nullopt;
  const auto mline = json.integer_at("sdpMLineIndex");
  if (mline && *mline >= 0 && *mline <= max_mline) candidate.mline = static_cast<int>(*mline);
  if (!candidate.candidate.empty() && candidate.mid.empty() && candidate.mline < 0)
    return std::nullopt;
  return candidate;
}

std::optional<Signal> read_invite(const Json& content) {
  auto offer = read_description(content["offer"]);
  std::string invitee;
  if (!offer || offer->type != Type::Offer) return std::nullopt;
  if (!read_id(content, "invitee", invitee)) return std::nullopt;
  return Invite{std::move(*offer), read_lifetime(content), std::move(invitee),
                read_streams(content)};
}

std::optional<Signal> read_answer(const Json& content) {
  auto answer = read_description(content["answer"]);
  if (!answer) return std::nullopt;
  return Answer{std::move(*answer), read_streams(content)};
}

std::optional<Signal> read_candidates(const Json& content) {
  Candidates message;
  for (const Json& element : content["candidates"].elements()) {
    if (message.candidates.size() >= max_candidates) break;
    if (auto candidate = read_candidate(element))
      message.candidates.push_back(std::move(*candidate));
  }
  return message;
}

std::optional<Signal> read_negotiate(const Json& content) {
  auto description = read_description(content["description"]);
  if (!description) return std::nullopt;
  return Negotiate{std::move(*description), read_lifetime(content), read_streams(content)};
}

std::optional<Signal> read_metadata_changed(const Json& content) {
  return MetadataChanged{read_streams(content).value_or(StreamMetadataMap())};
}

/* Matrix-js-sdk omits user_hangup while it does not know the other side's version. */
std::optional<Signal> read_hangup(const Json& content) {
  auto reason = content.string_at("reason");
  if (!reason || reason->empty()) return Hangup{};
  if (!is_identifier(*reason)) return Hangup{"unknown_error"};
  return Hangup{std::move(*reason)};
}

std::optional<Signal> read_select_answer(const Json& content) {
  SelectAnswer select;
  if (!read_id(content, "selected_party_id", select.selected_party_id)) return std::nullopt;
  return select;
}

std::optional<Signal> read_reject(const Json& /*content*/) {
  return Reject{};
}

constexpr std::array<std::pair<std::string_view, Read>, 9> readers{{
    {"m.call.invite", read_invite},
    {"m.call.answer", read_answer},
    {"m.call.candidates", read_candidates},
    {"m.call.negotiate", read_negotiate},
    {"m.call.sdp_stream_metadata_changed", read_metadata_changed},
    {"org.matrix.call.sdp_stream_metadata_changed", read_metadata_changed},
    {"m.call.hangup", read_hangup},
    {"m.call.select_answer", read_select_answer},
    {"m.call.reject", read_reject},
}};

Read reader_of(std::string_view type) {
  for (const auto& [name, read] : readers)
    if (name == type) return read;
  return nullptr;
}

std::optional<Envelope> read_envelope(const Json& content) {
  Envelope envelope;
  const bool sound = read_id(content, "call_id", envelope.call_id) &&
                     read_id(content, "conf_id", envelope.conf_id) &&
                     read_id(content, "device_id", envelope.device_id) &&
                     read_id(content, "party_id", envelope.party_id) &&
                     read_id(content, "sender_session_id", envelope.sender_session_id) &&
                     read_id(content, "dest_session_id", envelope.dest_session_id);
  if (!sound || envelope.call_id.empty()) return std::nullopt;
  const auto seq = content.integer_at("seq");
  if (seq && *seq >= 0 && *seq <= max_safe_integer) envelope.seq = seq;
  return envelope;
}

}  // namespace

bool has_description(const Signal& signal) {
  return std::holds_alternative<Invite>(signal) || std::holds_alternative<Answer>(signal) ||
         std::holds_alternative<Negotiate>(signal);
}

bool is_call_message_type(std::string_view type) {
  return reader_of(type) != nullptr;
}

std::optional<CallMessage> read_call_message(std::string_view type, const Json& content) {
  const Read read = reader_of(type);
  if (!read) return std::nullopt;
  auto envelope = read_envelope(content);
  if (!envelope) return std::nullopt;
  auto signal = read(content);
  if (!signal) return std::nullopt;
  return CallMessage{std::move(*envelope), std::move(*signal)};
}

}  // namespace matrix
