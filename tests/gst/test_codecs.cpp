/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ostream>

#include <gst/check/gstcheck.h>

#include "gst/codecs.h"

namespace {

media::SdpFormat format(const char* name, unsigned payload) {
  media::SdpFormat made;
  made.encoding_name = name;
  made.payload = payload;
  made.clock_rate = 90000;
  made.nack = made.pli = made.transport_cc = true;
  return made;
}

std::string string_in(const GstStructure* structure, const char* field) {
  const char* value = gst_structure_get_string(structure, field);
  return value ? value : "";
}

GST_START_TEST(knows_only_codecs_that_it_can_take_out_of_rtp) {
  fail_unless(media::find_codec("VP8") != nullptr);
  fail_unless(media::find_codec("OPUS")->kind == rtc::MediaKind::Audio);
  fail_unless(media::find_codec("PCMU") == nullptr);
  fail_unless(media::find_codec("RTX") == nullptr);
  fail_unless(media::find_codec("vp8") == nullptr);
  for (const auto kind : {rtc::MediaKind::Audio, rtc::MediaKind::Video})
    for (const media::Codec* codec : media::available_codecs(kind)) {
      fail_unless(codec->kind == kind);
      fail_unless_equals_string(codec->encoded_caps, codec->decoder_caps);
      fail_unless(media::find_codec(codec->encoding_name) == codec);
    }
  fail_unless(media::preference_of("VP8") < media::preference_of("VP9"));
  fail_unless(media::preference_of("VP9") < media::preference_of("H264"));
  fail_unless(media::preference_of("H264") < media::preference_of("AV1"));
}
GST_END_TEST

GST_START_TEST(offers_every_codec_with_a_payload_type_of_its_own) {
  const auto caps = media::offered_caps(rtc::MediaKind::Video);
  fail_unless(gst_caps_get_size(caps.get()) ==
              media::available_codecs(rtc::MediaKind::Video).size());
  std::vector<int> payloads;
  for (guint i = 0; i < gst_caps_get_size(caps.get()); ++i) {
    const GstStructure* codec = gst_caps_get_structure(caps.get(), i);
    int payload = 0;
    fail_unless(gst_structure_get_int(codec, "payload", &payload));
    for (const int other : payloads) fail_if(other == payload);
    payloads.push_back(payload);
    fail_unless(string_in(codec, "extmap-3") == media::transport_cc_uri);
    fail_unless(gst_structure_has_field(codec, "rtcp-fb-nack"));
  }
  fail_unless(string_in(gst_caps_get_structure(caps.get(), 0), "encoding-name") == "VP8");
}
GST_END_TEST

GST_START_TEST(asks_for_no_retransmission_of_audio) {
  // Chromium refuses a whole offer that has it.
  const auto caps = media::offered_caps(rtc::MediaKind::Audio);
  const GstStructure* opus = gst_caps_get_structure(caps.get(), 0);
  fail_unless(string_in(opus, "encoding-name") == "OPUS");
  fail_if(gst_structure_has_field(opus, "rtcp-fb-nack"));
  fail_unless(gst_structure_has_field(opus, "rtcp-fb-transport-cc"));
}
GST_END_TEST

GST_START_TEST(answers_with_the_offer_s_payload_types_and_ids) {
  media::SdpSection section;
  section.formats = {format("VP8", 101), format("H264", 35), format("RTX", 102)};
  section.formats[1].nack = false;
  section.transport_cc_id = 7;
  const auto caps = media::answered_caps(section);
  fail_unless(gst_caps_get_size(caps.get()) == 2);
  const GstStructure* first = gst_caps_get_structure(caps.get(), 0);
  int payload = 0;
  fail_unless(gst_structure_get_int(first, "payload", &payload) && payload == 101);
  fail_unless(string_in(first, "extmap-7") == media::transport_cc_uri);
  fail_unless(gst_structure_has_field(first, "rtcp-fb-nack"));
  fail_if(gst_structure_has_field(first, "rtcp-fb-ccm-fir"));
  fail_if(gst_structure_has_field(gst_caps_get_structure(caps.get(), 1), "rtcp-fb-nack"));
}
GST_END_TEST

GST_START_TEST(says_that_opus_has_two_channels_in_whatever_it_describes) {
  media::SdpSection section;
  section.kind = media::SdpKind::Audio;
  section.formats = {format("OPUS", 111)};
  const auto* opus = media::find_codec("OPUS");
  for (const auto& caps :
       {media::answered_caps(section), media::offered_caps(rtc::MediaKind::Audio),
        media::sent_caps(*opus, {}, nullptr), media::sent_caps(*opus, {}, section.formats.data())})
    fail_unless(string_in(gst_caps_get_structure(caps.get(), 0), "encoding-params") == "2");
}
GST_END_TEST

GST_START_TEST(answers_with_nothing_where_nothing_is_in_common) {
  fail_unless(gst_caps_is_empty(media::answered_caps({}).get()));
}
GST_END_TEST

Suite* codecs_suite() {
  Suite* suite = suite_create("codecs");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, knows_only_codecs_that_it_can_take_out_of_rtp);
  tcase_add_test(chain, offers_every_codec_with_a_payload_type_of_its_own);
  tcase_add_test(chain, asks_for_no_retransmission_of_audio);
  tcase_add_test(chain, answers_with_the_offer_s_payload_types_and_ids);
  tcase_add_test(chain, says_that_opus_has_two_channels_in_whatever_it_describes);
  tcase_add_test(chain, answers_with_nothing_where_nothing_is_in_common);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(codecs);
