/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/signalling/fake_rooms.h"

/* A Matrix homeserver for tests, on a free port of 127.0.0.1 with a thread of its own:
 * enough of one for clients to call each other, and it answers what a test wants. */
namespace fake {

class Homeserver {
 public:
  enum class Transport { Clear, Tls };
  /* Asked for every request, on the server's thread; nothing: answer as usual. */
  using Hook = std::function<std::optional<Answer>(const Request&)>;

  explicit Homeserver(Transport transport = Transport::Clear);
  ~Homeserver();
  Homeserver(const Homeserver&) = delete;
  Homeserver& operator=(const Homeserver&) = delete;

  /* All that follows: any thread but the server's. */
  const std::string& url() const;
  /* A PEM file with the authority of the certificate (Transport::Tls). */
  const std::string& ca_file() const;

  /* Brings the device's access token. With a password and no device: for login only.
   * With neither: a token that belongs to no device. */
  std::string add_user(const std::string& user_id, const std::string& device_id,
                       const std::string& password = "");
  /* Brings the id. The creator is in it and has level 100; anybody may take part in calls. */
  std::string add_room(const std::string& creator, const std::string& alias = "",
                       bool is_public = true);
  /* Without checks; @content is JSON. */
  void set_state(const std::string& room_id, const std::string& sender, const std::string& type,
                 const std::string& key, const std::string& content);
  /* The content; "" if there is none. */
  std::string state(const std::string& room_id, const std::string& type, const std::string& key);
  void send_to_device(const std::string& sender, const std::string& type, const std::string& user,
                      const std::string& device, const std::string& content);
  /* The answer to /voip/turnServer; "{}" at first. */
  void set_turn(const std::string& body);
  /* Runs on the server's thread. */
  void with_keys(const std::function<void(Keys&)>& use);
  /* Tells everybody that the user's devices have changed. */
  void announce_devices(const std::string& user_id);
  /* Devices that are logged in. */
  size_t devices();

  void set_hook(Hook hook);
  /* As SIGSTOP and SIGCONT: what comes meanwhile is served later. */
  void pause();
  void resume();
  /* Nobody listens any more; again, on the same port. */
  void stop();
  void start();

  std::vector<Request> requests();
  /* Of those whose path contains @part. */
  size_t count(const std::string& part, const std::string& method = "");

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fake
