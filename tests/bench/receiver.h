/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/* Somebody in a call that records everybody in it, each into a file of their own. */
class Receiver {
 public:
  virtual ~Receiver() = default;
  /* Written so far, one number a participant. */
  virtual std::vector<std::uint64_t> bytes() = 0;
};

struct Account {
  std::string homeserver;
  std::string token;
  std::string room;
};

/* The element of this project. @queues: before each muxer, as one is used to. */
std::unique_ptr<Receiver> make_call_receiver(const Account& account, bool queues);
/* The same with matrixcallrecorder, its manifest and captions; files stay when somebody leaves. */
std::unique_ptr<Receiver> make_recorder_receiver(const Account& account);
/* As little as possible: per participant a pipeline of webrtcbin ! queue ! depayloader !
 * matroskamux, with the element's signalling, and its NACK, transport-cc and latency. */
std::unique_ptr<Receiver> make_bare_receiver(const Account& account);

}  // namespace bench
