/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <list>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "signalling/client/device_signer.h"
#include "signalling/client/matrix_client.h"
#include "signalling/client/sealer.h"
#include "signalling/client/store.h"
#include "signalling/client/sync_response.h"
#include "signalling/core/counters.h"
#include "signalling/crypto/olm_machine.h"

namespace matrix {

/* Who may talk to us, and how. */
struct TrustPolicy {
  bool required = false;         /* encrypted messages only, whatever the room */
  bool accept_plaintext = false; /* clear ones in encrypted rooms too */
  bool signed_only = false;      /* devices only that their owner has vouched for */
  bool operator==(const TrustPolicy&) const = default;
};

/* Whether clear messages are sent and taken. Pure. */
bool may_be_clear(const TrustPolicy& policy, bool room_encrypted);

/* Runs an OlmMachine: puts its requests to the homeserver until they are answered, saves what
 * changes before anything that depends on it leaves, and decides by the policy what is sent to
 * whom and taken from whom. Loop only; must not be destroyed inside a notification. */
class Encryption final : public Sealer {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    /* Others can find our keys. Once. */
    virtual void on_keys_published() = 0;
    /* Messages that had to wait for keys can be sent. */
    virtual void on_keys_found() = 0;
    /* One that could not be told whose it is when it came. */
    virtual void on_late_message(const ToDeviceEvent& event) = 0;
    /* The device's messages are not taken, or it gets none. Once for each reason. */
    virtual void on_device_refused(const Address& device, const rtc::Error& error) = 0;
    virtual void on_message_wanted(const Address& to, const char* type) = 0;
    /* Something of ours does not work, without which it goes on. */
    virtual void on_encryption_trouble(const rtc::Error& error) = 0;
    /* It cannot go on. */
    virtual void on_encryption_failed(const rtc::Error& error) = 0;
  };

  struct Setting {
    Address own;
    TrustPolicy policy;
    bool is_new_device = false; /* the server cannot have keys of it */
    std::string recovery_key;   /* has the device signed by its owner, if not empty */
  };

  /* All but @store and @setting are borrowed. Error: the store's key does not fit. */
  static rtc::Result<std::unique_ptr<Encryption>> create(rtc::Loop& loop, MatrixClient& client,
                                                         std::unique_ptr<Store> store,
                                                         Setting setting, const Entropy& entropy,
                                                         Observer& observer);
  Encryption(rtc::Loop& loop, MatrixClient& client, std::unique_ptr<Store> store, Setting setting,
             std::unique_ptr<OlmMachine> machine, Observer& observer);

  void start();
  bool is_ready() const { return ready_; }
  Store& store() { return *store_; }
  void set_room_encrypted() { room_encrypted_ = true; }

  /* Decrypts a batch's messages; those that are not taken are gone from it. All of it is saved
   * with the batch's position, so that it is received once. */
  void receive(SyncBatch& batch);
  /* Positions are lost: lists of devices may have changed unseen. */
  void lost_track() { machine_->lost_track(); }
  /* Whether a message may be handed on. It is asked when the room's state is known. */
  bool admit(const ToDeviceEvent& event);
  /* We shall write to the device: looks for its keys. */
  void expect(const Address& device);
  /* As OlmMachine::trust(). */
  std::optional<Trust> trust(const Address& device) const { return machine_->trust(device); }
  const Counters& dropped() const { return dropped_; }

  Sealed seal(const Address& to, const std::string& type, const Json& content) override;
  rtc::Result<void> settle() override { return save(std::nullopt); }

 private:
  struct Request {
    KeyRequest what;
    unsigned failures = 0;
    MatrixClient::Pending pending;
    rtc::Loop::Timer timer;
  };
  using Requests = std::list<Request>;

  Time now() const { return Time(g_get_real_time() / 1000); }
  void check_own_keys();
  void checked_own_keys(const HttpReply& reply);
  void become_ready();
  void sign_device();
  void pump_soon();
  void pump();
  void attempt(Requests::iterator request);
  void answered(Requests::iterator request, const HttpReply& reply);
  void conclude(const KeyRequest& request, const HttpReply& reply);
  void release_pending();
  std::optional<ToDeviceEvent> take(Opened opened);
  void tell_news();
  Sealed seal_clear(const Address& to);
  rtc::Error refuse(const Address& device, rtc::Error::Kind kind, const std::string& message);
  void drop(const std::string& sender, const char* why);
  void fail(const rtc::Error& error);
  rtc::Result<void> save(const std::optional<std::string>& position);

  rtc::Loop& loop_;
  MatrixClient& client_;
  std::unique_ptr<Store> store_;
  const Setting setting_;
  std::unique_ptr<OlmMachine> machine_;
  Observer& observer_;
  bool ready_ = false;
  bool checked_ = false;  /* the keys on the server are ours, or none */
  bool available_ = true; /* the server knows what keys are */
  bool failed_ = false;
  bool room_encrypted_ = false;
  MatrixClient::Pending own_keys_;
  unsigned own_failures_ = 0;
  std::unique_ptr<DeviceSigner> signer_;
  Requests requests_;
  rtc::Loop::Timer pump_timer_;
  bool pump_scheduled_ = false;
  rtc::Loop::Timer deadline_timer_;
  std::vector<OlmPayload> pending_; /* the sender's devices are being asked for */
  std::set<std::pair<Address, std::string>> refused_;
  Counters dropped_;
};

}  // namespace matrix
