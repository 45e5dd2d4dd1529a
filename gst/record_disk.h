/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace media {

/* What a disk does not let us do. */
struct DiskError {
  GstResourceError code = GST_RESOURCE_ERROR_WRITE;
  std::string message; /* a sentence for the user, what is wrong and what to do */
  std::string detail;
};

/* A new file that only grows, by whole pieces: one that does not fit leaves the file as it was.
 * Nothing is held back in this process. Not thread-safe. */
class DiskFile {
 public:
  DiskFile() = default;
  ~DiskFile();
  DiskFile(const DiskFile&) = delete;
  DiskFile& operator=(const DiskFile&) = delete;

  /* Makes the file, its folder too, as @path, or path-2, -3, ... where there is one already. */
  std::optional<DiskError> create(const std::string& path);
  std::optional<DiskError> append(std::span<const std::uint8_t> bytes);
  std::optional<DiskError> append(const std::string& text);
  /* Over what was written. */
  std::optional<DiskError> overwrite(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  std::optional<DiskError> close();

  bool is_open() const { return fd_ >= 0; }
  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }

 private:
  DiskError error(int code) const;

  int fd_ = -1;
  std::string path_;
  std::uint64_t size_ = 0;
};

}  // namespace media
