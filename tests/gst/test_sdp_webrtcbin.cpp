/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <memory>
#include <ostream>
#include <string>

#include <gst/check/gstcheck.h>

#include "gst/codecs.h"
#include "gst/sdp_translator.h"
#include "tests/gst/sdp_mutations.h"
#include "tests/gst/sdp_texts.h"

using media::SdpTranslator;
using Type = rtc::SessionDescription::Type;

namespace {

/* A webrtcbin behind a translator, driven one step at a time. */
class Peer {
 public:
  Peer()
      : pipeline_(glib::Ref<GstElement>::sink(gst_pipeline_new(nullptr))),
        bin_(gst_element_factory_make("webrtcbin", nullptr)) {
    fail_unless(bin_ != nullptr);
    gst_util_set_object_arg(G_OBJECT(bin_), "bundle-policy", "max-bundle");
    gst_bin_add(GST_BIN(pipeline_.get()), bin_);
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    g_signal_connect(bin_, "on-new-transceiver", G_CALLBACK(on_new_transceiver), this);
  }
  ~Peer() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  SdpTranslator translator{"ours"};

  void add_receiver(rtc::MediaKind kind) {
    glib::Ref<GObject> transceiver;
    const auto caps = media::offered_caps(kind);
    g_signal_emit_by_name(bin_, "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY,
                          caps.get(), transceiver.out());
    if (kind == rtc::MediaKind::Video) g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
  }

  /* What our side says to the peer's offer; "" if something refused it. */
  std::string answer(const std::string& offer) {
    const auto shown = translator.set_remote({Type::Offer, offer});
    if (!shown) return "";
    fail_unless(set("set-remote-description", GST_WEBRTC_SDP_TYPE_OFFER, *shown), "%s",
                shown->c_str());
    apply_preferences();
    const std::string made = create("create-answer");
    fail_if(made.empty(), "%s", shown->c_str());
    const auto local = translator.set_local(Type::Answer, made);
    fail_unless(local.ok(), "%s", made.c_str());
    fail_unless(set("set-local-description", GST_WEBRTC_SDP_TYPE_ANSWER, local->for_webrtcbin),
                "%s", local->for_webrtcbin.c_str());
    apply_preferences();
    return local->for_peer;
  }

  /* An offer that is sent, but not set. */
  std::string draft_offer() {
    const auto local = translator.set_local(Type::Offer, create("create-offer"));
    fail_unless(local.ok());
    return local->for_peer;
  }

  std::string offer() {
    const auto local = translator.set_local(Type::Offer, create("create-offer"));
    fail_unless(local.ok());
    fail_unless(set("set-local-description", GST_WEBRTC_SDP_TYPE_OFFER, local->for_webrtcbin));
    return local->for_peer;
  }

  bool take_answer(const std::string& answer) {
    const auto shown = translator.set_remote({Type::Answer, answer});
    if (!shown) return false;
    fail_unless(set("set-remote-description", GST_WEBRTC_SDP_TYPE_ANSWER, *shown), "%s",
                shown->c_str());
    return true;
  }

 private:
  static void on_new_transceiver(GstElement*, GstWebRTCRTPTransceiver* transceiver, Peer* self) {
    GstWebRTCKind kind = GST_WEBRTC_KIND_UNKNOWN;
    g_object_get(transceiver, "kind", &kind, nullptr);
    if (kind == GST_WEBRTC_KIND_VIDEO) g_object_set(transceiver, "do-nack", TRUE, nullptr);
    self->prefer(transceiver);
  }

  void prefer(GstWebRTCRTPTransceiver* transceiver) const {
    guint mline = 0;
    g_object_get(transceiver, "mlineindex", &mline, nullptr);
    for (const auto& section : translator.offered_sections())
      if (section.mline == mline)
        g_object_set(transceiver, "codec-preferences", section.caps.get(), nullptr);
  }

  void apply_preferences() const {
    GArray* transceivers = nullptr;
    g_signal_emit_by_name(bin_, "get-transceivers", &transceivers);
    for (guint i = 0; i < transceivers->len; ++i)
      prefer(g_array_index(transceivers, GstWebRTCRTPTransceiver*, i));
    g_array_unref(transceivers);
  }

