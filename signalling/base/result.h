/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include <string>
#include <utility>
#include <variant>

namespace rtc {

/* What went wrong, as far as a caller can act on it. */
struct Error {
  enum class Kind {
    Network,   /* no answer, or a broken one: trying again may help */
    Tls,       /* the server could not prove who it is */
    Denied,    /* the server says no: permission, power level, ban */
    Auth,      /* the login is wrong or over */
    NotFound,  /* no such room, user or server */
    RateLimit, /* 429 for longer than we are willing to wait */
    Protocol,  /* an answer that makes no sense */
    Busy,      /* somebody else holds what we need */
    Media,
    Settings, /* what the user configured cannot work */
    Cancelled,
  };
  Kind kind = Kind::Protocol;
  std::string message; /* one sentence for the user: what is wrong and what to do */
  std::string detail;  /* for the log: status codes, the server's own words; no secrets */
  bool operator==(const Error&) const = default;
};

/* A value or the Error that stands in its place. Result<void> has no value. */
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::move(value)) {}
  Result(Error error) : content_(std::move(error)) {}

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() {
    g_assert(ok());
    return *std::get_if<T>(&content_);
  }
  const T& value() const {
    g_assert(ok());
    return *std::get_if<T>(&content_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const {
    g_assert(!ok());
    return *std::get_if<Error>(&content_);
  }

 private:
  std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : content_(std::move(error)) {}

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    g_assert(!ok());
    return *std::get_if<Error>(&content_);
  }

 private:
  std::variant<std::monostate, Error> content_;
};

}  // namespace rtc
