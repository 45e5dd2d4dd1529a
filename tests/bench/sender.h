/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <memory>
#include <string>

#include "tests/bench/receiver.h"

namespace bench {

/* Somebody in a call who sends the reel of a folder to everybody in it. */
class Sender {
 public:
  virtual ~Sender() = default;
};

/* The element of this project. */
std::unique_ptr<Sender> make_call_sender(const Account& account, const std::string& folder);
/* As little as possible: a tee, and per participant queue ! payloader ! webrtcbin, with the
 * element's signalling, and its NACK and transport-cc. @encodes: what is sent is raw, and each
 * branch has an encoder of its own. */
std::unique_ptr<Sender> make_bare_sender(const Account& account, const std::string& folder,
                                         bool encodes);

}  // namespace bench
