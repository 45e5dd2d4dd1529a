/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace media {

/* A certificate's hash as a=fingerprint has it (RFC 8122). */
struct Fingerprint {
  std::string algorithm; /* lower case: "sha-256" */
  std::string value;     /* upper case hex pairs and colons */
  bool operator==(const Fingerprint&) const = default;
};

/* The value of an a=fingerprint attribute; nothing if the algorithm is not SHA-1, -256, -384
 * or -512 or the value has not its length. */
std::optional<Fingerprint> parse_fingerprint(std::string_view attribute);

/* How far @algorithm is to be trusted: the larger, the better; 0 if unknown. */
unsigned strength_of(std::string_view algorithm);

/* The SHA-1/256/384/512 hash of the first certificate in @pem, computed as @algorithm says. */
std::optional<Fingerprint> fingerprint_of_pem(const std::string& pem, const std::string& algorithm);

}  // namespace media
