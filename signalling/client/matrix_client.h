/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "signalling/base/peer_connection.h"
#include "signalling/client/http.h"

namespace matrix {

/* Who a token belongs to. */
struct Login {
  std::string user_id;
  std::string device_id; /* may be empty */
  std::string access_token;
  bool operator==(const Login&) const = default;
};

struct TurnServers {
  std::vector<rtc::IceServer> servers;
  std::chrono::seconds ttl{0};
  bool operator==(const TurnServers&) const = default;
};

struct SyncRequest {
  std::string since; /* empty: from the start */
  std::chrono::milliseconds timeout{0};
  std::string filter;      /* JSON */
  bool full_state = false; /* all of the room's state, though @since is not empty */
};

/* The Matrix client-server API, as much as a call needs, one method a request. Errors
 * are sentences about what was asked. Loop only. */
class MatrixClient {
 public:
  using Pending = Http::Pending;
  using Done = Http::Done;
  template <typename T>
  using Answer = std::function<void(HttpReply, T)>; /* T is empty on an error */

  static rtc::Result<std::unique_ptr<MatrixClient>> create(rtc::Loop& loop,
                                                           const std::string& base_url,
                                                           const std::string& ca_file);
  explicit MatrixClient(std::unique_ptr<Http> http) : http_(std::move(http)) {}

  /* Requests from now on are made as @login. */
  void use(const Login& login);
  const std::string& who() const { return http_->who(); }

  /* @device_id may be empty: the server makes one. */
  [[nodiscard]] Pending login(const std::string& user, const std::string& password,
                              const std::string& device_id, Answer<Login> done);
  [[nodiscard]] Pending whoami(Answer<Login> done);
  /* Ends the device. */
  [[nodiscard]] Pending logout(Done done);
  /* Of an id or an alias; harmless if we are in already. Brings the id. */
  [[nodiscard]] Pending join(const std::string& room, Answer<std::string> done);
  [[nodiscard]] Pending put_state(const std::string& room_id, const std::string& type,
                                  const std::string& state_key, const Json& content, Done done);
  [[nodiscard]] Pending get_state(const std::string& room_id, const std::string& type,
                                  const std::string& state_key, Done done);
  /* @messages: {user: {device: content}}. The same @transaction is taken once only. */
  [[nodiscard]] Pending send_to_device(const std::string& type, const std::string& transaction,
                                       const Json& messages, Done done);
  /* The end-to-end encryption keys of devices; the bodies are the API's. @what is "upload",
   * "query" or "claim". */
  [[nodiscard]] Pending keys(const char* what, const Json& body, Done done);
  /* {user: {device: its keys, with signatures to be added}}. */
  [[nodiscard]] Pending upload_signatures(const Json& body, Done done);
  /* What the user's clients keep on the server. */
  [[nodiscard]] Pending account_data(const std::string& user_id, const std::string& type,
                                     Done done);
  /* No servers, and no error, if the homeserver has none. */
  [[nodiscard]] Pending turn_servers(Answer<TurnServers> done);
  [[nodiscard]] Pending sync(const SyncRequest& request, Done done);

 private:
  std::unique_ptr<Http> http_;
};

}  // namespace matrix
