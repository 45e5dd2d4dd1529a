/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <set>
#include <string>

#include "signalling/client/matrix_client.h"
#include "signalling/client/sync_response.h"

namespace matrix {

/* Follows one room and our device: a long poll that never gives up on a homeserver that
 * is away, only on one that does not know us any more.
 *
 * Memberships are loaded lazily, so a batch is completed first: the membership of each
 * user who has an entry in a call is asked for, if it is not known, and goes first. The next
 * batch is asked for after the observer has had this one: the server then forgets its messages.
 * Loop only; must not be destroyed inside a notification. */
class Sync {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_sync(const SyncBatch& batch) = 0;
    /* The server does not know our position any more; we go on from the start. */
    virtual void on_sync_lost() = 0;
    /* The @attempts-th failure in a row. An Auth error is the end, others are tried again. */
    virtual void on_sync_failed(const rtc::Error& error, unsigned attempts) = 0;
  };

  /* All but @room_id and @position are borrowed. @position: where an earlier process ended,
   * if not empty; all of the room's state comes all the same. */
  Sync(rtc::Loop& loop, MatrixClient& client, std::string room_id, std::string position,
       Observer& observer);

  void start();

 private:
  void poll();
  void polled(const HttpReply& reply);
  void failed(const HttpReply& reply);
  void ask_for_members();
  void got_member(const std::string& user_id, const HttpReply& reply);
  void deliver();

  rtc::Loop& loop_;
  MatrixClient& client_;
  const std::string room_id_;
  const std::string filter_;
  Observer& observer_;
  std::string since_;
  bool full_state_; /* has not come yet */
  unsigned failures_ = 0;
  MatrixClient::Pending request_;
  rtc::Loop::Timer timer_; /* the next attempt, or the end of waiting for members */
  SyncBatch batch_;        /* waits for members */
  std::map<std::string, MatrixClient::Pending> member_requests_;
  std::set<std::string> known_members_;
};

}  // namespace matrix
