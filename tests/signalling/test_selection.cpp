/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/selection.h"

#include <glib.h>

#include "tests/signalling/leg_fixture.h"

using namespace leg;

namespace {

const std::set<FeedKind> all = Selection().kinds;
const std::set<FeedKind> none;

void wants_everything_unless_told_otherwise() {
  g_assert_true(Selection().wanted_of("@alice:hs").size() == 4);
}

void includes_and_excludes_by_globs() {
  const Selection selection{
      .kinds = all, .include = {"@alice:*", "@b?b:hs"}, .exclude = {"*:evil"}};
  g_assert_true(selection.wanted_of("@alice:hs") == all);
  g_assert_true(selection.wanted_of("@bob:hs") == all);
  g_assert_true(selection.wanted_of("@alice:evil") == none);
  g_assert_true(selection.wanted_of("@boob:hs") == none);
  g_assert_true(selection.wanted_of("@carol:hs") == none);
}

void lets_connections_receive_what_one_kind_needs() {
  g_assert_true((received_kinds({FeedKind::Screen}) == rtc::ReceivedKinds{false, true}));
  g_assert_true((received_kinds({FeedKind::ScreenAudio}) == rtc::ReceivedKinds{true, false}));
  g_assert_true((received_kinds(all) == rtc::ReceivedKinds{true, true}));
}

void connects_to_who_is_not_wanted_and_receives_nothing() {
  Callee they;
  they.selection.exclude = {"@z:*"};
  const auto opened = pick<OpenPeer>(they.leg.listed(entry, "Zoe", t0));
  g_assert_true(opened.size() == 1);
  g_assert_true((opened[0].receives == rtc::ReceivedKinds{false, false}));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/selection/" #name, name)
  TEST(wants_everything_unless_told_otherwise);
  TEST(includes_and_excludes_by_globs);
  TEST(lets_connections_receive_what_one_kind_needs);
  TEST(connects_to_who_is_not_wanted_and_receives_nothing);
  return g_test_run();
}
