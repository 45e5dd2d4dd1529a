/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

namespace media {

/* Does in a thread of its own what the first connection of a process would wait for: loads the
 * plugins it needs, and lets DTLS generate the process's certificate, whose RSA key takes some
 * tenths of a second. The destructor waits for the thread. From the first one on OpenSSL is not
 * cleaned up at exit. */
class WarmUp {
 public:
  WarmUp();
  ~WarmUp();
  WarmUp(const WarmUp&) = delete;
  WarmUp& operator=(const WarmUp&) = delete;

 private:
  GThread* const thread_;
};

}  // namespace media
