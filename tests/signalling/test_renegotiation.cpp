/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/renegotiation.h"

#include <glib.h>

using namespace matrix;
using namespace std::chrono_literals;
using State = Renegotiation::State;
using Type = SessionDescription::Type;

namespace {

constexpr Time t0 = 1'700'000'000'000ms;
const SessionDescription one{Type::Offer, "one"};
const SessionDescription two{Type::Offer, "two"};

Renegotiation offered() {
  Renegotiation machine;
  machine.make_offer(t0);
  g_assert_true(machine.made(Type::Offer, t0));
  return machine;
}

void offers_and_takes_one_answer() {
  Renegotiation machine = offered();
  g_assert_true(machine.deadline() == t0 + 60s);
  g_assert_true(machine.receive_answer());
  g_assert_true(machine.is_stable());
  g_assert_false(machine.deadline().has_value());
  g_assert_false(machine.receive_answer());
}

void answers_an_offer_once() {
  Renegotiation machine;
  g_assert_true(machine.receive_offer(one, false, t0));
  g_assert_false(machine.made(Type::Offer, t0));
  g_assert_true(machine.made(Type::Answer, t0));
  g_assert_false(machine.made(Type::Answer, t0));
}

void gives_way_or_insists_where_offers_cross() {
  Renegotiation polite = offered();
  g_assert_true(polite.receive_offer(one, true, t0));
  g_assert_false(polite.receive_answer()); /* to ours, which is void */
  g_assert_true(polite.made(Type::Answer, t0));

  Renegotiation impolite = offered();
  g_assert_false(impolite.receive_offer(one, false, t0));
  g_assert_true(impolite.receive_answer());
  g_assert_false(impolite.take_waiting(t0).has_value());
}

void prefers_theirs_to_an_offer_that_nobody_has_seen() {
  Renegotiation machine;
  machine.make_offer(t0);
  g_assert_true(machine.receive_offer(one, false, t0));
  g_assert_false(machine.made(Type::Offer, t0));
  g_assert_true(machine.state() == State::Answering);
}

void keeps_the_last_of_those_that_come_while_it_answers() {
  Renegotiation machine;
  machine.receive_offer(one, true, t0);
  g_assert_false(machine.receive_offer(one, true, t0));
  g_assert_false(machine.receive_offer(two, true, t0));
  g_assert_false(machine.take_waiting(t0).has_value());
  machine.made(Type::Answer, t0);
  g_assert_true(machine.take_waiting(t0) == two);
  g_assert_true(machine.state() == State::Answering);
  machine.made(Type::Answer, t0);
  g_assert_false(machine.take_waiting(t0).has_value());
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/renegotiation/" #name, name)
  TEST(offers_and_takes_one_answer);
  TEST(answers_an_offer_once);
  TEST(gives_way_or_insists_where_offers_cross);
  TEST(prefers_theirs_to_an_offer_that_nobody_has_seen);
  TEST(keeps_the_last_of_those_that_come_while_it_answers);
  return g_test_run();
}
