/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/sdp_candidates.h"

#include <glib.h>

using namespace matrix;
using rtc::IceCandidate;
using rtc::SessionDescription;

namespace {

constexpr auto offer = SessionDescription::Type::Offer;

void takes_candidates_out_and_says_which_section_they_are_of() {
  const auto result = detach_candidates(
      {offer,
       "v=0\r\nm=audio 9\r\na=candidate:1 x\r\na=mid:one\r\na=candidate:2 x\r\n"
       "a=end-of-candidates\r\na=sendrecv\r\nm=video 9\r\na=mid:two\r\na=candidate:3 x\r\n"});
  g_assert_true(result.description.sdp ==
                "v=0\r\nm=audio 9\r\na=mid:one\r\na=sendrecv\r\nm=video 9\r\na=mid:two\r\n");
  g_assert_true((result.candidates == std::vector<IceCandidate>{{"candidate:1 x", "one", 0},
                                                                {"candidate:2 x", "one", 0},
                                                                {"candidate:3 x", "two", 1}}));
}

/* Whatever a parser may take for the end of a line. */
void leaves_no_candidate_behind() {
  for (const char* sdp : {"m=audio\ra=candidate:1\r", "m=audio\na=candidate:1", "a=candidate:1",
                          "\r\n\r\nm=audio\n\ra=candidate:1\n", "m=audio\r\ra=candidate:1\r\r"}) {
    const auto result = detach_candidates({offer, sdp});
    g_assert_true(result.description.sdp.find("candidate") == std::string::npos);
  }
}

void leaves_a_description_without_candidates_as_it_is() {
  for (const char* sdp : {"", "v=0\r\nm=audio\r\na=mid:0", "\r\n", "a=candidates-none\n"}) {
    const auto result = detach_candidates({offer, sdp});
    g_assert_true(result.description.sdp == sdp);
    g_assert_true(result.candidates.empty());
  }
}

void keeps_no_more_than_a_peer_has() {
  std::string sdp = "m=audio\r\n";
  for (int i = 0; i < 10000; i++) sdp += "a=candidate:1\r\n";
  g_assert_cmpuint(detach_candidates({offer, sdp}).candidates.size(), ==, 256);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/sdp_candidates/" #name, name)
  TEST(takes_candidates_out_and_says_which_section_they_are_of);
  TEST(leaves_no_candidate_behind);
  TEST(leaves_a_description_without_candidates_as_it_is);
  TEST(keeps_no_more_than_a_peer_has);
  return g_test_run();
}