  bool set(const char* action, GstWebRTCSDPType type, const std::string& text) {
    GstSDPMessage* message = nullptr;
    gst_sdp_message_new_from_text(text.c_str(), &message);
    const glib::Unique<GstWebRTCSessionDescription> description(
        gst_webrtc_session_description_new(type, message));
    const auto promise = glib::Ref<GstPromise>::adopt(gst_promise_new());
    g_signal_emit_by_name(bin_, action, description.get(), promise.get());
    fail_unless(gst_promise_wait(promise.get()) == GST_PROMISE_RESULT_REPLIED);
    return !has_error(promise.get());
  }

  static bool has_error(GstPromise* promise) {
    const GstStructure* reply = gst_promise_get_reply(promise);
    const GValue* error = reply ? gst_structure_get_value(reply, "error") : nullptr;
    if (error) g_printerr("%s\n", static_cast<GError*>(g_value_get_boxed(error))->message);
    return error != nullptr;
  }

  std::string create(const char* action) {
    const auto promise = glib::Ref<GstPromise>::adopt(gst_promise_new());
    g_signal_emit_by_name(bin_, action, nullptr, promise.get());
    fail_unless(gst_promise_wait(promise.get()) == GST_PROMISE_RESULT_REPLIED);
    if (has_error(promise.get())) return "";
    const char* field = g_str_has_suffix(action, "offer") ? "offer" : "answer";
    GstWebRTCSessionDescription* made = nullptr;
    gst_structure_get(gst_promise_get_reply(promise.get()), field,
                      GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &made, nullptr);
    fail_unless(made != nullptr);
    const glib::Unique<GstWebRTCSessionDescription> owned(made);
    return media::sdp_text(*made->sdp);
  }

