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
#include "signalling/client/sealer.h"
#include "signalling/core/effects.h"

namespace matrix {

/* Sends what the machines want sent, each address's messages and each state key's events
 * strictly one after another, and everything else side by side.
 *
 * What is queued in one turn of the loop goes out in as few requests as the API allows:
 * one type of message to many addresses, be they encrypted or not. Invites and answers, which
 * are large and urgent, travel alone. A message whose recipient's keys must be found first
 * holds up its own address only. A request that may succeed later is repeated with the same content
 * and transaction id; one that fails for good is reported and the next in line goes on. Loop only;
 * must not be destroyed inside a notification. */
class Outbox {
 public:
  /* Called once for each token, never inside send(). */
  using Sent = std::function<void(std::uint64_t token, const rtc::Result<void>& result)>;

  /* All but @sent and @room_id are borrowed. @sealer may be nullptr: nothing is encrypted. */
  Outbox(rtc::Loop& loop, MatrixClient& client, Sealer* sealer, std::string room_id, Sent sent);

  void send(const SendToDevice& message);
  void send(const SendState& event);
  /* A message that is no call's; nobody is told what became of it. */
  void send(const Address& to, const std::string& type, const Json& content);
  /* Those that the sealer made wait may be ready. */
  void wake() { schedule(); }
  /* We are leaving: waits are cut short from now on. */
  void hurry();

 private:
  struct Message {
    std::optional<std::uint64_t> token;
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
    bool travels_alone = false;
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
  Requests seal_messages();
  void start_messages(Requests requests);
  void start(Request request);
  void attempt(Requests::iterator request);
  void answered(Requests::iterator request, const HttpReply& reply);
  /* How long to wait before trying again; nothing: do not. */
  std::optional<std::chrono::milliseconds> retry_after(Request& request,
                                                       const HttpReply& reply) const;
  void finish(Requests::iterator request, const rtc::Result<void>& result);
  void finish_lane(Lanes& lanes, const Key& key, std::vector<std::uint64_t>& tokens);
  void add(Requests& requests, const Key& key, std::string type, const Json& content);
  std::string next_transaction();

  rtc::Loop& loop_;
  MatrixClient& client_;
  Sealer* const sealer_;
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
