/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/message_size.h"

#include "signalling/core/overloaded.h"

namespace matrix {

namespace {

size_t size_of(const std::optional<StreamMetadataMap>& streams) {
  return streams ? streams->size() * 128 : 0;
}

}  // namespace

size_t size_of(const CallMessage& message) {
  const size_t content = std::visit(
      Overloaded{
          [](const Invite& invite) { return invite.offer.sdp.size() + size_of(invite.streams); },
          [](const Answer& answer) { return answer.answer.sdp.size() + size_of(answer.streams); },
          [](const Negotiate& negotiate) {
            return negotiate.description.sdp.size() + size_of(negotiate.streams);
          },
          [](const Candidates& message) {
            size_t size = 0;
            for (const auto& candidate : message.candidates)
              size += sizeof candidate + candidate.candidate.size() + candidate.mid.size();
            return size;
          },
          [](const MetadataChanged& message) { return message.streams.size() * 128; },
          [](const Hangup& hangup) { return hangup.reason.size(); },
          [](const SelectAnswer&) { return size_t{0}; },
          [](const Reject&) { return size_t{0}; },
      },
      message.signal);
  return sizeof message + content;
}

}  // namespace matrix
