/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include <gst/check/gstcheck.h>

#include "gst/sdp_translator.h"
#include "tests/gst/sdp_texts.h"

/* A translator whose webrtcbin is imagined. */
namespace texts {

using media::SdpTranslator;
using Type = rtc::SessionDescription::Type;

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/* What webrtcbin answers to what it is shown, as far as the translator cares. */
inline std::string answer_to(const std::string& shown) {
  return replaced(replaced(shown, "a=sendrecv", "a=recvonly"), "a=setup:actpass", "a=setup:active");
}

/* What webrtcbin offers: "audio0", "video1", .... */
inline std::string own_offer(const std::vector<std::string>& kinds) {
  Description offer;
  for (std::size_t i = 0; i < kinds.size(); ++i)
    offer.sections.push_back({kinds[i], kinds[i] + std::to_string(i), "recvonly", ""});
  return texts::write(offer);
}

/* A section of a description, as text. */
inline std::string section(const std::string& text, unsigned index) {
  std::size_t begin = text.find("\r\nm=");
  for (unsigned i = 0; i < index; ++i) begin = text.find("\r\nm=", begin + 1);
  fail_if(begin == std::string::npos);
  return text.substr(begin + 2, text.find("\r\nm=", begin + 1) - begin);
}

inline bool has(const std::string& text, const std::string& line) {
  return text.find(line + "\r\n") != std::string::npos;
}

/* One side of a connection whose webrtcbin is imagined. */
struct Side {
  rtc::ReceivedKinds receives{};
  SdpTranslator translator{"ours", receives};
  std::string shown{};

  /* The answer that is sent; "" if the offer is refused. */
  std::string answer(const Description& offer) {
    const auto given = translator.set_remote({Type::Offer, texts::write(offer)});
    if (!given) return "";
    shown = *given;
    return translator.set_local(Type::Answer, answer_to(shown))->for_peer;
  }
};

inline Description call(const char* video_direction = "sendrecv") {
  return {{{"audio", "0"}, {"video", "1", video_direction, "stream-1", 2000}}};
}

inline Description answer_of(const std::vector<Section>& sections, const char* setup = "active") {
  Description answer{sections};
  answer.setup = setup;
  answer.answer = true;
  return answer;
}

}  // namespace texts
