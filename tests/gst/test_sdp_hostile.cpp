/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <set>

#include "gst/sdp_description.h"
#include "tests/gst/sdp_mutations.h"
#include "tests/gst/sdp_side.h"

namespace {

using namespace texts;

GST_START_TEST(refuses_what_makes_webrtcbin_abort_and_stays_as_it_was) {
  Side side;
  side.answer(call());
  const auto before = side.translator.remote_tracks();
  const Section audio{"audio", "0"};
  const Section video{"video", "1", "sendrecv", "stream-1", 2000};
  const std::vector<Description> offers = {
      {{{"audio", "1"}, {"video", "0"}}},  // mids swapped
      {{{"audio", "0"}, {"video", "0"}}},  // mid duplicate
      {{video, audio}},                    // sections reordered
      {{audio}},                           // section gone
      {{audio, {"video", "0"}}},           // mid moved
      {{audio, {"audio", "1"}}},           // kind changed
      {{{"video", "1"}, {"audio", "0"}, {"video", "2"}}},
      {{audio, video}, "actpass", "NewU"},  // ICE restart
      {{audio, video}, "actpass", "LotV", "sha-256 AA"},
  };
  for (const Description& offer : offers)
    fail_unless(side.answer(offer).empty(), "%s", texts::write(offer).c_str());
  Description other = call();
  other.fingerprint.replace(8, 2, "00");
  fail_unless(side.answer(other).empty());
  fail_unless(side.translator.remote_tracks() == before);
  fail_if(side.answer(call()).empty());
}
GST_END_TEST

GST_START_TEST(refuses_answers_that_fit_no_offer) {
  SdpTranslator translator("ours");
  const auto refused = [&](const Description& answer) {
    return !translator.set_remote({Type::Answer, texts::write(answer)}).ok();
  };
  const auto good = answer_of({{"audio", "audio0"}, {"video", "video1"}});
  fail_unless(refused(good), "there is no offer");
  fail_unless(translator.set_local(Type::Offer, own_offer({"audio", "video"})).ok());
  fail_unless(refused(answer_of({{"audio", "audio0"}})));
  fail_unless(refused(answer_of({{"audio", "audio0"}, {"video", "video1"}, {"video", "2"}})));
  fail_unless(refused(answer_of({{"audio", "video1"}, {"video", "audio0"}})));
  fail_unless(refused(answer_of({{"video", "audio0"}, {"audio", "video1"}})));
  fail_unless(refused(answer_of({{"audio", "audio0"}, {"video", "video1"}}, "actpass")));
  fail_if(refused(good));
  fail_unless(refused(good), "it was answered");
  fail_if(translator.set_local(Type::Answer, own_offer({"audio", "video"})).ok());
}
GST_END_TEST

/* Whatever was said before, this holds of what webrtcbin is shown. */
void check_shown(const std::string& shown, const std::vector<std::string>& mids_before,
                 std::vector<std::string>& mids) {
  const auto read = media::read_description(shown);
  fail_unless(read.ok(), "%s", shown.c_str());
  fail_unless(read->sections.size() >= mids_before.size());
  std::set<std::string> unique;
  std::string bundle = "a=group:BUNDLE";
  mids.clear();
  for (const auto& each : read->sections) {
    fail_unless(unique.insert(each.mid).second);
    fail_if(each.rejected);
    fail_unless(each.usable || each.kind == media::SdpKind::Application, "%s", shown.c_str());
    bundle += " " + each.mid;
    mids.push_back(each.mid);
  }
  for (std::size_t i = 0; i < mids_before.size(); ++i) fail_unless(mids[i] == mids_before[i]);
  fail_unless(has(shown, bundle));
  fail_unless(shown.find("a=fingerprint") > shown.find("m="));
  for (const char* direction : {"a=inactive", "a=recvonly", "a=sendonly", "bundle-only"})
    fail_unless(shown.find(direction) == std::string::npos);
}

GST_START_TEST(shows_webrtcbin_nothing_hostile_whatever_it_is_given) {
  Description more = call("recvonly");
  more.sections.push_back({"application", "2"});
  more.sections.push_back({"video", "3", "sendonly", "s2", 3000});
  unsigned accepted = 0;
  for (unsigned seed = 0; seed < 3000; ++seed) {
    texts::Mutator mutator(seed);
    Side side;
    std::vector<std::string> before;
    std::vector<std::string> mids;
    side.answer(seed % 3 ? call() : more);
    check_shown(side.shown, {}, before);
    for (int round = 0; round < 2; ++round) {
      const std::string offer = mutator.mutate(texts::write(more));
      const auto shown = side.translator.set_remote({Type::Offer, offer});
      if (!shown) continue;
      ++accepted;
      check_shown(*shown, before, mids);
      const auto local = side.translator.set_local(Type::Answer, answer_to(*shown));
      fail_unless(local.ok());
      fail_unless(media::read_description(local->for_webrtcbin).ok());
      before = mids;
    }
  }
  fail_unless(accepted > 1000, "%u", accepted);
}
GST_END_TEST

Suite* sdp_hostile_suite() {
  Suite* suite = suite_create("sdp_hostile");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, refuses_what_makes_webrtcbin_abort_and_stays_as_it_was);
  tcase_add_test(chain, refuses_answers_that_fit_no_offer);
  tcase_add_test(chain, shows_webrtcbin_nothing_hostile_whatever_it_is_given);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(sdp_hostile);
