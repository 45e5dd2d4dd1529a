/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <set>
#include <string>

#include "signalling/client/matrix_client.h"
#include "signalling/client/store.h"
#include "signalling/core/report.h"

namespace matrix {

/* Keeps the store's list of calls that may be going on, and takes our entry out of those that
 * an earlier process left behind in other rooms when it died. Loop only. */
class CallRecords {
 public:
  /* All but @own are borrowed. */
  CallRecords(MatrixClient& client, Store& store, Address own);

  /* @room_id: the room of our own call, which joining tidies up. */
  void clean_up(const std::string& room_id);
  void report(const Report& report);

 private:
  void found(const OngoingCall& call, const HttpReply& reply);
  void clean(OngoingCall call);
  void begin(const CallJoined& joined);
  void keep(const OngoingCall& call);
  bool note(const Report& report);

  MatrixClient& client_;
  Store& store_;
  const Address own_;
  std::optional<OngoingCall> call_;                       /* the one that we are in */
  std::set<Address> others_;                              /* in it */
  std::map<std::string, MatrixClient::Pending> requests_; /* by room */
};

/* @content of our call.member event without our device; nothing if it does not hold it. Pure. */
std::optional<Json> without_device(const Json& content, const std::string& device_id);

}  // namespace matrix
