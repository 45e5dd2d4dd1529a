/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/mute/virtual_time.h"

#include <dirent.h>
#include <fcntl.h>
#include <gst/check/gsttestclock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace test {
namespace {

constexpr GstClockTime start_time = 3600 * GST_SECOND;
constexpr std::chrono::microseconds first_look(20);
constexpr std::chrono::microseconds longest_look(1000);

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

constexpr long most_work = 20; /* s */

/* In programs, not in the kernel, where this one looks around. */
long work_done() {
  rusage all{};
  getrusage(RUSAGE_SELF, &all);
  return all.ru_utime.tv_sec;
}

/* How often threads of the process, but for this one, went to sleep. */
long sleeps() {
  rusage all{};
  rusage own{};
  getrusage(RUSAGE_SELF, &all);
  getrusage(RUSAGE_THREAD, &own);
  return all.ru_nvcsw - own.ru_nvcsw;
}

/* Of a line of /proc/self/task/N/stat: the letter after the name, which ends in the last ")". */
bool is_asleep(int folder, const std::string& thread) {
  const int file = openat(folder, (thread + "/stat").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return true; /* it ended */
  std::array<char, 512> line{};
  const ssize_t size = read(file, line.data(), line.size());
  close(file);
  if (size <= 0) return true;
  const std::string_view text(line.data(), static_cast<size_t>(size));
  const size_t name_end = text.rfind(')');
  return name_end + 2 < text.size() && text[name_end + 2] == 'S';
}

bool all_others_sleep() {
  const std::unique_ptr<DIR, CloseFolder> folder(opendir("/proc/self/task"));
  const std::string self = std::to_string(gettid());
  while (const dirent* entry = folder ? readdir(folder.get()) : nullptr) {
    const std::string name = static_cast<const char*>(entry->d_name);
    if (name.starts_with('.') || name == self) continue;
    if (!is_asleep(dirfd(folder.get()), name)) return false;
  }
  return folder != nullptr;
}

}  // namespace

VirtualTime::VirtualTime()
    : clock_(glib::Ref<GstClock>::sink(gst_test_clock_new_with_start_time(start_time))) {}

/* Who was seen asleep can have been woken only by one who was awake after that, and who was seen
 * asleep later: then the count of sleeps has grown between two looks. */
void VirtualTime::wait_for_sleep() {
  unsigned looks_alike = 0;
  long before = -1;
  auto interval = first_look;
  const long work = work_done();
  while (looks_alike < 2) {
    const bool asleep = all_others_sleep();
    const long count = sleeps();
    looks_alike = asleep && count == before ? looks_alike + 1 : 0;
    before = count;
    if (asleep) continue;
    std::this_thread::sleep_for(interval);
    interval = std::min(2 * interval, longest_look);
    if (work_done() - work > most_work) g_error("somebody never sleeps");
  }
}

bool VirtualTime::wake_who_is_due() {
  auto* clock = GST_TEST_CLOCK(clock_.get());
  bool any = false;
  for (;;) {
    const GstClockTime next = gst_test_clock_get_next_entry_time(clock);
    if (!GST_CLOCK_TIME_IS_VALID(next) || next > now()) return any;
    GstClockID id = gst_test_clock_process_next_clock_id(clock);
    if (!id) return any;
    gst_clock_id_unref(id);
    any = true;
  }
}

void VirtualTime::settle() {
  do wait_for_sleep();
  while (wake_who_is_due());
}

void VirtualTime::advance_to(GstClockTime time) {
  advance_until([] { return false; }, time);
  if (time > now()) gst_test_clock_set_time(GST_TEST_CLOCK(clock_.get()), time);
}

bool VirtualTime::advance_until(const std::function<bool()>& is_done, GstClockTime limit) {
  for (;;) {
    settle();
    if (is_done()) return true;
    const GstClockTime next = gst_test_clock_get_next_entry_time(GST_TEST_CLOCK(clock_.get()));
    if (!GST_CLOCK_TIME_IS_VALID(next) || next > limit) return false;
    gst_test_clock_set_time(GST_TEST_CLOCK(clock_.get()), next);
  }
}

}  // namespace test
