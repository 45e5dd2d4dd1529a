/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>

#include "signalling/client/matrix_client.h"
#include "signalling/client/session.h"

namespace matrix {

/* The way into the room: logs in or asks whose token it is, and joins unless a sync shows
 * that we are in already, which is much cheaper for a server to say. Waits for a server that is
 * busy for some seconds, not for one that is away. Loop only; must not be destroyed inside a
 * notification. */
class Entrance {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    /* Requests can be made from now on, although nobody has checked the token yet. */
    virtual void on_token() = 0;
    /* An alias was resolved, or an id is known to be one that can be followed. */
    virtual void on_room(const std::string& room_id) = 0;
    /* We are who we should be. @is_new: the device was made just now. */
    virtual void on_identity(const Login& login, bool is_new) = 0;
    /* And in the room. */
    virtual void on_entered(const Login& login, const std::string& room_id) = 0;
    virtual void on_entrance_failed(const rtc::Error& error) = 0;
  };

  /* What @config lacks or contradicts, as a sentence. */
  static rtc::Result<void> check(const SessionConfig& config);

  /* All are borrowed. @config passes check(). */
  Entrance(rtc::Loop& loop, MatrixClient& client, const SessionConfig& config, Observer& observer);

  void start();
  /* What a sync said, as long as we have not entered. */
  void synced(bool in_room);
  /* Makes no more requests, and waits for none but a login, which on_token() tells of. */
  void stop();
  /* A login is under way: its device may exist soon. */
  bool logging_in() const { return logging_in_; }
  /* The device is one that we logged in ourselves, and nobody will use again. */
  bool owns_device() const { return owns_device_; }

 private:
  /* One request and how often it was made. */
  struct Step {
    MatrixClient::Pending pending;
    rtc::Loop::Timer timer;
    unsigned failures = 0;
    std::chrono::milliseconds waited{0};
  };

  void log_in();
  void logged_in(const HttpReply& reply, const Login& login);
  void ask_who();
  void find_room();
  void join();
  void use(const Login& login);
  rtc::Result<void> accept(const Login& login) const;
  void fail(Step& step, const HttpReply& reply, void (Entrance::*again)());
  void proceed();

  rtc::Loop& loop_;
  MatrixClient& client_;
  const SessionConfig& config_;
  Observer& observer_;
  Login login_;
  std::string room_id_;
  bool accepted_ = false;
  bool joining_ = false;
  bool logging_in_ = false;
  bool owns_device_ = false;
  bool stopped_ = false;
  Step identity_;
  Step membership_;
};

}  // namespace matrix
