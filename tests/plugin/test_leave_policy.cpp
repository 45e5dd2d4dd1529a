/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/leave_policy.h"

#include <condition_variable>
#include <mutex>
#include <optional>

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

using matrixcall::LeavePolicy;
using matrixcall::Settings;

namespace {

/* A policy on a loop of its own, and the reason it gave. */
class Fixture {
 public:
  explicit Fixture(const Settings& settings) {
    loop_.run_sync([&] {
      policy_.emplace(loop_, settings, [this](const std::string& reason) {
        std::lock_guard lock(lock_);
        reason_ = reason;
        given_.notify_all();
      });
    });
  }
  ~Fixture() {
    loop_.run_sync([this] { policy_.reset(); });
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  void joined() {
    loop_.run_sync([this] { policy_->joined(); });
  }
  void set_participants(std::size_t count) {
    loop_.run_sync([=, this] { policy_->set_participants(count); });
  }
  std::string wait_for_reason() {
    std::unique_lock lock(lock_);
    given_.wait_for(lock, std::chrono::seconds(10), [this] { return !reason_.empty(); });
    return reason_;
  }
  /* What was given after everything on the loop that is due has run. */
  std::string reason_now() {
    for (int i = 0; i < 3; ++i) loop_.run_sync([] {});
    std::lock_guard lock(lock_);
    return reason_;
  }

 private:
  rtc::Loop loop_;
  std::optional<LeavePolicy> policy_;
  std::mutex lock_;
  std::condition_variable given_;
  std::string reason_;
};

}  // namespace

GST_START_TEST(leaves_when_the_last_one_has_left) {
  Settings settings;
  settings.leave_when_empty = true;
  settings.empty_timeout_s = 0;
  Fixture fixture(settings);
  fixture.joined();
  fixture.set_participants(2);
  fixture.set_participants(1);
  fail_unless(fixture.reason_now().empty());
  fixture.set_participants(0);
  fail_unless(fixture.wait_for_reason() == "empty");
}
GST_END_TEST;

GST_START_TEST(waits_for_the_first_one) {
  Settings settings;
  settings.leave_when_empty = true;
  settings.empty_timeout_s = 0;
  Fixture fixture(settings);
  fixture.joined();
  fixture.set_participants(0);
  fail_unless(fixture.reason_now().empty());
}
GST_END_TEST;

GST_START_TEST(stays_when_somebody_comes_back_in_time) {
  Settings settings;
  settings.leave_when_empty = true;
  settings.empty_timeout_s = 1;
  settings.max_duration_s = 2;
  Fixture fixture(settings);
  fixture.set_participants(1);
  fixture.set_participants(0);
  fixture.set_participants(1);
  fixture.joined();
  fail_unless(fixture.wait_for_reason() == "max-duration");
}
GST_END_TEST;

GST_START_TEST(stays_in_an_empty_call_unless_told_otherwise) {
  Settings settings;
  settings.empty_timeout_s = 0;
  Fixture fixture(settings);
  fixture.set_participants(1);
  fixture.set_participants(0);
  fail_unless(fixture.reason_now().empty());
}
GST_END_TEST;

static Suite* leave_policy_suite() {
  Suite* suite = suite_create("leave_policy");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, leaves_when_the_last_one_has_left);
  tcase_add_test(tcase, waits_for_the_first_one);
  tcase_add_test(tcase, stays_when_somebody_comes_back_in_time);
  tcase_add_test(tcase, stays_in_an_empty_call_unless_told_otherwise);
  return suite;
}

GST_CHECK_MAIN(leave_policy);
