/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sdp_validator.h"

namespace media {

namespace {

rtc::Error refused(const std::string& what) {
  return {rtc::Error::Kind::Protocol, "The peer's session description was refused.", what};
}

rtc::Result<void> check_transport(const SdpDescription& description,
                                  const std::optional<SdpTransport>& last) {
  if (!description.tag && !last) return refused("every section is rejected");
  if (!description.tag || !last) return {};
  if (has_new_credentials(description, last)) return refused("new ICE credentials");
  if (description.transport.fingerprint != last->fingerprint)
    return refused("another fingerprint than before");
  return {};
}

bool is_at_another_place(const std::string& mid, std::size_t index,
                         const std::vector<KnownSection>& known) {
  for (std::size_t i = 0; i < known.size(); ++i)
    if (i != index && known[i].negotiated && known[i].mid == mid) return true;
  return false;
}

}  // namespace

bool has_new_credentials(const SdpDescription& description,
                         const std::optional<SdpTransport>& last) {
  return description.tag && last &&
         (description.transport.ufrag != last->ufrag ||
          description.transport.password != last->password);
}

rtc::Result<void> check_offer(const SdpDescription& offer, const std::vector<KnownSection>& known,
                              const std::optional<SdpTransport>& last) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!known[i].negotiated) continue;
    if (i >= offer.sections.size()) return refused("a section is gone");
    if (offer.sections[i].kind != known[i].kind) return refused("a section changed its kind");
  }
  for (std::size_t i = 0; i < offer.sections.size(); ++i) {
    const std::string& mid = offer.sections[i].mid;
    if (mid.empty()) return refused("a section without a mid");
    if (is_at_another_place(mid, i, known)) return refused("a mid has moved");
  }
  return check_transport(offer, last);
}

rtc::Result<void> check_answer(const SdpDescription& answer,
                               const std::vector<KnownSection>& offered,
                               const std::optional<SdpTransport>& last) {
  if (answer.sections.size() != offered.size()) return refused("another number of sections");
  for (std::size_t i = 0; i < offered.size(); ++i) {
    const SdpSection& section = answer.sections[i];
    if (section.kind != offered[i].kind) return refused("a section changed its kind");
    const bool unnamed = section.mid.empty() && section.rejected;
    if (!unnamed && section.mid != offered[i].mid) return refused("another mid than offered");
  }
  if (answer.tag && answer.transport.setup == "actpass") return refused("no DTLS role chosen");
  return check_transport(answer, last);
}

}  // namespace media
