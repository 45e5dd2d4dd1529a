/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/ice_server.h"

#include <optional>
#include <string_view>

#include "signalling/base/glib_ptr.h"

namespace matrixcall {
namespace {

struct Parts {
  std::string scheme;
  std::string user;
  std::string password;
  std::string host;
  int port = -1;
  std::string query;
};

std::string take(char* text) {
  glib::Unique<char> owned(text);
  return owned ? owned.get() : "";
}

std::optional<Parts> split(const std::string& text) {
  char *scheme = nullptr, *user = nullptr, *password = nullptr, *host = nullptr;
  char *path = nullptr, *query = nullptr;
  int port = -1;
  const auto flags = GUriFlags(G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_ENCODED_QUERY);
  const bool ok = g_uri_split_with_user(text.c_str(), flags, &scheme, &user, &password, nullptr,
                                        &host, &port, &path, &query, nullptr, nullptr);
  Parts parts{take(scheme), take(user), take(password), take(host), port, take(query)};
  if (!ok || !take(path).empty() || parts.host.empty()) return std::nullopt;
  return parts;
}

/* RFC 7064, RFC 7065. */
std::string rfc_uri(const Parts& parts) {
  const bool ipv6 = parts.host.find(':') != std::string::npos;
  std::string uri = parts.scheme + ":" + (ipv6 ? "[" + parts.host + "]" : parts.host);
  if (parts.port > 0) uri += ":" + std::to_string(parts.port);
  if (!parts.query.empty()) uri += "?" + parts.query;
  return uri;
}

rtc::Error wrong(const char* message) {
  return {rtc::Error::Kind::Settings, message, ""};
}

}  // namespace

rtc::Result<rtc::IceServer> parse_stun_server(const std::string& text) {
  const auto parts = split(text);
  if (!parts || parts->scheme != "stun")
    return wrong(
        "stun-server is not the address of a STUN server: it must look like "
        "stun://stun.example.org:3478");
  return rtc::IceServer{rfc_uri(*parts), "", ""};
}

rtc::Result<rtc::IceServer> parse_turn_server(const std::string& text) {
  const auto parts = split(text);
  if (!parts || (parts->scheme != "turn" && parts->scheme != "turns") || parts->user.empty() ||
      parts->password.empty())
    return wrong(
        "turn-server is not the address of a TURN server with user and password: it "
        "must look like turn://user:password@turn.example.org:3478?transport=udp");
  return rtc::IceServer{rfc_uri(*parts), parts->user, parts->password};
}

}  // namespace matrixcall
