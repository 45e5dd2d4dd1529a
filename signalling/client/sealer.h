/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string>
#include <variant>

#include "signalling/base/result.h"
#include "signalling/core/effects.h"

namespace matrix {

/* What becomes of a message to a device: it goes as it is; it has to wait, until the sealer
 * wakes who asked; it goes as the content of an m.room.encrypted; or not at all. */
struct SendClear {};
struct SendLater {};
using Sealed = std::variant<SendClear, SendLater, Json, rtc::Error>;

/* Encrypts for the outbox. Loop only. */
class Sealer {
 public:
  virtual ~Sealer() = default;
  /* Asked when the message is next in line; each message that was encrypted leaves. */
  virtual Sealed seal(const Address& to, const std::string& type, const Json& content) = 0;
  /* After seal(), before anything leaves: what must survive is written down. An error: nothing
   * of it may leave. */
  virtual rtc::Result<void> settle() = 0;
};

}  // namespace matrix
