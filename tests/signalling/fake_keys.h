/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "signalling/core/json.h"

namespace fake {

/* The keys that devices have published, as a homeserver keeps them. Believes everything. */
class Keys {
 public:
  using Device = std::pair<std::string, std::string>; /* user and device */

  matrix::Json upload(const Device& device, const matrix::Json& body);
  matrix::Json query(const matrix::Json& body) const;
  matrix::Json claim(const matrix::Json& body);
  /* How many one-time keys are left. */
  std::int64_t count(const Device& device) const;
  /* The fallback key was not handed out yet. */
  bool has_unused_fallback(const Device& device) const;
  bool has_device(const Device& device) const { return devices_.contains(device); }
  void remove(const Device& device);

  /* What tests put in place of the truth. */
  void set_device_keys(const Device& device, const matrix::Json& keys) { devices_[device] = keys; }
  matrix::Json device_keys(const Device& device) const { return devices_.at(device); }
  void set_cross_signing(const std::string& user, const matrix::Json& master,
                         const matrix::Json& self_signing);
  void use_up_one_time_keys(const Device& device) { one_time_keys_[device].clear(); }
  void drop_fallback(const Device& device) { fallback_keys_.erase(device); }

 private:
  std::map<Device, matrix::Json> devices_;
  std::map<Device, std::map<std::string, matrix::Json>> one_time_keys_;
  std::map<Device, std::pair<std::string, matrix::Json>> fallback_keys_;
  std::set<Device> used_fallbacks_;
  std::map<std::string, matrix::Json> masters_;
  std::map<std::string, matrix::Json> self_signers_;
};

}  // namespace fake
