/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <string>

#include "signalling/client/matrix_client.h"
#include "signalling/core/effects.h"
#include "signalling/crypto/account.h"

namespace matrix {

/* Has our device vouched for (cross-signing): fetches its owner's self-signing key, which the
 * homeserver keeps encrypted under the recovery key, signs the device's keys with it and forgets
 * it. Asks again for as long as the server is in trouble. Loop only; must not be destroyed inside
 * @done.
 *
 *   keys of the user --not signed yet--> default key --> its description --recovery key fits-->
 *   encrypted self-signing key --is the listed one--> signature --taken--> done
 */
class DeviceSigner {
 public:
  /* Once: the device is signed, or a sentence that says why not. */
  using Done = std::function<void(const rtc::Result<void>& result)>;

  struct Device {
    Address own;
    IdentityKeys keys; /* which the server has */
  };

  /* @loop and @client are borrowed. */
  DeviceSigner(rtc::Loop& loop, MatrixClient& client, Device device, Secret recovery_key,
               Done done);

  void start();

 private:
  using Handler = void (DeviceSigner::*)(const Json& body);

  void ask(std::function<MatrixClient::Pending(MatrixClient::Done)> request, Handler handler);
  void answered(const HttpReply& reply);
  void get(const std::string& type, Handler handler);
  void got_keys(const Json& body);
  void got_default_key(const Json& body);
  void got_description(const Json& body);
  void got_secret(const Json& body);
  void uploaded(const Json& body);
  void fail(std::string message, std::string detail = {});

  rtc::Loop& loop_;
  MatrixClient& client_;
  const Device device_;
  const Secret recovery_key_;
  const Done done_;
  std::string self_signing_key_; /* its public half */
  Json device_keys_;             /* as the server lists them */
  std::string key_id_;

  std::function<MatrixClient::Pending(MatrixClient::Done)> request_; /* the present one */
  Handler handler_ = nullptr;
  unsigned failures_ = 0;
  MatrixClient::Pending pending_;
  rtc::Loop::Timer timer_;
};

}  // namespace matrix
