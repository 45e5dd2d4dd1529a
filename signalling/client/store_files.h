/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "signalling/base/result.h"
#include "signalling/core/effects.h"
#include "signalling/crypto/secret.h"

/* The files that a store is made of, all of them readable by their owner only: for each
 * device a database, its lock, and unless the user keeps it elsewhere the key of its pickles. */
namespace matrix {

/* Held until it is destroyed, or the process ends. Moved only. */
class FileLock {
 public:
  /* Busy, with a sentence that names the process that holds it. */
  static rtc::Result<FileLock> acquire(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int file) : file_(file) {}
  int file_ = -1;
};

/* Where the files of @device lie in @folder, without their endings. */
std::string store_base(const std::string& folder, const Address& device);
/* The devices of @user_id, or of everybody, that @folder has a database of. */
std::vector<Address> stored_devices(const std::string& folder, const std::string& user_id = "");
/* A device of @user_id that we logged in by password and that no process uses, or "": it may be
 * logged in again, which ends the token that it has. @device has a database. */
std::string find_own_device(const std::string& folder, const std::string& user_id);
void mark_own_device(const std::string& folder, const Address& device);

/* Makes the folder, and the database as an empty file, if they are not there. */
rtc::Result<void> prepare_store(const std::string& folder, const std::string& database);
/* The key in @path; made if it is not there and @create is set. */
rtc::Result<Secret> read_store_key(const std::string& path, bool create, const Entropy& entropy);

}  // namespace matrix
