/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gst/sdp_side.h"

namespace {

using namespace texts;

GST_START_TEST(answers_that_it_receives_and_names_its_stream) {
  Side side;
  const std::string answer = side.answer(call());
  fail_unless(has(section(answer, 0), "a=sendrecv"));
  fail_unless(has(section(answer, 0), "a=msid:ours ours-a0"));
  fail_unless(has(section(answer, 1), "a=recvonly"));
  fail_unless(section(answer, 1).find("msid") == std::string::npos);
  fail_unless(section(answer, 1).find("a=ssrc") == std::string::npos);
  fail_unless(has(answer, "a=group:BUNDLE 0 1"));
  fail_unless(side.translator.codec_of("0") == "OPUS");
  fail_unless(side.translator.codec_of("1") == "VP8");
}
GST_END_TEST

GST_START_TEST(names_its_stream_only_where_the_peer_would_take_it) {
  Side side;
  const std::string answer =
      side.answer({{{"audio", "0", "sendonly"}, {"audio", "1", "recvonly"}}});
  fail_unless(has(section(answer, 0), "a=recvonly"));
  fail_unless(has(section(answer, 1), "a=sendonly"));
  fail_unless(has(section(answer, 1), "a=msid:ours ours-a0"));
}
GST_END_TEST

GST_START_TEST(hides_direction_changes_both_ways) {
  Side side;
  const struct {
    const char* offered;
    bool sending;
    const char* answered;
  } steps[] = {{"sendrecv", true, "recvonly"}, {"recvonly", false, "inactive"},
               {"sendrecv", true, "recvonly"}, {"inactive", false, "inactive"},
               {"sendrecv", true, "recvonly"}, {"sendonly", true, "recvonly"}};
  for (const auto& step : steps) {
    const std::string answer = side.answer(call(step.offered));
    fail_unless(has(section(answer, 1), std::string("a=") + step.answered), "%s", step.offered);
    fail_unless(has(section(side.shown, 1), "a=sendrecv"));
    const auto& tracks = side.translator.remote_tracks();
    fail_unless(tracks.size() == 2 && tracks[1].sending == step.sending);
    fail_unless_equals_string(tracks[1].stream_id.c_str(), "stream-1");
    fail_unless(side.translator.codec_of("1") == "VP8");
  }
}
GST_END_TEST

GST_START_TEST(shows_one_mid_for_ever_when_a_line_is_recycled) {
  Side side;
  side.answer(call());
  const std::string mid = "a=mid:line1";
  fail_unless(has(section(side.shown, 1), mid));

  Description stopped = call();
  stopped.sections[1].stopped = true;
  std::string answer = side.answer(stopped);
  fail_unless(has(section(side.shown, 1), mid));
  fail_unless(section(side.shown, 1).starts_with("m=video 9 "));
  fail_unless(section(answer, 1).starts_with("m=video 0 UDP/TLS/RTP/SAVPF 45\r\n"));
  fail_unless(has(section(answer, 1), "a=mid:1") && has(section(answer, 1), "a=inactive"));
  fail_unless(section(answer, 1).find("fingerprint") == std::string::npos);
  fail_unless(has(answer, "a=group:BUNDLE 0"));
  fail_if(side.translator.remote_tracks()[1].sending);
  fail_if(side.translator.mid_of_ssrc(2000).has_value());

  Description recycled = call();
  recycled.sections[1].mid = "7";
  answer = side.answer(recycled);
  fail_unless(has(section(side.shown, 1), mid));
  fail_unless(has(section(answer, 1), "a=mid:7") && has(section(answer, 1), "a=recvonly"));
  fail_unless(has(answer, "a=group:BUNDLE 0 7"));
  fail_unless_equals_string(side.translator.remote_tracks()[1].mid.c_str(), "7");
  fail_unless(side.translator.mline_of("7") == 1u && !side.translator.mline_of("1"));
  fail_unless(side.translator.mid_of_ssrc(2001) == "7");
}
GST_END_TEST

GST_START_TEST(tells_the_peer_what_we_do_not_receive) {
  Side side{.receives = {.audio = true, .video = false}};
  const std::string answer = side.answer(call());
  fail_unless(has(section(answer, 1), "a=inactive"));
  fail_if(has(section(answer, 0), "a=inactive"));
  Side caller{.receives = {.audio = false, .video = true}};
  const auto offer = caller.translator.set_local(Type::Offer, own_offer({"audio", "video"}));
  fail_unless(offer.ok());
  /* It names our stream. */
  fail_unless(has(section(offer->for_peer, 0), "a=sendonly"));
  fail_unless(has(section(offer->for_peer, 1), "a=recvonly"));
}
GST_END_TEST

GST_START_TEST(survives_a_first_offer_with_a_stopped_section) {
  Side side;
  Description offer = call();
  offer.sections[0].stopped = true;
  const std::string answer = side.answer(offer);
  fail_unless(has(section(side.shown, 0), "a=mid:line0"));
  fail_unless(section(side.shown, 0).starts_with("m=audio 9 "));
  fail_unless(section(answer, 0).starts_with("m=audio 0 "));
  fail_unless(has(answer, "a=group:BUNDLE 1"));
  fail_if(side.translator.offered_sections()[0].accepted);
}
GST_END_TEST

GST_START_TEST(lets_every_section_be_stopped_and_come_back) {
  Side side;
  side.answer(call());
  Description stopped = call();
  for (Section& each : stopped.sections) each.stopped = true;
  const std::string answer = side.answer(stopped);
  fail_unless(section(answer, 0).starts_with("m=audio 0 "));
  fail_unless(answer.find("BUNDLE") == std::string::npos);
  fail_unless(has(section(side.shown, 1), "a=ice-ufrag:LotV"));
  fail_unless(has(section(side.answer(call()), 1), "a=recvonly"));
}
GST_END_TEST

GST_START_TEST(rejects_what_it_cannot_take_but_for_webrtcbin) {
  Side side;
  Description offer = call();
  offer.sections.push_back({"video", "2", "sendonly", "s2", 3000});
  const std::string text = texts::write(offer);
  const std::size_t last = text.rfind("m=video");
  const std::string no_codec = text.substr(0, last) + replaced(text.substr(last), "90000", "8000");
  const auto shown = side.translator.set_remote({Type::Offer, no_codec});
  fail_unless(shown.ok());
  fail_unless(has(*shown, "a=group:BUNDLE line0 line1 line2"));
  const auto sections = side.translator.offered_sections();
  fail_unless(sections.size() == 3 && sections[1].accepted && !sections[2].accepted);
  fail_if(gst_caps_is_empty(sections[2].caps.get()));
  const auto local = side.translator.set_local(Type::Answer, answer_to(*shown));
  fail_unless(section(local->for_peer, 2).starts_with("m=video 0 "));
  fail_unless(section(local->for_webrtcbin, 2).starts_with("m=video 9 "));
  fail_if(side.translator.remote_tracks()[2].sending);
  fail_unless(side.translator.codec_of("2").empty());
}
GST_END_TEST

GST_START_TEST(rejects_kinds_that_it_does_not_know) {
  Side side;
  Description offer = call();
  offer.sections.push_back({"text", "2"});
  const std::string answer = side.answer(offer);
  fail_unless(section(side.shown, 2).starts_with("m=video 9 "));
  fail_unless(section(answer, 2).starts_with("m=text 0 "));
  fail_unless(side.translator.remote_tracks().size() == 2);
}
GST_END_TEST

GST_START_TEST(bundles_only_for_a_peer_that_does) {
  SdpTranslator translator("ours");
  const std::string offer = replaced(texts::write({{{"audio", "0"}}}), "a=group:BUNDLE 0\r\n", "");
  const auto shown = translator.set_remote({Type::Offer, offer});
  fail_unless(shown.ok() && has(*shown, "a=group:BUNDLE line0"));
  const auto local = translator.set_local(Type::Answer, answer_to(*shown));
  fail_unless(local->for_peer.find("BUNDLE") == std::string::npos);
  fail_unless(has(section(local->for_peer, 0), "a=sendrecv"));
}
GST_END_TEST

GST_START_TEST(gives_stand_ins_payload_types_of_their_own) {
  Side side;
  Description offer{{{"audio", "0"}, {"video", "1"}, {"audio", "2"}}};
  offer.sections[0].stopped = offer.sections[1].stopped = true;
  side.answer(offer);
  fail_unless(section(side.shown, 0).starts_with("m=audio 9 UDP/TLS/RTP/SAVPF 127\r\n"));
  fail_unless(section(side.shown, 1).starts_with("m=video 9 UDP/TLS/RTP/SAVPF 126\r\n"));
}
GST_END_TEST

GST_START_TEST(offers_actpass_and_that_it_would_send_audio) {
  SdpTranslator translator("ours");
  const auto local = translator.set_local(Type::Offer, own_offer({"audio", "video", "video"}));
  fail_unless(local.ok());
  fail_unless(has(section(local->for_peer, 0), "a=sendrecv"));
  fail_unless(has(section(local->for_peer, 0), "a=msid:ours ours-a0"));
  fail_unless(has(section(local->for_webrtcbin, 0), "a=recvonly"));
  fail_unless(has(section(local->for_peer, 2), "a=recvonly"));
  for (unsigned i = 0; i < 3; ++i) {
    fail_unless(has(section(local->for_peer, i), "a=setup:actpass"));
    fail_unless(has(section(local->for_webrtcbin, i), "a=setup:actpass"));
  }
  fail_unless(translator.mid_at(1) == "video1");
  fail_unless(translator.mid_at(3).empty());
}
GST_END_TEST

GST_START_TEST(keeps_the_dtls_role_of_the_first_negotiation) {
  for (const bool passive : {true, false}) {
    SdpTranslator translator("ours");
    fail_unless(translator.set_local(Type::Offer, own_offer({"audio"})).ok());
    const auto answer = answer_of({{"audio", "audio0"}}, passive ? "active" : "passive");
    fail_unless(translator.set_remote({Type::Answer, texts::write(answer)}).ok());
    const Description offer{{{"audio", "audio0"}}};
    const auto shown = translator.set_remote({Type::Offer, texts::write(offer)});
    const auto local = translator.set_local(Type::Answer, answer_to(*shown));
    const std::string line = passive ? "a=setup:passive" : "a=setup:active";
    fail_unless(has(local->for_peer, line) && has(local->for_webrtcbin, line));
  }
}
GST_END_TEST

GST_START_TEST(keeps_the_role_that_it_answered_with) {
  Side side;
  fail_unless(has(side.answer(call()), "a=setup:active"));
  Description again = call();
  again.setup = "passive";
  side.answer(again);
  fail_unless(has(side.shown, "a=setup:actpass"));
  fail_unless(side.translator
                  .set_local(Type::Offer,
                             replaced(replaced(own_offer({"audio", "video"}), "audio0", "line0"),
                                      "video1", "line1"))
                  .ok());
  const auto shown = side.translator.set_remote(
      {Type::Answer, texts::write(answer_of({{"audio", "0"}, {"video", "1"}}, "active"))});
  fail_unless(shown.ok() && has(*shown, "a=setup:passive"));
}
GST_END_TEST

GST_START_TEST(reads_an_answer_to_its_offer) {
  SdpTranslator translator("ours");
  fail_unless(translator.set_local(Type::Offer, own_offer({"audio", "video", "video"})).ok());
  auto answer = answer_of({{"audio", "audio0", "sendrecv", "s", 10},
                           {"video", "video1", "sendonly", "s", 20},
                           {"video", "video2", "inactive", "", 0}});
  answer.sections[2].stopped = true;
  const auto shown = translator.set_remote({Type::Answer, texts::write(answer)});
  fail_unless(shown.ok());
  fail_unless(section(*shown, 2).starts_with("m=video 9 "));
  fail_unless(translator.codec_of("video1") == "VP8" && translator.codec_of("video2").empty());
  const std::vector<rtc::RemoteTrack> expected = {{"audio0", rtc::MediaKind::Audio, "s", true},
                                                  {"video1", rtc::MediaKind::Video, "s", true},
                                                  {"video2", rtc::MediaKind::Video, "", false}};
  fail_unless(translator.remote_tracks() == expected);
}
GST_END_TEST

GST_START_TEST(takes_no_codec_that_it_did_not_offer) {
  SdpTranslator translator("ours");
  fail_unless(translator.set_local(Type::Offer, own_offer({"video"})).ok());
  const auto answer = texts::write(answer_of({{"video", "video0"}}));
  const auto shown = translator.set_remote(
      {Type::Answer, replaced(replaced(answer, ":96", ":99"), "96 97", "99 97")});
  fail_unless(shown.ok());
  fail_unless(shown->find(":99 ") == std::string::npos);
  fail_if(translator.remote_tracks()[0].sending);
}
GST_END_TEST

GST_START_TEST(lets_the_page_reuse_a_line_of_ours) {
  SdpTranslator translator("ours");
  fail_unless(translator.set_local(Type::Offer, own_offer({"audio", "video"})).ok());
  const auto answer = answer_of({{"audio", "audio0"}, {"video", "video1", "inactive", "", 0}});
  fail_unless(translator.set_remote({Type::Answer, texts::write(answer)}).ok());
  const Description offer{{{"audio", "audio0"}, {"video", "video1", "sendrecv", "new", 50}}};
  const auto shown = translator.set_remote({Type::Offer, texts::write(offer)});
  fail_unless(shown.ok());
  fail_unless(has(section(*shown, 1), "a=mid:video1"));
  fail_unless(has(section(translator.set_local(Type::Answer, answer_to(*shown))->for_peer, 1),
                  "a=recvonly"));
  fail_unless(translator.mid_of_ssrc(50) == "video1");
}
GST_END_TEST

GST_START_TEST(finds_the_section_of_a_track_whose_source_is_not_declared) {
  SdpTranslator translator("ours");
  fail_unless(translator.set_local(Type::Offer, own_offer({"audio", "video", "video"})).ok());
  const auto answer = answer_of({{"audio", "audio0"}, {"video", "video1"}, {"video", "video2"}});
  fail_unless(translator.set_remote({Type::Answer, texts::write(answer)}).ok());
  fail_unless(translator.mid_of_payload(96, 0) == "video1");
  fail_unless(translator.mid_of_payload(96, 2) == "video2");
  fail_unless(translator.mid_of_payload(111, 0) == "audio0");
  fail_if(translator.mid_of_payload(77, 0));
}
GST_END_TEST

GST_START_TEST(shows_the_mid_of_an_offer_that_was_dropped) {
  Side side;
  side.answer(call());
  const std::string ours = replaced(
      replaced(own_offer({"audio", "video", "video"}), "audio0", "line0"), "video1", "line1");
  fail_unless(side.translator.set_local(Type::Offer, ours).ok());
  Description theirs = call();
  theirs.sections.push_back({"audio", "2", "sendonly", "s2", 3000});
  const std::string answer = side.answer(theirs);
  fail_unless(has(section(side.shown, 2), "a=mid:video2"));
  fail_unless(section(side.shown, 2).starts_with("m=audio "));
  fail_unless(has(section(answer, 2), "a=mid:2"));
  fail_unless(side.answer(call()).empty(), "a section of theirs is gone");
}
GST_END_TEST

GST_START_TEST(gives_its_own_section_a_mid_that_is_free) {
  Side side;
  Description offer = call();
  offer.sections[1].mid = "video2";
  side.answer(offer);
  const std::string ours = replaced(
      replaced(own_offer({"audio", "video", "video"}), "audio0", "line0"), "video1", "line1");
  const auto local = side.translator.set_local(Type::Offer, ours);
  fail_unless(local.ok());
  fail_unless(has(section(local->for_peer, 1), "a=mid:video2"));
  fail_unless(has(section(local->for_peer, 2), "a=mid:video2x"));
  fail_unless(has(section(local->for_webrtcbin, 2), "a=mid:video2"));
}
GST_END_TEST

GST_START_TEST(tells_an_ice_restart_beforehand) {
  Side side;
  const auto restarts = [&](const Description& offer) {
    return side.translator.is_ice_restart({Type::Offer, texts::write(offer)});
  };
  Description restart = call();
  restart.ufrag = "NewU";
  fail_if(restarts(restart), "nothing came before");
  side.answer(call());
  fail_unless(restarts(restart));
  fail_if(restarts(call("inactive")));
  fail_if(side.translator.is_ice_restart({Type::Offer, "v=0"}));
}
GST_END_TEST

GST_START_TEST(writes_candidates_into_the_sections) {
  Side side;
  const std::string answer = side.answer(call());
  const std::string text =
      SdpTranslator::with_candidates(answer,
                                     {{"candidate:1 1 UDP 1 192.0.2.1 1000 typ host", "0", 0},
                                      {"candidate:2 1 UDP 1 192.0.2.1 1001 typ host", "", 1},
                                      {"candidate:3 1 UDP 1 192.0.2.1 1002 typ host", "", 9},
                                      {"", "0", 0}},
                                     true);
  fail_unless(has(section(text, 0), "a=candidate:1 1 UDP 1 192.0.2.1 1000 typ host"));
  fail_unless(has(section(text, 1), "a=candidate:2 1 UDP 1 192.0.2.1 1001 typ host"));
  fail_unless(text.find("candidate:3") == std::string::npos);
  fail_unless(has(section(text, 0), "a=end-of-candidates"));
  fail_unless(section(text, 1).find("end-of-candidates") == std::string::npos);
  fail_if(has(SdpTranslator::with_candidates(answer, {}, false), "a=end-of-candidates"));
}
GST_END_TEST

GST_START_TEST(shows_the_peer_s_candidates_in_the_first_section) {
  Side side;
  Description offer = call();
  offer.sections[0].more = "a=candidate:1 1 udp 1 192.0.2.1 1000 typ host\r\n";
  side.answer(offer);
  fail_unless(has(section(side.shown, 0), "a=candidate:1 1 udp 1 192.0.2.1 1000 typ host"));
}
GST_END_TEST

Suite* sdp_translator_suite() {
  Suite* suite = suite_create("sdp_translator");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, answers_that_it_receives_and_names_its_stream);
  tcase_add_test(chain, names_its_stream_only_where_the_peer_would_take_it);
  tcase_add_test(chain, tells_the_peer_what_we_do_not_receive);
  tcase_add_test(chain, hides_direction_changes_both_ways);
  tcase_add_test(chain, shows_one_mid_for_ever_when_a_line_is_recycled);
  tcase_add_test(chain, survives_a_first_offer_with_a_stopped_section);
  tcase_add_test(chain, lets_every_section_be_stopped_and_come_back);
  tcase_add_test(chain, rejects_what_it_cannot_take_but_for_webrtcbin);
  tcase_add_test(chain, rejects_kinds_that_it_does_not_know);
  tcase_add_test(chain, bundles_only_for_a_peer_that_does);
  tcase_add_test(chain, gives_stand_ins_payload_types_of_their_own);
  tcase_add_test(chain, offers_actpass_and_that_it_would_send_audio);
  tcase_add_test(chain, keeps_the_dtls_role_of_the_first_negotiation);
  tcase_add_test(chain, keeps_the_role_that_it_answered_with);
  tcase_add_test(chain, reads_an_answer_to_its_offer);
  tcase_add_test(chain, takes_no_codec_that_it_did_not_offer);
  tcase_add_test(chain, lets_the_page_reuse_a_line_of_ours);
  tcase_add_test(chain, finds_the_section_of_a_track_whose_source_is_not_declared);
  tcase_add_test(chain, shows_the_mid_of_an_offer_that_was_dropped);
  tcase_add_test(chain, gives_its_own_section_a_mid_that_is_free);
  tcase_add_test(chain, tells_an_ice_restart_beforehand);
  tcase_add_test(chain, writes_candidates_into_the_sections);
  tcase_add_test(chain, shows_the_peer_s_candidates_in_the_first_section);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(sdp_translator);
