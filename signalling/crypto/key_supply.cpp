/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/key_supply.h"

#include <utility>

namespace matrix {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t wanted_keys = 50; /* half of what libolm keeps */
constexpr std::int64_t refill_below = 25;
constexpr Time old_fallback_kept = 1h; /* messages for it may be on their way */

}  // namespace

KeySupply::KeySupply(const Address& own, Account& account, const Entropy& entropy, bool published)
    : own_(own),
      account_(account),
      entropy_(entropy),
      published_(published),
      needs_fallback_(!published) {
  if (!published) lost();
}

void KeySupply::lost() {
  published_ = false;
  needs_fallback_ = true;
  on_server_ = 0;
}

/* A server need not mention keys of which it has none; but the answer to an upload says more
 * than silence. */
void KeySupply::counted(const KeyCounts& counts, Time now) {
  if (uploading_ || !published_ || std::exchange(crossed_upload_, false)) return;
  if (counts.one_time_keys)
    on_server_ = counts.one_time_keys;
  else if (!has_uploaded_)
    on_server_ = 0;
  if (counts.unused_fallback_key == false) needs_fallback_ = true;
  if (fallback_since_ && now - *fallback_since_ >= old_fallback_kept) {
    account_.forget_old_fallback_key();
    fallback_since_.reset();
  }
}

std::optional<Json> KeySupply::take_upload(Time now) {
  const bool refill = on_server_ && *on_server_ < refill_below;
  if (uploading_ || (published_ && !refill && !needs_fallback_)) return std::nullopt;
  uploading_ = true;
  JsonObjectBuilder body;
  if (!published_) body.set("device_keys", write_device_keys(own_, account_));
  if (refill) {
    const auto waiting = static_cast<std::int64_t>(account_.one_time_keys().size());
    if (const auto lacking = wanted_keys - *on_server_ - waiting; lacking > 0)
      account_.generate_one_time_keys(static_cast<size_t>(lacking), entropy_);
    JsonObjectBuilder keys;
    for (const auto& key : account_.one_time_keys())
      write_one_time_key(keys, own_, account_, key, false);
    body.set("one_time_keys", keys.build());
  }
  if (needs_fallback_) {
    if (!account_.fallback_key()) account_.generate_fallback_key(entropy_);
    fallback_since_ = now;
    JsonObjectBuilder keys;
    if (const auto key = account_.fallback_key())
      write_one_time_key(keys, own_, account_, *key, true);
    body.set("fallback_keys", keys.build());
  }
  return body.build();
}

void KeySupply::uploaded(const Json& reply) {
  if (!std::exchange(uploading_, false)) return;
  account_.mark_published();
  published_ = true;
  needs_fallback_ = false;
  has_uploaded_ = true;
  crossed_upload_ = true;
  on_server_ =
      reply["one_time_key_counts"].integer_at(one_time_key_algorithm).value_or(wanted_keys);
}

}  // namespace matrix
