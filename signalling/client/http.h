/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "signalling/base/loop.h"
#include "signalling/client/http_reply.h"

namespace matrix {

struct HttpRequest {
  const char* method = "GET";
  std::string path;  /* "/_matrix/...", its parts percent-encoded */
  std::string query; /* without "?", encoded; is not logged */
  Json body;         /* sent if there is one */
  std::chrono::milliseconds time_limit{10000};
  size_t size_limit = 4u << 20; /* of the answer, in bytes */
};

/* JSON over HTTP to one server. Certificates are always verified; clear text goes to
 * this machine only; redirections are not followed, since the token would go along.
 * Connections are kept and there are enough of them that a long poll holds up nothing.
 * The token goes into the request header and nowhere else. Loop only. */
class Http {
 public:
  /* Called on the loop, never inside send(). */
  using Done = std::function<void(HttpReply)>;

  /* A request that is under way; destroying it gives it up, and Done is not called. */
  class Pending {
   public:
    Pending() = default;
    Pending(Pending&&) noexcept = default;
    Pending& operator=(Pending&&) noexcept = default;

   private:
    friend class Http;
    struct Abandon {
      void operator()(GObject* message) const;
    };
    explicit Pending(GObject* message) : message_(message) {}
    std::unique_ptr<GObject, Abandon> message_;
  };

  /* @base_url: "https://host[:port][/path]". @ca_file: PEM of authorities that are trusted
   * besides the system's; may be empty. Error: Settings, with a sentence. */
  static rtc::Result<std::unique_ptr<Http>> create(rtc::Loop& loop, const std::string& base_url,
                                                   const std::string& ca_file);
  struct Impl;
  explicit Http(std::unique_ptr<Impl> impl); /* see create() */
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  /* @who starts each log line: "@user:server/DEVICE". */
  void set_identity(std::string who, std::string access_token);
  const std::string& who() const;
  [[nodiscard]] Pending send(const HttpRequest& request, Done done);

 private:
  std::unique_ptr<Impl> impl_;
};

/* One part of a path or query, percent-encoded. */
std::string url_part(std::string_view text);

}  // namespace matrix
