/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "signalling/base/loop.h"
#include "tests/plugin/caller.h"
#include "tests/plugin/sending_peer.h"
#include "tests/signalling/fake_homeserver.h"

namespace party {

/* A homeserver with a call in its one room, somebody who is awaited there, and callers that
 * each have one connection, to that one. Made and destroyed on one thread, the callers live
 * on a loop. */
class Crowd {
 public:
  explicit Crowd(Media media);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  const std::string& url() const { return server_.url(); }
  /* Of the one that is awaited. */
  const std::string& token() const { return token_; }
  const std::string& room() const { return room_; }

  /* So many callers from now on: the last ones leave, new ones call. */
  void resize(std::size_t size);
  /* The last of them vanishes as a process that is killed does; no other takes the seat. */
  void kill_last();

 private:
  std::optional<fake::Answer> see(const fake::Request& request);
  void settle();

  fake::Homeserver server_;
  Media media_;
  std::string token_;
  std::string room_;
  rtc::Loop loop_;
  /* Of the loop. */
  Callee callee_;
  std::size_t size_ = 0;
  unsigned called_ = 0; /* callers that ever were */
  std::map<std::size_t, std::unique_ptr<Caller>> callers_;
};

}  // namespace party
