/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

namespace matrix {

/* How well we know who a message came from, in rising order. */
enum class Trust {
  Clear,    /* the homeservers say so */
  Unsigned, /* a device of the user that the homeservers name */
  Signed,   /* a device that its owner has vouched for (cross-signing) */
};

/* How well we know whose media a connection brings: as well as whose description its certificate
 * was in, which one in clear among several spoils. Pure. */
class CallTrust {
 public:
  /* Of one call, by a device as trusted as @device. */
  explicit CallTrust(Trust device) : device_(device) {}

  /* A message with a description has been taken. */
  void described(Trust message) {
    is_clear_ = is_clear_ || message == Trust::Clear;
    if (message != Trust::Clear) device_ = message;
  }
  /* What is known of the device's keys has changed; Clear: nothing is. */
  void set_device(Trust device) { device_ = device; }
  Trust device() const { return device_; }
  Trust value() const { return is_clear_ ? Trust::Clear : device_; }

 private:
  Trust device_;
  bool is_clear_ = false;
};

}  // namespace matrix
