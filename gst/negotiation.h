/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gst/operations.h"
#include "gst/shared_translator.h"
#include "signalling/base/loop.h"
#include "signalling/base/peer_connection.h"

namespace media {

/* Offers, answers and candidates between a peer and one webrtcbin, one description at a time:
 *
 *   first offer: create-offer -> translate -> set-local -> hand out ... answer -> set-remote
 *   later ones:  create-offer -> translate -> hand out ... answer -> set-local -> set-remote
 *   answer:      translate -> set-remote -> create-answer -> translate -> set-local -> hand out
 *
 * webrtcbin cannot take a local offer back, so a later one is only set once it is answered: an
 * offer of the peer's that comes before takes its place.
 *
 * A description is handed out when gathering is complete, or after gather_wait with the
 * candidates so far. Loop only. */
class Negotiation {
 public:
  /* Called on the loop; on_failed also inside a call to the negotiation. */
  struct Owner {
    std::function<void(rtc::SessionDescription)> on_local_description;
    std::function<void(rtc::IceCandidate)> on_local_candidate;
    std::function<void()> on_remote_description; /* webrtcbin has it */
    /* Pads must be there before webrtcbin makes an offer or gets one, and know then what for. */
    std::function<void()> before_offer;
    std::function<void()> before_answer;
    std::function<void()> on_negotiated; /* both sides agree */
    std::function<void(rtc::PeerFailure, std::string)> on_failed;
  };
  static constexpr std::chrono::milliseconds gather_wait{30};
  static constexpr size_t max_remote_candidates = 200;

  Negotiation(rtc::Loop& loop, glib::Ref<GstElement> webrtcbin, Operations& operations,
              std::shared_ptr<SharedTranslator> translator, Owner owner);

  void create_offer(const rtc::OfferOptions& options);
  /* One that comes while another is being applied waits; a third takes the second's place. */
  void set_remote_description(const rtc::SessionDescription& description);
  void add_remote_candidate(const rtc::IceCandidate& candidate);
  /* Both sides have described themselves. */
  bool complete() const { return handed_out_ && remote_is_set_; }

  /* From webrtcbin. */
  void on_candidate(unsigned mline, const std::string& candidate);
  void on_gathered();

 private:
  using Type = rtc::SessionDescription::Type;

  void next();
  void done();
  void keep_data_section();
  void create_local(Type type);
  void describe(Type type, const std::string& text);
  void set_local(Type type, const std::string& text, std::function<void()> on_set);
  void send(Type type, const std::string& text);
  void apply_remote(const rtc::SessionDescription& description);
  void set_remote(Type type, const std::string& text);
  void remote_is_set(Type type);
  void prefer_offered_codecs();
  void hand_out();
  void give_candidate(const rtc::IceCandidate& candidate);
  void run(const char* action, gpointer argument, rtc::PeerFailure failure,
           std::function<void(const Reply&)> handler);

  rtc::Loop& loop_;
  glib::Ref<GstElement> webrtcbin_;
  Operations& operations_;
  std::shared_ptr<SharedTranslator> translator_;
  Owner owner_;

  bool busy_ = false;
  std::optional<rtc::OfferOptions> offer_pending_;
  bool described_ = false;                   /* we are, to webrtcbin */
  std::optional<std::string> delayed_offer_; /* handed out, not set */
  std::optional<rtc::SessionDescription> remote_pending_;
  bool has_data_channel_ = false;

  bool gathered_ = false;
  bool handed_out_ = false;
  std::optional<rtc::SessionDescription> to_send_;
  rtc::Loop::Timer hand_out_timer_;
  std::vector<rtc::IceCandidate> local_candidates_;

  bool remote_is_set_ = false;
  size_t remote_candidate_count_ = 0;
  std::vector<rtc::IceCandidate> remote_candidates_; /* until remote_is_set_ */
};

}  // namespace media
