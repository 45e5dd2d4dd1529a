/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "signalling/base/result.h"
#include "signalling/core/json.h"

/* What a homeserver answers, and what that means to a user. Pure. */
namespace matrix {

struct HttpReply {
  unsigned status = 0; /* 0: there was no answer */
  Json body;           /* an object, if all is well */
  std::string errcode; /* "M_FORBIDDEN", ... */
  /* How long a rate limit asks us to wait. */
  std::optional<std::chrono::milliseconds> retry_after;
  std::optional<rtc::Error> error;

  bool ok() const { return !error; }
  /* The same request may succeed later: no answer, a broken one, 429, 5xx. */
  bool may_retry() const;
};

/* What came with an answer, as text. */
struct RawReply {
  unsigned status = 0;
  std::string_view body;
  std::string_view retry_after; /* the header: seconds or a date */
  std::string_view location;    /* of a redirection */
};

/* @server is the address to name in sentences. */
HttpReply read_reply(std::string_view server, const RawReply& raw);
/* The request failed before there was an answer. */
HttpReply transport_failure(std::string_view server, const GError& error);
HttpReply no_answer(std::string_view server, std::string detail);
HttpReply answer_too_large(std::string_view server, size_t limit);

/* Foreign text for a log or a sentence: one line, valid UTF-8, at most 200 bytes. */
std::string printable(std::string_view text);

}  // namespace matrix
