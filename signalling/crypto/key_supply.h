/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <optional>

#include "signalling/core/time.h"
#include "signalling/crypto/device_keys.h"

namespace matrix {

/* What a sync says of our keys on the server. */
struct KeyCounts {
  std::optional<std::int64_t> one_time_keys;
  std::optional<bool> unused_fallback_key;
  bool operator==(const KeyCounts&) const = default;
};

/* Sees to it that the server has our device keys, one-time keys and a fallback key. An upload
 * that fails is repeated with the same keys. Pure. */
class KeySupply {
 public:
  /* All but @published are borrowed. */
  KeySupply(const Address& own, Account& account, const Entropy& entropy, bool published);

  void counted(const KeyCounts& counts, Time now);
  /* The body of an upload that is due, unless one is on its way. The account has changed then. */
  std::optional<Json> take_upload(Time now);
  /* The answer. */
  void uploaded(const Json& reply);
  /* The server has none of our keys, whatever we thought. */
  void lost();
  bool is_published() const { return published_; }

 private:
  const Address& own_;
  Account& account_;
  const Entropy& entropy_;
  bool published_;
  bool uploading_ = false;
  bool needs_fallback_;
  bool has_uploaded_ = false;   /* in this process */
  bool crossed_upload_ = false; /* the next sync may have been counted before the upload */
  std::optional<std::int64_t> on_server_;
  std::optional<Time> fallback_since_; /* the one before it is kept for an hour */
};

}  // namespace matrix
