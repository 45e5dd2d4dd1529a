/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "signalling/core/effects.h"
#include "signalling/core/json.h"
#include "signalling/core/time.h"

namespace matrix {

/* One-time keys that we ask for: one request for all devices that lack a session. A device
 * that has none left is asked again after 2, 4 and 8 s, and then given up for a minute. Pure. */
class Claims {
 public:
  /* To be sent. */
  struct Request {
    std::uint64_t id = 0;
    Json body;
  };

  void want(const Address& address, Time now);
  /* For all that are due, unless there are none. */
  std::optional<Request> take_request(Time now);
  /* The devices that a request asks for. */
  std::vector<Address> asked(std::uint64_t id) const;
  /* A good key came, or none. */
  void succeeded(const Address& address) { claims_.erase(address); }
  void failed(const Address& address, Time now);
  bool is_given_up(const Address& address) const;
  bool contains(const Address& address) const { return claims_.contains(address); }
  std::optional<Time> next_deadline() const;

 private:
  struct Claim {
    unsigned failures = 0;
    std::uint64_t asked = 0; /* the request that is on its way */
    Time due{0};
  };
  std::map<Address, Claim> claims_;
  std::uint64_t last_request_ = 0;
};

}  // namespace matrix
