/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/ice_uri.h"

#include <algorithm>
#include <string_view>

#include "signalling/base/glib_ptr.h"

namespace media {

namespace {

enum class Scheme { Stun, Turn, Turns };

struct Parts {
  std::string_view scheme;
  std::string_view host; /* with brackets, if it is an IPv6 address */
  std::string_view port;
  std::string_view query;
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = g_ascii_tolower(c);
  return result;
}

/* "scheme:host[:port][?query]" (RFC 7064 §3.1, RFC 7065 §3.1). */
std::optional<Parts> split(std::string_view uri) {
  Parts parts;
  const auto colon = uri.find(':');
  if (colon == std::string_view::npos) return {};
  parts.scheme = uri.substr(0, colon);
  std::string_view rest = uri.substr(colon + 1);
  if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
    parts.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  const auto bracket = rest.find(']');
  const auto host_end = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts.host = rest.substr(0, host_end);
  if (host_end == std::string_view::npos) return parts;
  parts.port = rest.substr(host_end + 1);
  if (parts.port.empty()) return {};
  return parts;
}

std::optional<Scheme> parse_scheme(std::string_view text) {
  const std::string name = lower(text);
  if (name == "stun") return Scheme::Stun;
  if (name == "turn") return Scheme::Turn;
  if (name == "turns") return Scheme::Turns;
  return {};
}

bool is_host(std::string_view host) {
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) {
    const std::string address(host.substr(1, host.size() - 2));
    return g_hostname_is_ip_address(address.c_str()) && address.find(':') != std::string::npos;
  }
  const auto is_name_char = [](char c) {
    return g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_';
  };
  return !host.empty() && host.size() < 256 && std::all_of(host.begin(), host.end(), is_name_char);
}

bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5) return false;
  if (!std::all_of(port.begin(), port.end(), [](char c) { return g_ascii_isdigit(c); }))
    return false;
  const int number = std::atoi(std::string(port).c_str());
  return number > 0 && number < 65536;
}

/* "" if the URI names none. */
std::optional<std::string> parse_transport(std::string_view query) {
  static constexpr std::string_view key = "transport=";
  if (query.empty()) return "";
  const std::string text = lower(query);
  if (!text.starts_with(key)) return {};
  const std::string transport = text.substr(key.size());
  if (transport != "udp" && transport != "tcp") return {};
  return transport;
}

std::string escape(const std::string& text) {
  return glib::Unique<char>(g_uri_escape_string(text.c_str(), nullptr, FALSE)).get();
}

}  // namespace

std::optional<IceUri> webrtcbin_uri(const rtc::IceServer& server) {
  const auto parts = split(server.uri);
  if (!parts) return {};
  const auto scheme = parse_scheme(parts->scheme);
  if (!scheme || !is_host(parts->host)) return {};
  const std::string_view default_port = *scheme == Scheme::Turns ? "5349" : "3478";
  const std::string_view port = parts->port.empty() ? default_port : parts->port;
  if (!is_port(port)) return {};
  const std::string address = std::string(parts->host) + ":" + std::string(port);
  if (*scheme == Scheme::Stun) {
    if (!parts->query.empty()) return {};
    return IceUri{IceUri::Kind::Stun, "stun://" + address};
  }
  auto transport = parse_transport(parts->query);
  if (!transport || server.username.empty() || server.password.empty()) return {};
  if (*scheme == Scheme::Turns && *transport == "udp") return {};
  if (*scheme == Scheme::Turns) transport = "tcp";
  std::string uri = *scheme == Scheme::Turns ? "turns://" : "turn://";
  uri += escape(server.username) + ":" + escape(server.password) + "@" + address;
  if (!transport->empty()) uri += "?transport=" + *transport;
  return IceUri{IceUri::Kind::Turn, uri};
}

}  // namespace media
