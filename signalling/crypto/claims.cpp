/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/claims.h"

#include "signalling/crypto/device_keys.h"

namespace matrix {
namespace {

using namespace std::chrono_literals;

constexpr Time first_retry = 2s;
constexpr unsigned max_failures = 4;
constexpr Time given_up_for = 60s;

}  // namespace

void Claims::want(const Address& address, Time now) {
  const auto [claim, is_new] = claims_.try_emplace(address);
  if (is_new) claim->second.due = now;
}

std::optional<Claims::Request> Claims::take_request(Time now) {
  const std::uint64_t id = last_request_ + 1;
  std::map<std::string, JsonObjectBuilder> users;
  for (auto& [address, claim] : claims_) {
    if (claim.asked != 0 || claim.due > now) continue;
    claim.asked = id;
    if (claim.failures >= max_failures) claim.failures = 0;
    users[address.user_id].set(address.device_id.c_str(), one_time_key_algorithm);
  }
  if (users.empty()) return std::nullopt;
  last_request_ = id;
  JsonObjectBuilder keys;
  for (auto& [user_id, devices] : users) keys.set(user_id.c_str(), devices.build());
  return Request{
      id, JsonObjectBuilder().set("timeout", 10000).set("one_time_keys", keys.build()).build()};
}

std::vector<Address> Claims::asked(std::uint64_t id) const {
  std::vector<Address> addresses;
  for (const auto& [address, claim] : claims_)
    if (claim.asked == id) addresses.push_back(address);
  return addresses;
}

void Claims::failed(const Address& address, Time now) {
  const auto found = claims_.find(address);
  if (found == claims_.end()) return;
  Claim& claim = found->second;
  claim.asked = 0;
  claim.failures++;
  claim.due = now + (claim.failures < max_failures ? first_retry * (1 << (claim.failures - 1))
                                                   : Time(given_up_for));
}

bool Claims::is_given_up(const Address& address) const {
  const auto found = claims_.find(address);
  return found != claims_.end() && found->second.failures >= max_failures;
}

std::optional<Time> Claims::next_deadline() const {
  std::optional<Time> next;
  for (const auto& [address, claim] : claims_) {
    /* One that was given up is asked for when somebody wants it. */
    if (claim.asked != 0 || claim.failures >= max_failures) continue;
    if (!next || claim.due < *next) next = claim.due;
  }
  return next;
}

}  // namespace matrix
