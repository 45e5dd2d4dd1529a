/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "signalling/client/matrix_client.h"
#include "signalling/core/effects.h"

namespace matrix {

/* Sends what the machines want sent, each address's messages and each state key's events
 * strictly one after another, and everything else side by side.
 *
 * What is queued in one turn of the loop goes out in as few requests as the API allows:
 * one type of message to many addresses. Invites and answers, which are large and urgent,
 * travel alone. A request that may succeed later is repeated with the same content and
 * transaction id; one that fails for good is reported and the next in line goes on. Loop
 * only; must not be destroyed inside a notification. */
class Outbox {
 public:
  /* Called once for each token, never inside send(). */
  using Sent = std::function<void(std::uint64_t token, const rtc::Result<void>& result)>;

  /* All but @sent and @room_id are borrowed. */
  Outbox(rtc::Loop& loop, MatrixClient& client, std::string room_id, Sent sent);

  void send(const SendToDevice& message);
  void send(const SendState& event);
  /* We are leaving: waits are cut short from now on. */
  void hurry();

 private:
  struct Message {
    std::uint64_t token;
    std::string type;
    Json content;
  };
  /* Messages to one address, or events of one type and state key; the first is the one
   * that is on its way, if @busy. */
  struct Lane {
    std::deque<Message> messages;
    bool busy = false;
  };
  /* A pair of user and device, or of type and state key. */
  using Key = std::pair<std::string, std::string>;
  using Lanes = std::map<Key, Lane>;
  /* One request until it is answered for good. */
  struct Request {
    bool is_state = false;
    std::string type;
    std::string transaction;
    Json content;
    std::vector<Key> lanes;
    unsigned attempts = 0;
    unsigned limited = 0; /* answers of 429 among the attempts */
    bool waiting = false;
    MatrixClient::Pending pending;
    rtc::Loop::Timer timer;
  };
  using Requests = std::list<Request>;

  void schedule();
  void flush();
  void flush_messages();
  void start_messages(const std::string& type, std::vector<Key> lanes);
  void start(Request request);
  void attempt(Requests::iterator request);
  void answered(Requests::iterator request, const HttpReply& reply);
  /* How long to wait before trying again; nothing: do not. */
  std::optional<std::chrono::milliseconds> retry_after(Request& request,
                                                       const HttpReply& reply) const;
  void finish(Requests::iterator request, const rtc::Result<void>& result);
  std::string next_transaction();

  rtc::Loop& loop_;
  MatrixClient& client_;
  const std::string room_id_;
  const Sent sent_;
  const std::string transaction_prefix_;
  std::uint64_t transactions_ = 0;
  bool hurried_ = false;
  rtc::Loop::Timer flush_timer_;
  bool flush_scheduled_ = false;
  Lanes message_lanes_;
  Lanes state_lanes_;
  Requests requests_;
};

}  // namespace matrix
