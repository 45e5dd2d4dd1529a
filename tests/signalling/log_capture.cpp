/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/log_capture.h"

#include <algorithm>
#include <mutex>
#include <vector>

#include "signalling/base/log.h"

namespace fake {
namespace {

std::mutex lock;
std::vector<std::string> lines;

constexpr rtc::log::Sink sink{.enabled = [](rtc::log::Category, rtc::log::Level) { return true; },
                              .write =
                                  [](const rtc::log::Line& line) {
                                    g_test_message("%s: %s", line.function, line.text);
                                    const std::string now =
                                        std::to_string(g_get_monotonic_time() / 1000);
                                    const std::scoped_lock guard(lock);
                                    lines.push_back(now + " " + line.text);
                                  }};

}  // namespace

void capture_log() {
  rtc::log::set_sink(&sink);
}

size_t logged(const std::string& text) {
  const std::scoped_lock guard(lock);
  return static_cast<size_t>(std::count_if(lines.begin(), lines.end(), [&](const auto& line) {
    return line.find(text) != std::string::npos;
  }));
}

void print_log() {
  constexpr size_t longest = 200;
  const std::scoped_lock guard(lock);
  for (const auto& line : lines) g_printerr("%s\n", line.substr(0, longest).c_str());
}

}  // namespace fake
