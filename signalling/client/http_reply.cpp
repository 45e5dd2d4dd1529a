/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/http_reply.h"

#include <libsoup/soup.h>

#include <algorithm>
#include <charconv>

GLIB_COUNTED(GDateTime, g_date_time_ref, g_date_time_unref);

namespace matrix {
namespace {

using std::chrono::milliseconds;
using Kind = rtc::Error::Kind;

constexpr milliseconds longest_wait = std::chrono::hours(1);

std::string quoted(std::string_view server) {
  return "The homeserver at " + std::string(server);
}

std::optional<milliseconds> read_retry_after(std::string_view header) {
  std::int64_t seconds = 0;
  const char* end = header.data() + header.size();
  const auto [stop, failure] = std::from_chars(header.data(), end, seconds);
  if (failure == std::errc{} && stop == end)
    return milliseconds(std::clamp<std::int64_t>(seconds, 0, 3600) * 1000);
  const auto date =
      glib::Ref<GDateTime>::adopt(soup_date_time_new_from_http_string(std::string(header).c_str()));
  if (!date) return std::nullopt;
  const auto now = glib::Ref<GDateTime>::adopt(g_date_time_new_now_utc());
  const GTimeSpan span = g_date_time_difference(date.get(), now.get());
  return std::clamp(milliseconds(span / 1000), milliseconds(0), longest_wait);
}

/* The header is the standard, retry_after_ms what came before it. */
std::optional<milliseconds> wait_told(std::string_view header, const Json& body) {
  if (const auto wait = read_retry_after(header)) return wait;
  if (const auto wait = body.integer_at("retry_after_ms"))
    return std::clamp(milliseconds(*wait), milliseconds(0), longest_wait);
  return std::nullopt;
}

rtc::Error client_error(std::string_view server, const HttpReply& reply) {
  if (reply.status == 401)
    return {Kind::Auth, "The access token is not valid: log in again, see README.", {}};
  if (reply.status == 404 && (reply.errcode.empty() || reply.errcode == "M_UNRECOGNIZED"))
    return {Kind::NotFound,
            quoted(server) + " does not know Matrix's client API: is the address right?",
            {}};
  if (reply.status == 404) return {Kind::NotFound, quoted(server) + " does not find this.", {}};
  if (reply.status == 403)
    return {Kind::Denied, quoted(server) + " does not allow this to our user.", {}};
  if (reply.status == 413)
    return {Kind::Protocol, quoted(server) + " finds a message too large.", {}};
  return {Kind::Protocol, quoted(server) + " does not accept a request of ours.", {}};
}

rtc::Error status_error(std::string_view server, const HttpReply& reply, const RawReply& raw) {
  if (reply.status == 429)
    return {Kind::RateLimit,
            quoted(server) + " allows no more requests for now: wait a while and try again.",
            {}};
  if (reply.status >= 500)
    return {Kind::Network, quoted(server) + " is in trouble itself: try again later.", {}};
  if (reply.status >= 300 && reply.status < 400)
    return {Kind::Settings,
            quoted(server) + " is at another address: use " + printable(raw.location) + ".",
            {}};
  return client_error(server, reply);
}

std::string untrusted(std::string_view server) {
  return quoted(server) +
         " cannot prove who it is: its TLS certificate is not trusted, expired or for another "
         "name. If it is your own server, add its certificate authority.";
}

}  // namespace

bool HttpReply::may_retry() const {
  if (!error) return false;
  if (status == 0) return error->kind == Kind::Network;
  return status == 429 || status >= 500 || status == 200;
}

HttpReply read_reply(std::string_view server, const RawReply& raw) {
  HttpReply reply;
  reply.status = raw.status;
  auto body = Json::parse(raw.body);
  if (body.ok() && body->is_object()) reply.body = std::move(*body);
  if (raw.status == 200) {
    if (!reply.body.exists())
      reply.error = {Kind::Protocol,
                     quoted(server) + " does not answer as Matrix does: is the address right?",
                     body.ok() ? "no JSON object" : printable(body.error().detail)};
    return reply;
  }
  reply.errcode = printable(reply.body.string_at("errcode").value_or(""));
  if (raw.status == 429) reply.retry_after = wait_told(raw.retry_after, reply.body);
  reply.error = status_error(server, reply, raw);
  reply.error->detail = "HTTP " + std::to_string(raw.status) + " " + reply.errcode + ": " +
                        printable(reply.body.string_at("error").value_or(""));
  return reply;
}

HttpReply transport_failure(std::string_view server, const GError& error) {
  HttpReply reply;
  const std::string detail = printable(error.message ? error.message : "");
  if (error.domain == G_TLS_ERROR) {
    reply.error = {Kind::Tls, untrusted(server), detail};
  } else if (error.domain == G_RESOLVER_ERROR) {
    reply.error = {Kind::Network,
                   quoted(server) + " is not known to the name service: is the address right?",
                   detail};
  } else if (g_error_matches(&error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    reply.error = {Kind::Cancelled, "The request was given up.", detail};
  } else {
    return no_answer(server, detail);
  }
  return reply;
}

HttpReply no_answer(std::string_view server, std::string detail) {
  HttpReply reply;
  reply.error = {Kind::Network,
                 quoted(server) + " does not answer: is the address right and the server running?",
                 std::move(detail)};
  return reply;
}

HttpReply answer_too_large(std::string_view server, size_t limit) {
  HttpReply reply;
  reply.status = 200;
  reply.error = {Kind::Protocol, quoted(server) + " answers more than we are willing to read.",
                 "more than " + std::to_string(limit) + " bytes"};
  return reply;
}

std::string printable(std::string_view text) {
  constexpr size_t longest = 200;
  const glib::Unique<char> valid(
      g_utf8_make_valid(text.data(), static_cast<gssize>(std::min(text.size(), longest))));
  std::string result = valid.get();
  for (char& c : result)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return result;
}

}  // namespace matrix
