/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/sequencer.h"

#include <glib.h>

#include <algorithm>
#include <random>

using namespace matrix;
using namespace std::chrono_literals;

namespace {

constexpr Time t0 = 1'700'000'000'000ms;

CallMessage message(const char* call_id, std::optional<std::int64_t> seq, Signal signal) {
  CallMessage message;
  message.envelope.call_id = call_id;
  message.envelope.seq = seq;
  message.signal = std::move(signal);
  return message;
}
CallMessage candidates(const char* call_id, std::optional<std::int64_t> seq) {
  return message(call_id, seq, Candidates{});
}

/* "a0 a1 b5": what was delivered. */
std::string names(const std::vector<CallMessage>& messages) {
  std::string text;
  for (const auto& [envelope, signal, trust] : messages)
    text += (text.empty() ? "" : " ") + envelope.call_id +
            (envelope.seq ? std::to_string(*envelope.seq) : "-");
  return text;
}
void push(Sequencer& sequencer, CallMessage message, const char* due) {
  g_assert_true(names(sequencer.push(std::move(message), t0).due) == due);
}

void restores_the_order() {
  Sequencer sequencer;
  push(sequencer, candidates("a", 2), "");
  push(sequencer, candidates("a", 1), "");
  push(sequencer, message("a", 0, Invite{}), "a0 a1 a2");
  push(sequencer, candidates("a", 3), "a3");
  g_assert_false(sequencer.next_deadline().has_value());
}

void restores_any_order_that_a_call_can_come_in() {
  std::mt19937 random(1);
  for (int round = 0; round < 500; round++) {
    std::vector<std::int64_t> order{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    std::shuffle(order.begin(), order.end(), random);
    Sequencer sequencer;
    std::string delivered;
    for (const auto seq : order)
      for (const auto& one : sequencer.push(candidates("a", seq), t0).due)
        delivered += std::to_string(*one.envelope.seq);
    g_assert_true(delivered == "0123456789");
  }
}

void lets_messages_without_a_number_pass() {
  Sequencer sequencer;
  push(sequencer, message("a", std::nullopt, SelectAnswer{}), "a-");
  push(sequencer, message("a", std::nullopt, SelectAnswer{}), "a-");
  push(sequencer, message("a", 0, Invite{}), "a0");
}

void starts_again_at_zero_with_each_call_of_matrix_js_sdk() {
  Sequencer sequencer;
  push(sequencer, message("a", 0, Invite{}), "a0");
  push(sequencer, candidates("a", 1), "a1");
  push(sequencer, candidates("b", 1), "");
  push(sequencer, message("b", 0, Invite{}), "b0 b1");
  push(sequencer, message("a", 2, Hangup{}), "a2");
  push(sequencer, candidates("b", 2), "b2");
}

void goes_on_counting_with_hydrogen() {
  Sequencer sequencer;
  push(sequencer, message("a", 0, Invite{}), "a0");
  push(sequencer, candidates("a", 1), "a1");
  push(sequencer, message("a", 2, Hangup{}), "a2");
  push(sequencer, message("b", 3, Invite{}), "b3");
  push(sequencer, candidates("b", 5), "");
  push(sequencer, candidates("b", 4), "b4 b5");
  push(sequencer, message("c", 6, Answer{}), "c6"); /* to a call of ours */
  push(sequencer, candidates("c", 7), "c7");
}

/* matrix-js-sdk again, whose new call's candidates happen to bear the number that comes next
 * in the old one. */
void does_not_let_candidates_overtake_the_invite_of_their_call() {
  Sequencer sequencer;
  push(sequencer, message("a", 0, Invite{}), "a0");
  push(sequencer, candidates("b", 1), "");
  push(sequencer, message("b", 0, Invite{}), "b0 b1");
}

void drops_what_comes_twice() {
  Sequencer sequencer;
  push(sequencer, message("a", 0, Invite{}), "a0");
  g_assert_cmpuint(sequencer.push(message("a", 0, Invite{}), t0).dropped, ==, 1);
  push(sequencer, candidates("a", 2), "");
  g_assert_cmpuint(sequencer.push(candidates("a", 2), t0).dropped, ==, 1);
  push(sequencer, candidates("a", 1), "a1 a2");
  for (std::int64_t seq : {1, 2}) {
    const auto result = sequencer.push(candidates("a", seq), t0);
    g_assert_true(result.due.empty());
    g_assert_cmpuint(result.dropped, ==, 1);
  }
}

void waits_three_seconds_for_a_lost_message() {
  Sequencer sequencer;
  push(sequencer, message("a", 0, Invite{}), "a0");
  g_assert_true(sequencer.push(candidates("a", 5), t0 + 100ms).due.empty());
  g_assert_true(sequencer.push(candidates("a", 2), t0 + 200ms).due.empty());
  g_assert_true(sequencer.push(candidates("a", 3), t0 + 2s).due.empty());
  g_assert_true(sequencer.next_deadline() == t0 + 3100ms);
  g_assert_true(sequencer.on_timeout(t0 + 3099ms).empty());
  g_assert_true(names(sequencer.on_timeout(t0 + 3100ms)) == "a2 a3 a5");
  g_assert_false(sequencer.next_deadline().has_value());
  push(sequencer, candidates("a", 1), "a1"); /* it was only late */
  push(sequencer, candidates("a", 6), "a6");
}

void keeps_a_bounded_number_of_messages_and_bytes() {
  Sequencer sequencer;
  unsigned dropped = 0;
  for (int i = 1; i <= 1000; i++) dropped += sequencer.push(candidates("a", i), t0).dropped;
  g_assert_cmpuint(dropped, ==, 1000 - 64);
  Sequencer bytes;
  Negotiate large;
  large.description.sdp = std::string(size_t{256} * 1024, 'x');
  dropped = 0;
  for (int i = 1; i <= 60; i++) dropped += bytes.push(message("a", i, large), t0).dropped;
  g_assert_cmpuint(dropped, >=, 56);
}

void survives_any_numbers_in_any_calls() {
  std::mt19937 random(2);
  Sequencer sequencer;
  Time now = t0;
  size_t in = 0;
  size_t out = 0;
  for (int i = 0; i < 20000; i++) {
    const std::string call(1, static_cast<char>('a' + random() % 60));
    const std::int64_t seq = random() % 10
                                 ? static_cast<std::int64_t>(random() % 300)
                                 : 9007199254740991 - static_cast<std::int64_t>(random() % 3);
    auto result = sequencer.push(candidates(call.c_str(), seq), now);
    in++;
    out += result.due.size() + result.dropped;
    now += 50ms;
    out += sequencer.on_timeout(now).size();
    g_assert_true(!sequencer.next_deadline() || *sequencer.next_deadline() > now);
  }
  out += sequencer.on_timeout(now + 3s).size();
  g_assert_cmpuint(in, ==, out);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/sequencer/" #name, name)
  TEST(restores_the_order);
  TEST(restores_any_order_that_a_call_can_come_in);
  TEST(lets_messages_without_a_number_pass);
  TEST(starts_again_at_zero_with_each_call_of_matrix_js_sdk);
  TEST(goes_on_counting_with_hydrogen);
  TEST(does_not_let_candidates_overtake_the_invite_of_their_call);
  TEST(drops_what_comes_twice);
  TEST(waits_three_seconds_for_a_lost_message);
  TEST(keeps_a_bounded_number_of_messages_and_bytes);
  TEST(survives_any_numbers_in_any_calls);
  return g_test_run();
}
