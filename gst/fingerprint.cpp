/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/fingerprint.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "signalling/base/glib_ptr.h"

GLIB_FREE(GChecksum, g_checksum_free);
GLIB_FREE(guchar, g_free);

namespace media {

namespace {

struct Algorithm {
  std::string_view name;
  GChecksumType type;
};

/* From the weakest to the strongest. */
constexpr std::array<Algorithm, 4> algorithms = {{{"sha-1", G_CHECKSUM_SHA1},
                                                  {"sha-256", G_CHECKSUM_SHA256},
                                                  {"sha-384", G_CHECKSUM_SHA384},
                                                  {"sha-512", G_CHECKSUM_SHA512}}};

const Algorithm* find_algorithm(std::string_view name) {
  const auto* found = std::find_if(algorithms.begin(), algorithms.end(),
                                   [&](const Algorithm& a) { return a.name == name; });
  return found == algorithms.end() ? nullptr : found;
}

std::string as_fingerprint(const std::vector<guint8>& digest) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string text;
  for (const guint8 byte : digest) {
    if (!text.empty()) text += ':';
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return text;
}

/* "AB:CD:..." of @bytes bytes. */
bool is_hex_pairs(std::string_view text, std::size_t bytes) {
  if (text.size() != bytes * 3 - 1) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool colon = i % 3 == 2;
    if (colon ? text[i] != ':' : !g_ascii_isxdigit(text[i])) return false;
  }
  return true;
}

std::vector<guint8> certificate_of_pem(const std::string& pem) {
  static constexpr std::string_view head = "-----BEGIN CERTIFICATE-----";
  static constexpr std::string_view tail = "-----END CERTIFICATE-----";
  const auto begin = pem.find(head);
  if (begin == std::string::npos) return {};
  const auto body = begin + head.size();
  const auto end = pem.find(tail, body);
  if (end == std::string::npos) return {};
  const std::string base64 = pem.substr(body, end - body);
  if (base64.size() < 4) return {};
  gsize size = 0;
  const glib::Unique<guchar> der(g_base64_decode(base64.c_str(), &size));
  return der ? std::vector<guint8>(der.get(), der.get() + size) : std::vector<guint8>();
}

}  // namespace

unsigned strength_of(std::string_view algorithm) {
  const Algorithm* found = find_algorithm(algorithm);
  return found ? static_cast<unsigned>(found - algorithms.data()) + 1 : 0;
}

std::optional<Fingerprint> parse_fingerprint(std::string_view attribute) {
  const auto space = attribute.find(' ');
  if (space == std::string_view::npos) return {};
  Fingerprint parsed{std::string(attribute.substr(0, space)),
                     std::string(attribute.substr(space + 1))};
  while (!parsed.value.empty() && g_ascii_isspace(parsed.value.back())) parsed.value.pop_back();
  for (char& c : parsed.algorithm) c = g_ascii_tolower(c);
  for (char& c : parsed.value) c = g_ascii_toupper(c);
  const Algorithm* algorithm = find_algorithm(parsed.algorithm);
  if (!algorithm) return {};
  const gssize length = g_checksum_type_get_length(algorithm->type);
  if (!is_hex_pairs(parsed.value, static_cast<std::size_t>(length))) return {};
  return parsed;
}

std::optional<Fingerprint> fingerprint_of_pem(const std::string& pem,
                                              const std::string& algorithm) {
  const Algorithm* found = find_algorithm(algorithm);
  const std::vector<guint8> certificate = certificate_of_pem(pem);
  if (!found || certificate.empty()) return {};
  const glib::Unique<GChecksum> checksum(g_checksum_new(found->type));
  g_checksum_update(checksum.get(), certificate.data(), static_cast<gssize>(certificate.size()));
  auto size = static_cast<gsize>(g_checksum_type_get_length(found->type));
  std::vector<guint8> digest(size);
  g_checksum_get_digest(checksum.get(), digest.data(), &size);
  return Fingerprint{algorithm, as_fingerprint(digest)};
}

}  // namespace media
