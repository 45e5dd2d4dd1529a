/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstddef>
#include <string>

namespace fake {

/* Collects every log line of the process from the first call on, at all levels. Any thread. */
void capture_log();
/* How many collected lines contain @text. */
size_t logged(const std::string& text);
/* What was collected, with its time in ms, to standard error: for whoever looks for the cause. */
void print_log();

}  // namespace fake
