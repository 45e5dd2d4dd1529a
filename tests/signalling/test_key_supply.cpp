/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/key_supply.h"

#include "tests/signalling/crypto_party.h"

using matrix::Account;
using matrix::Address;
using matrix::Json;
using matrix::KeySupply;
using namespace std::chrono_literals;

namespace {

const Address own{"@a:x", "A"};
const fake::Keys::Device device{"@a:x", "A"};

struct Fixture {
  fake::Keys server;
  matrix::Entropy entropy = fake::entropy(1);
  Account account = Account::create(entropy);
  KeySupply supply{own, account, entropy, false};

  void upload() {
    const auto body = supply.take_upload(0ms);
    g_assert_true(body.has_value());
    supply.uploaded(server.upload(device, *body));
  }
  /* Past the sync that was under way during an upload. */
  void upload_and_sync() {
    upload();
    supply.counted({0, false}, 0ms);
    g_assert_false(supply.take_upload(0ms).has_value());
  }
};

void publishes_a_new_device() {
  Fixture f;
  g_assert_false(f.supply.is_published());
  f.upload();
  g_assert_true(f.supply.is_published());
  g_assert_cmpint(f.server.count(device), ==, 50);
  g_assert_true(f.server.has_unused_fallback(device));
  g_assert_true(matrix::read_device_keys(f.server.device_keys(device), own).has_value());
  g_assert_false(f.supply.take_upload(0ms).has_value());
}

/* A server takes the same keys twice, but not others under the same ids. */
void repeats_a_lost_upload_with_the_same_keys() {
  Fixture f;
  const auto first = f.supply.take_upload(0ms);
  g_assert_false(f.supply.take_upload(0ms).has_value());
  const matrix::Secret key("k");
  auto restored = Account::unpickle(key, f.account.pickle(key));
  KeySupply restarted(own, *restored, f.entropy, false);
  g_assert_true(*restarted.take_upload(0ms) == *first);
}

void tops_up_what_was_claimed() {
  Fixture f;
  f.upload_and_sync();
  f.supply.counted({25, true}, 0ms);
  g_assert_false(f.supply.take_upload(0ms).has_value());
  f.supply.counted({24, true}, 0ms);
  const auto body = f.supply.take_upload(0ms);
  size_t keys = 0;
  (*body)["one_time_keys"].for_each_member([&](const char*, const Json&) { keys++; });
  g_assert_cmpuint(keys, ==, 26);
  g_assert_false(body->has("device_keys"));
  g_assert_false(body->has("fallback_keys"));
}

void counts_silence_as_none_until_told_better() {
  Fixture f;
  KeySupply restarted(own, f.account, f.entropy, true);
  g_assert_false(restarted.take_upload(0ms).has_value());
  restarted.counted({}, 0ms);
  const auto body = restarted.take_upload(0ms);
  g_assert_true(body.has_value());
  restarted.uploaded(f.server.upload(device, *body));
  restarted.counted({}, 0ms);
  g_assert_false(restarted.take_upload(0ms).has_value());
}

void replaces_a_used_fallback_key() {
  Fixture f;
  f.upload_and_sync();
  f.supply.counted({50, true}, 0ms);
  g_assert_false(f.supply.take_upload(0ms).has_value());
  f.supply.counted({50, false}, 0ms);
  const auto body = f.supply.take_upload(0ms);
  g_assert_true(body->has("fallback_keys"));
  g_assert_false(body->has("one_time_keys"));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  g_test_add_func("/key_supply/publish", publishes_a_new_device);
  g_test_add_func("/key_supply/repeat", repeats_a_lost_upload_with_the_same_keys);
  g_test_add_func("/key_supply/top_up", tops_up_what_was_claimed);
  g_test_add_func("/key_supply/silence", counts_silence_as_none_until_told_better);
  g_test_add_func("/key_supply/fallback", replaces_a_used_fallback_key);
  return g_test_run();
}