  glib::Ref<GstElement> pipeline_;
  GstElement* bin_;
};

using texts::Description;

Description call(const char* direction = "sendrecv") {
  return {{{"audio", "0"}, {"video", "1", direction, "stream-1", 2000}}};
}

bool has(const std::string& text, const std::string& line) {
  return text.find(line + "\r\n") != std::string::npos;
}

GST_START_TEST(answers_a_codec_of_ours_with_retransmission_and_transport_cc) {
  Peer peer;
  const std::string answer = peer.answer(texts::write(call()));
  fail_unless(answer.find("m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n") != std::string::npos);
  fail_unless(has(answer, "a=rtcp-fb:96 nack") && has(answer, "a=rtcp-fb:96 transport-cc"));
  fail_unless(has(answer, "a=extmap:3 " + std::string(media::transport_cc_uri)));
  fail_unless(has(answer, "a=fmtp:97 apt=96"));
  fail_if(has(answer, "a=rtcp-fb:111 nack"));
  fail_unless(peer.translator.codec_of("1") == "VP8");
}
GST_END_TEST

GST_START_TEST(follows_directions_stopped_and_recycled_lines) {
  Peer peer;
  for (const char* direction : {"sendrecv", "recvonly", "sendrecv", "inactive", "sendrecv"})
    fail_if(peer.answer(texts::write(call(direction))).empty());
  Description offer = call();
  offer.sections.push_back({"video", "2", "sendonly", "s2", 3000});
  offer.sections[1].stopped = true;
  fail_if(has(peer.answer(texts::write(offer)), "a=group:BUNDLE 0 1 2"));
  offer.sections[1] = {"video", "7", "sendrecv", "stream-1", 9000};
  fail_unless(has(peer.answer(texts::write(offer)), "a=group:BUNDLE 0 7 2"));
}
GST_END_TEST

GST_START_TEST(rejects_sections_that_webrtcbin_could_not) {
  Peer peer;
  Description offer = call();
  offer.sections.insert(offer.sections.begin(), {"text", "t"});
  offer.sections.push_back({"audio", "2"});
  offer.sections[3].stopped = true;
  offer.sections.push_back({"application", "3"});
  const std::string answer = peer.answer(texts::write(offer));
  fail_unless(answer.find("m=text 0 ") != std::string::npos);
  fail_unless(has(answer, "a=group:BUNDLE 0 1 3"));
}
GST_END_TEST

Description answer_of(std::vector<texts::Section> sections) {
  Description answer{std::move(sections)};
  answer.setup = "active";
  answer.answer = true;
  return answer;
}

GST_START_TEST(answers_offers_after_its_own_was_answered) {
  Peer peer;
  peer.add_receiver(rtc::MediaKind::Audio);
  peer.add_receiver(rtc::MediaKind::Video);
  peer.add_receiver(rtc::MediaKind::Video);
  const std::string offer = peer.offer();
  fail_unless(has(offer, "a=group:BUNDLE audio0 video1 video2"));
  fail_if(has(offer, "a=rtcp-fb:111 nack"));
  auto answer = answer_of({{"audio", "audio0"},
                           {"video", "video1", "inactive", "", 0},
                           {"video", "video2", "inactive", "", 0}});
  answer.sections[2].stopped = true;
  fail_unless(peer.take_answer(texts::write(answer)));
  Description theirs{{{"audio", "audio0"},
                      {"video", "video1", "sendrecv", "stream-1", 2000},
                      {"video", "recycled", "sendonly", "s2", 3000},
                      {"audio", "3", "sendonly", "s2", 4000}}};
  const std::string ours = peer.answer(texts::write(theirs));
  fail_unless(has(ours, "a=setup:passive"));
  fail_unless(has(ours, "a=group:BUNDLE audio0 video1 recycled 3"));
}
GST_END_TEST

GST_START_TEST(answers_an_offer_that_came_instead_of_an_answer) {
  for (const char* kind : {"video", "audio"}) {
    Peer peer;
    peer.answer(texts::write(call()));
    peer.add_receiver(rtc::MediaKind::Video);
    fail_unless(peer.draft_offer().find("m=video", 0) != std::string::npos);
    Description theirs = call();
    theirs.sections.push_back({kind, "9", "sendonly", "s2", 3000});
    const std::string answer = peer.answer(texts::write(theirs));
    fail_unless(has(answer, "a=group:BUNDLE 0 1 9"), "%s", answer.c_str());
  }
}
GST_END_TEST

GST_START_TEST(takes_the_role_that_the_peer_leaves) {
  Peer peer;
  Description offer = call();
  offer.setup = "active";
  fail_unless(has(peer.answer(texts::write(offer)), "a=setup:passive"));
  offer.setup = "actpass";
  fail_unless(has(peer.answer(texts::write(offer)), "a=setup:passive"));
}
GST_END_TEST

GST_START_TEST(negotiates_with_another_webrtcbin) {
  Peer caller;
  Peer callee;
  caller.add_receiver(rtc::MediaKind::Audio);
  caller.add_receiver(rtc::MediaKind::Video);
  const std::string answer = callee.answer(caller.offer());
  fail_unless(has(answer, "a=setup:active"));
  fail_unless(caller.take_answer(answer));
  fail_unless(caller.translator.codec_of("video1") == "VP8");
  fail_unless(callee.translator.codec_of("video1") == "VP8");
}
GST_END_TEST

/* The fail_unless()s of Peer say that webrtcbin takes whatever the translator lets pass. */
GST_START_TEST(no_offer_that_passes_makes_webrtcbin_fail_or_abort) {
  const std::string first = texts::write(call());
  Description more = call("recvonly");
  more.sections.push_back({"application", "2"});
  more.sections.push_back({"video", "3", "sendonly", "s2", 3000});
  unsigned accepted = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    texts::Mutator mutator(seed);
    Peer peer;
    peer.answer(seed % 3 ? first : mutator.mutate(first));
    for (int round = 0; round < 2; ++round)
      if (!peer.answer(mutator.mutate(texts::write(more))).empty()) ++accepted;
  }
  fail_unless(accepted > 50, "%u", accepted);
}
GST_END_TEST

Suite* sdp_webrtcbin_suite() {
  Suite* suite = suite_create("sdp_webrtcbin");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, answers_a_codec_of_ours_with_retransmission_and_transport_cc);
  tcase_add_test(chain, follows_directions_stopped_and_recycled_lines);
  tcase_add_test(chain, rejects_sections_that_webrtcbin_could_not);
  tcase_add_test(chain, answers_offers_after_its_own_was_answered);
  tcase_add_test(chain, answers_an_offer_that_came_instead_of_an_answer);
  tcase_add_test(chain, takes_the_role_that_the_peer_leaves);
  tcase_add_test(chain, negotiates_with_another_webrtcbin);
  tcase_add_test(chain, no_offer_that_passes_makes_webrtcbin_fail_or_abort);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(sdp_webrtcbin);
