/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/claims.h"

#include "tests/signalling/equal.h"

using matrix::Address;
using matrix::Claims;
using matrix::Time;
using namespace std::chrono_literals;

namespace {

const Address a1{"@a:x", "1"};
const Address a2{"@a:x", "2"};
const Address b1{"@b:x", "1"};

void asks_for_all_in_one_request() {
  Claims claims;
  g_assert_false(claims.take_request(0ms).has_value());
  for (const auto& address : {a1, a2, b1, a1}) claims.want(address, 0ms);
  const auto request = claims.take_request(0ms);
  fake::equal(request->body["one_time_keys"].text(),
              R"({"@a:x":{"1":"signed_curve25519","2":"signed_curve25519"},)"
              R"("@b:x":{"1":"signed_curve25519"}})");
  g_assert_true(claims.asked(request->id) == (std::vector{a1, a2, b1}));
  g_assert_false(claims.take_request(0ms).has_value());
  claims.succeeded(a1);
  g_assert_false(claims.contains(a1));
}

void keeps_requests_apart() {
  Claims claims;
  claims.want(a1, 0ms);
  const auto first = claims.take_request(0ms);
  claims.want(b1, 0ms);
  const auto second = claims.take_request(0ms);
  g_assert_true(claims.asked(first->id) == std::vector{a1});
  g_assert_true(claims.asked(second->id) == std::vector{b1});
}

void asks_again_and_gives_up_for_a_while() {
  Claims claims;
  Time now{0};
  claims.want(a1, now);
  for (const Time wait : {Time(2s), Time(4s), Time(8s)}) {
    g_assert_true(claims.take_request(now).has_value());
    claims.failed(a1, now);
    g_assert_false(claims.is_given_up(a1));
    g_assert_true(claims.next_deadline() == now + wait);
    g_assert_false(claims.take_request(now).has_value());
    now += wait;
  }
  claims.take_request(now);
  claims.failed(a1, now);
  g_assert_true(claims.is_given_up(a1));
  g_assert_false(claims.next_deadline().has_value());
  g_assert_false(claims.take_request(now + 59s).has_value());
  g_assert_true(claims.take_request(now + 60s).has_value());
  g_assert_false(claims.is_given_up(a1));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  g_test_add_func("/claims/batch", asks_for_all_in_one_request);
  g_test_add_func("/claims/apart", keeps_requests_apart);
  g_test_add_func("/claims/retry", asks_again_and_gives_up_for_a_while);
  return g_test_run();
}
