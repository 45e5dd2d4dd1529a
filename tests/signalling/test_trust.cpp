/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/trust.h"

#include <glib.h>

#include "tests/signalling/leg_fixture.h"

using namespace leg;

namespace {

/* The trust of each feed that is told of, added or changed. */
std::vector<Trust> told(const Effects& effects) {
  std::vector<Trust> trusts;
  for (const auto& feed : reports<FeedAdded>(effects)) trusts.push_back(feed.trust);
  for (const auto& feed : reports<FeedTrusted>(effects)) trusts.push_back(feed.trust);
  return trusts;
}

std::vector<Trust> both(Trust trust) {
  return {trust, trust};
}

Invite invitation() {
  Invite invite;
  invite.offer = offer;
  return invite;
}

/* Somebody whose call came as @trust says. */
struct Called : Caller {
  explicit Called(Trust trust) {
    leg.listed(entry, "Ann", t0);
    take("call", 0, invitation(), trust);
    leg.local_description(answer, t0);
    effects = connect();
  }
  Effects take(const std::string& call_id, std::int64_t seq, Signal signal, Trust trust) {
    CallMessage message = this->message(call_id, seq, std::move(signal));
    message.trust = trust;
    return leg.receive(std::move(message), true, t0);
  }
  Effects effects;
};

void is_that_of_the_least_trusted_description() {
  CallTrust trust(Trust::Clear);
  trust.described(Trust::Signed);
  g_assert_true(trust.value() == Trust::Signed);
  trust.described(Trust::Unsigned);
  g_assert_true(trust.value() == Trust::Unsigned);
  trust.described(Trust::Clear);
  trust.described(Trust::Signed);
  g_assert_true(trust.value() == Trust::Clear && trust.device() == Trust::Signed);
}

void of_feeds_is_that_of_the_call_that_brings_them() {
  for (const auto trust : {Trust::Clear, Trust::Unsigned, Trust::Signed})
    g_assert_true(told(Called(trust).effects) == both(trust));
}

void of_feeds_is_that_of_the_answer_if_we_called() {
  Callee they;
  CallMessage message = they.message(they.call(), 0, Answer{answer, {}});
  message.trust = Trust::Unsigned;
  they.leg.receive(message, true, t0);
  g_assert_true(told(they.connect()) == both(Trust::Unsigned));
}

void is_lost_by_a_later_description_in_clear() {
  Called they(Trust::Signed);
  g_assert_true(
      told(they.take("call", 1, MetadataChanged{{{"stream", {}}}}, Trust::Clear)).empty());
  g_assert_true(told(they.take("call", 2, Negotiate{offer, 60s, {}}, Trust::Clear)) ==
                both(Trust::Clear));
  g_assert_true(told(they.leg.device_trusted(Trust::Signed, t0)).empty());
}

/* What was said in the call before does not matter, the feeds stay. */
void comes_anew_with_each_call() {
  Called they(Trust::Clear);
  they.leg.peer_failed(rtc::PeerFailure::IceRestart, "", t0);
  they.take("later", 0, invitation(), Trust::Unsigned);
  they.leg.local_description(answer, t0);
  g_assert_true(told(they.connect()) == both(Trust::Unsigned));
}

void follows_what_is_known_of_the_device() {
  Called they(Trust::Unsigned);
  g_assert_true(told(they.leg.device_trusted(Trust::Signed, t0)) == both(Trust::Signed));
  g_assert_true(told(they.leg.device_trusted(Trust::Signed, t0)).empty());
  g_assert_true(told(they.leg.device_trusted(Trust::Unsigned, t0)) == both(Trust::Unsigned));
  Called clear(Trust::Clear);
  g_assert_true(told(clear.leg.device_trusted(Trust::Signed, t0)).empty());
}

/* The invite of one without an entry yet is held, and readied. */
void is_that_of_a_message_that_overtook_the_entry() {
  Caller early;
  CallMessage invite = early.message("call", 0, invitation());
  invite.trust = Trust::Signed;
  early.leg.receive(invite, true, t0);
  early.leg.local_description(answer, t0);
  early.leg.listed(entry, "Ann", t0);
  g_assert_true(told(early.connect()) == both(Trust::Signed));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/trust/" #name, name)
  TEST(is_that_of_the_least_trusted_description);
  TEST(of_feeds_is_that_of_the_call_that_brings_them);
  TEST(of_feeds_is_that_of_the_answer_if_we_called);
  TEST(is_lost_by_a_later_description_in_clear);
  TEST(comes_anew_with_each_call);
  TEST(follows_what_is_known_of_the_device);
  TEST(is_that_of_a_message_that_overtook_the_entry);
#undef TEST
  return g_test_run();
}
