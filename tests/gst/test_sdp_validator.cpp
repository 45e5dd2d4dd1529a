/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ostream>

#include <gst/check/gstcheck.h>

#include "gst/sdp_validator.h"

namespace {

using media::SdpKind;

media::SdpSection section(SdpKind kind, const char* mid) {
  media::SdpSection made;
  made.kind = kind;
  made.mid = mid;
  return made;
}

media::SdpDescription description(std::vector<media::SdpSection> sections) {
  media::SdpDescription made{std::move(sections), 0u, true, {}};
  made.transport.ufrag = "user";
  made.transport.setup = "active";
  made.transport.fingerprint = {"sha-256", "AA"};
  return made;
}

const std::vector<media::KnownSection> known = {
    {"0", SdpKind::Audio, true}, {"1", SdpKind::Video, true}, {"video2", SdpKind::Video, false}};

GST_START_TEST(lets_a_section_be_recycled_and_one_be_added) {
  const auto last = description({}).transport;
  const auto audio = section(SdpKind::Audio, "0");
  fail_unless(media::check_offer(
                  description({audio, section(SdpKind::Video, "7"), section(SdpKind::Audio, "8")}),
                  known, last)
                  .ok());
}
GST_END_TEST

GST_START_TEST(binds_only_what_both_sides_agreed_on) {
  const auto offer = description({section(SdpKind::Audio, "0"), section(SdpKind::Video, "1")});
  fail_unless(media::check_offer(offer, known, {}).ok());
  std::vector<media::KnownSection> all = known;
  all[2].negotiated = true;
  fail_if(media::check_offer(offer, all, {}).ok());
}
GST_END_TEST

GST_START_TEST(refuses_sections_that_are_gone_moved_or_of_another_kind) {
  const auto audio = section(SdpKind::Audio, "0");
  const auto video = section(SdpKind::Video, "1");
  fail_if(media::check_offer(description({audio}), known, {}).ok());
  fail_if(media::check_offer(description({video, audio}), known, {}).ok());
  fail_if(media::check_offer(description({audio, section(SdpKind::Video, "0")}), known, {}).ok());
  fail_if(media::check_offer(description({audio, section(SdpKind::Audio, "1")}), known, {}).ok());
  fail_if(media::check_offer(description({audio, section(SdpKind::Video, "")}), known, {}).ok());
}
GST_END_TEST

GST_START_TEST(refuses_another_transport) {
  const auto offer = description({section(SdpKind::Audio, "0"), section(SdpKind::Video, "1")});
  auto last = offer.transport;
  fail_unless(media::check_offer(offer, known, last).ok());
  fail_if(media::has_new_credentials(offer, last));
  last.ufrag = "other";
  fail_unless(media::has_new_credentials(offer, last));
  fail_if(media::check_offer(offer, known, last).ok());
  last = offer.transport;
  last.fingerprint.value = "BB";
  fail_if(media::check_offer(offer, known, last).ok());
  auto all_rejected = offer;
  all_rejected.tag.reset();
  fail_if(media::check_offer(all_rejected, known, {}).ok());
  fail_unless(media::check_offer(all_rejected, known, offer.transport).ok());
}
GST_END_TEST

GST_START_TEST(wants_answers_section_by_section) {
  const std::vector<media::KnownSection> offered = {{"a", SdpKind::Audio, false},
                                                    {"v", SdpKind::Video, false}};
  const auto audio = section(SdpKind::Audio, "a");
  const auto video = section(SdpKind::Video, "v");
  const auto check = [&](const media::SdpDescription& answer) {
    return media::check_answer(answer, offered, {}).ok();
  };
  fail_unless(check(description({audio, video})));
  fail_if(check(description({audio})));
  fail_if(check(description({audio, video, video})));
  fail_if(check(description({audio, section(SdpKind::Video, "x")})));
  fail_if(check(description({audio, section(SdpKind::Audio, "v")})));
  auto unnamed = section(SdpKind::Video, "");
  fail_if(check(description({audio, unnamed})));
  unnamed.rejected = true;
  fail_unless(check(description({audio, unnamed})));
  auto undecided = description({audio, video});
  undecided.transport.setup = "actpass";
  fail_if(check(undecided));
}
GST_END_TEST

Suite* sdp_validator_suite() {
  Suite* suite = suite_create("sdp_validator");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, lets_a_section_be_recycled_and_one_be_added);
  tcase_add_test(chain, binds_only_what_both_sides_agreed_on);
  tcase_add_test(chain, refuses_sections_that_are_gone_moved_or_of_another_kind);
  tcase_add_test(chain, refuses_another_transport);
  tcase_add_test(chain, wants_answers_section_by_section);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(sdp_validator);
