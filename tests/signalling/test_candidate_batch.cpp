/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/candidate_batch.h"

#include <glib.h>

using namespace matrix;
using namespace std::chrono_literals;

namespace {

constexpr Time t0 = 1'700'000'000'000ms;
const IceCandidate a{"candidate:1", "0", 0};
const IceCandidate b{"candidate:2", "0", 0};
const IceCandidate end{"", "0", 0};

void keeps_candidates_until_their_description_was_sent() {
  CandidateBatch batch;
  g_assert_false(batch.add(a, t0).has_value());
  g_assert_false(batch.next_deadline().has_value());
  g_assert_true(batch.open() == Candidates{{a}});
  g_assert_false(CandidateBatch().open().has_value());
}

void waits_longer_from_batch_to_batch() {
  CandidateBatch batch;
  batch.open();
  Time now = t0;
  for (const Time delay : {20ms, 100ms, 500ms, 500ms}) {
    g_assert_false(batch.add(a, now).has_value());
    g_assert_false(batch.add(b, now + 1ms).has_value());
    g_assert_true(batch.next_deadline() == now + delay);
    g_assert_false(batch.on_timeout(now + delay - 1ms).has_value());
    now += delay;
    g_assert_true((batch.on_timeout(now) == Candidates{{a, b}}));
    g_assert_false(batch.on_timeout(now + 1h).has_value());
  }
}

void sends_the_end_at_once_with_all_that_waits_and_nothing_after_it() {
  CandidateBatch batch;
  batch.open();
  batch.add(a, t0);
  g_assert_true((batch.add(end, t0) == Candidates{{a, end}}));
  g_assert_false(batch.next_deadline().has_value());
  g_assert_false(batch.add(b, t0).has_value());
  g_assert_false(batch.add(end, t0).has_value());
  g_assert_false(batch.next_deadline().has_value());
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/candidate_batch/" #name, name)
  TEST(keeps_candidates_until_their_description_was_sent);
  TEST(waits_longer_from_batch_to_batch);
  TEST(sends_the_end_at_once_with_all_that_waits_and_nothing_after_it);
  return g_test_run();
}
